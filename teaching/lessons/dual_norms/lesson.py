"""Lemma 1 and Equations 5 and 6, line by line, on the attack at hand."""

import math
from collections.abc import Sequence

from htpy import Element, Node, p
from htpy import sub as below
from htpy import sup as raised

from teaching.lesson import Puzzle, Question, Reader, Step, Verdict, View, nearest
from teaching.lessons.dual_norms.attack import NEAR, attack, in_norms, listed, named, reach
from teaching.lessons.dual_norms.picture import handles, picture
from teaching.lessons.dual_norms.settings import EVENTS, Settings
from teaching.pictures.mathml import Term, formula, row, sub, sup, total
from teaching.pictures.numbers import number
from teaching.words import Words
from theory.attacks import plain_norms, planar_attacks
from theory.attacks.norms import ROUNDING
from theory.attacks.plain_norms import dot

TEXT = Words.beside(__name__)
ASKED, ASKED_SIZE = (3.0, -1.0), 0.5
FOUND = 0.999
"""Share of the maximum that a search in steps of one degree reaches, for exponents as here."""

DRAWN = {
    "ball": ("ball", "best", "gradient", "level", "own"),
    "size": ("best", "loss"),
    "dimension": ("gain", "wanted"),
}
"""The links of each picture."""

SIZE = 1.5
"""The puzzle's first attacker's, who is held to the l_1-norm; the second one's size is 1."""


def question() -> Question:
    """Ask for the gain of an l_∞-attack on two pixels."""
    best = plain_norms.best_perturbation(ASKED, math.inf, size=ASKED_SIZE)
    gains = {
        "one": ASKED_SIZE * plain_norms.norm(ASKED, math.inf),
        "up": dot(ASKED, [ASKED_SIZE] * 2),
        "signs": dot(ASKED, best),
        "along": ASKED_SIZE * plain_norms.norm(ASKED, 2),
    }
    right = ASKED_SIZE * plain_norms.dual_norm(ASKED, math.inf)
    index = nearest([*gains.values()], right)
    return TEXT.question(right=index, gain=right, **gains)


def view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    """Show the attack at hand."""
    dropped = {
        "first order": settings.loss == "curved",
        "the dual exponent": settings.dual == "p",
        "Equation 5": settings.fixed,
        "coordinates of one size": settings.pixels == "one",
    }
    return View(
        figure=picture(settings),
        handles=handles(settings),
        counterexample=_counterexample(settings),
        steps=_steps(settings),
        puzzle=_puzzle(settings),
        dropped=[name for name, is_dropped in dropped.items() if is_dropped],
        hidden=["figure", "steps"],
    )


def _counterexample(settings: Settings) -> Node:
    found: list[str] = []
    best = attack(settings)
    if settings.loss == "curved":
        now, half = (reach(settings, size) for size in (settings.epsilon, settings.epsilon / 2))
        near = TEXT(f"counterexample.{'near' if now.is_near else 'far'}")
        found.append(
            TEXT(
                "counterexample.curved", rise=number(now.rise[-1]),
                told=number(now.first_order[-1]), half=number(half.gap),
                gap=number(now.gap), near=near,
            )
        )  # fmt: skip
    if settings.dual == "p" and not math.isclose(best.gain, best.predicted):
        found.append(
            TEXT(
                "counterexample.dual", p=named(settings.exponent),
                predicted=number(best.predicted), gain=number(best.gain),
                more=TEXT(f"counterexample.{'less' if best.gain < best.predicted else 'more'}"),
            )
        )  # fmt: skip
    if settings.fixed or settings.pixels == "one":
        many, d = in_norms(settings), 2**settings.doublings
        gains = listed({p: one.gain for p, one in many.items()})
        told = TEXT("counterexample.told", d=d, gains=gains)
        name = "one" if not settings.fixed else "both" if settings.pixels == "one" else "fixed"
        wanted = {"wanted": number(many[1.0].wanted)} if name == "one" else {}
        found.append(TEXT(f"counterexample.{name}", told=told, **wanted))
    return [p[words] for words in found]


def _steps(settings: Settings) -> Sequence[Step]:
    found, many = attack(settings), in_norms(settings)

    def lit(link: str, *terms: Term) -> Element:
        """Link a term with what the chosen picture has of it."""
        there = [name for name in link.split() if name in DRAWN[settings.look]]
        return row(*terms, link=" ".join(there))

    g, delta = lit("gradient", "g"), lit("best ball", "δ")
    over_ball = total("max", lit("ball", "‖", "δ", "‖", "≤", "ε"))
    dual = sub(row("‖", g, "‖"), "q" if settings.dual == "q" else "p")
    rise = reach(settings, settings.epsilon)
    tried = planar_attacks.unit_circle(settings.exponent)
    largest = settings.epsilon * max(dot(settings.gradient, delta) for delta in tried)
    most = found.predicted * (1 + ROUNDING)
    length = plain_norms.norm(found.best, settings.exponent)
    by_library = settings.epsilon * plain_norms.dual_norm(settings.gradient, settings.exponent)
    measured = {"exponent": named(found.measure), "predicted": number(found.predicted)}
    d, infinity = 2**settings.doublings, below["∞"]
    alike = {p: plain_norms.norm([settings.epsilon] * d, p) for p in many}
    sizes = {p: one.size for p, one in many.items()}
    return [
        TEXT.step(
            "first-order",
            [
                formula(over_ball, lit("loss", "L", "(x+δ)", "−", "L", "(x)")),
                formula("≈", over_ball, row(g, "·", delta), block=True),
            ],
            rise.is_near,
            rise=number(rise.rise[-1]), best=number(rise.of_best),
            told=number(rise.first_order[-1]), near=100 * NEAR,
        ),
        TEXT.step(
            "hoelder",
            formula(
                g, "·", lit("own", "δ"), "≤", total("∑", "i"),
                row("|", sub("g", "i"), sub("δ", "i"), "|"), "≤", dual,
                sub(row("‖", lit("own", "δ"), "‖"), "p"),
            ),
            largest <= most,
            q=raised["q"], p=raised["p"], tried=len(tried), largest=number(largest), **measured,
        ),
        TEXT.step(
            "equality",
            formula(
                row("|", sub("δ", "i"), "|", "∝", sup(row("|", sub("g", "i"), "|"), "q−1")),
                "⇒", g, "·", delta, "=", "ε", dual,
            ),
            _close([found.gain, length], [found.predicted, settings.epsilon]),
            length=number(length), gain=number(found.gain), **measured,
        ),
        TEXT.step(
            "lemma-1",
            formula(over_ball, lit("level", "g", "·", "δ"), "=", "ε", dual),
            _close([by_library], [found.predicted]) and FOUND * found.predicted <= largest <= most,
            largest=number(largest), missed=100 * (1 - FOUND), **measured,
        ),
        TEXT.step(
            "equation-5",
            formula(sub("ε", "p"), "=", sub("ε", "∞"), sup("d", "1/p")),
            _close([*alike.values()], [*sizes.values()]),
            infinity=infinity, d=d, epsilon=number(settings.epsilon), alike=listed(alike),
            sizes=listed(sizes),
        ),
        TEXT.step(
            "equation-6",
            formula(
                lit("gain", sub("ε", "p"), sub(row("‖", "g", "‖"), "q")), "=",
                lit("wanted", sub("ε", "∞"), "d", "|", "g", "|"),
            ),
            all(_close([one.gain, one.size * one.norm], [one.wanted] * 2) for one in many.values()),
            power=raised["1/q"], infinity=infinity, d=d, wanted=number(many[1.0].wanted),
            gains=listed({p: one.gain for p, one in many.items()}),
        ),
    ]  # fmt: skip


def _close(found: Sequence[float], wanted: Sequence[float]) -> bool:
    return all(math.isclose(*pair, rel_tol=ROUNDING) for pair in zip(found, wanted, strict=True))


def _puzzle(settings: Settings) -> Puzzle:
    look = TEXT("says.look") if settings.look != "ball" else ""
    return TEXT.puzzle(
        lambda: _judge(settings), one=below["1"], infinity=below["∞"], size=SIZE, look=look
    )


def _judge(settings: Settings) -> Verdict:
    one = SIZE * plain_norms.dual_norm(settings.gradient, 1.0)
    both = plain_norms.dual_norm(settings.gradient, math.inf)
    gains = TEXT("says.gains", one=number(one), both=number(both))
    if _close([one], [both]):
        return TEXT.solved(gains=gains)
    return TEXT.unsolved("one" if one > both else "both", gains=gains)


LESSON = TEXT.lesson(settings=Settings, question=question, view=view, events=EVENTS)
