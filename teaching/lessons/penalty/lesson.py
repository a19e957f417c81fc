"""Proposition 2 and Remark 1, line by line; the question, and the puzzle."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from htpy import Node, p

from teaching.lesson import Question, Reader, Step, Verdict, View
from teaching.lessons.penalty.picture import handles, picture
from teaching.lessons.penalty.settings import Settings
from teaching.pictures.mathml import Term, formula, fraction, rational, row, sub, sup, total
from teaching.words import Words
from theory.attacks.penalties import DUAL_NORMS, Classified

TEXT = Words.beside(__name__)
NOTHING = (Fraction(0), Fraction(0))
ERROR, SIZE = Fraction(2, 5), Fraction(1, 5)
"""The puzzle's largest error probability and smallest gradient."""

DELTA = row("x", "+", "δ")
GRADIENT = row("‖", sub("∂", "x"), "L", "‖")
AUGMENTED = row(fraction(1, 2), "(", "L", "(", "x", ")", "+", "L", "(", DELTA, ")", ")")


def question() -> Question:
    """Ask how the gap shrinks with ε."""
    before, after = Settings(), Settings().halved(Settings().halvings + 1)
    ratio = after.gap / before.gap
    shares = (Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(0))
    return TEXT.question(
        right=shares.index(ratio), epsilon=before.example.size, gap=before.gap,
        half=after.example.size, less=after.gap,
    )  # fmt: skip


def view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    """Show the example at hand."""
    return View(
        figure=picture(settings, reader),
        handles=handles(settings),
        counterexample=_counterexample(settings),
        steps=[*_proposition(settings), *_remark(settings.classified)],
        puzzle=TEXT.puzzle(lambda: _judge(settings.classified)),
        dropped=["attacks of size ε"] * settings.printed + ["the norm itself"] * settings.squared,
        hidden=["steps"],
    )


def _counterexample(settings: Settings) -> Node:
    example = settings.example
    doubled = replace(example, error=2 * example.error)
    weights = [
        example.size / (2 * one.gradient_norm) for one in (example, doubled) if one.gradient_norm
    ]
    return [
        settings.printed
        and example.size < 1
        and p[TEXT("counterexample.printed", size=example.size, small=example.size**2,
                   gap=_minus(settings.gap), penalty=example.size / 2 * example.gradient_norm)],
        settings.squared
        and len(set(weights)) == 2
        and p[TEXT("counterexample.squared", one=weights[0], other=weights[1])],
    ]  # fmt: skip


def _proposition(settings: Settings) -> list[Step]:
    example = settings.example
    size, norm = example.size, DUAL_NORMS[example.p]
    before = example.loss_after(NOTHING)
    delta = [one * (size if settings.printed else 1) for one in example.attack]
    along = sum((g * one for g, one in zip(example.gradient, delta, strict=True)), Fraction(0))
    moved = 3 * delta[0] + 4 * delta[1]
    bend = 0 if example.loss == "linear" else moved**2 / 2
    beyond = Fraction(0) if example.loss == "linear" else (size * norm) ** 2 / 4
    bent = [row("+", fraction(1, 2), sup(row("(", "w", "·", "δ", ")"), "2"))] * bool(bend)
    smaller = settings.halved(settings.halvings + 1)
    return [
        TEXT.step(
            "attack",
            formula("L", "(", DELTA, ")", "=",
                    total("max", row("‖", "δ", "‖", "≤", "ε")), "L", "(", DELTA, ")"),
            [example.loss_after(delta), example.largest_tried],
        ),
        TEXT.step(
            "taylor",
            formula("L", "(", DELTA, ")", "=", "L", "(", "x", ")", "+", sub("∂", "x"), "L", "·",
                    "δ", *bent),
            [example.loss_after(delta), before + along + bend],
        ),
        TEXT.step(
            "dual", formula(sub("∂", "x"), "L", "·", "δ", "=", "ε", GRADIENT),
            [along, size * example.gradient_norm],
        ),
        TEXT.step(
            "losses",
            formula(AUGMENTED, "=", "L", "(", "x", ")", "+", fraction("ε", 2), GRADIENT, "+",
                    row(fraction(sup("ε", "2"), 4), sup(row("‖", "w", "‖"), "2"), link="gap")
                    if bend else row(0, link="gap")),
            [settings.augmented, settings.penalized + beyond],
        ),
        TEXT.step(
            "order", formula(row("gap", link="gap"), "∝", sup("ε", "2")),
            [settings.gap, 4 * smaller.gap],
        ),
    ]  # fmt: skip


def _remark(classified: Classified) -> list[Step]:
    terms: list[Term] = []
    for k, value in enumerate(classified.terms):
        terms += ["+"] * bool(k) + [row("(" * (value < 0), rational(value), ")" * (value < 0),
                                        link=f"class-{k}")]  # fmt: skip
    surer = replace(classified, weights=(2 * classified.weights[0], *classified.weights[1:]))
    error = row("1", "−", sub("q", "c"))
    return [
        TEXT.step(
            "sum",
            formula(sub("∂", "x"), "L", "=", total("∑", "k"), sub("q", "k"), "(",
                    sub("∂", "x"), sub("f", "k"), "−", sub("∂", "x"), sub("f", "c"), ")", "=",
                    *terms),
            [classified.gradient, sum(classified.terms, Fraction(0))],
        ),
        TEXT.step(
            "bound",
            formula(GRADIENT, "≤", "(", error, ")", total("max", "k ≠ c"), "‖", sub("∂", "x"),
                    sub("f", "c"), "−", sub("∂", "x"), sub("f", "k"), "‖"),
            abs(classified.gradient) <= classified.bound,
            size=abs(classified.gradient), bound=classified.bound,
        ),
        TEXT.step(
            "error", formula(GRADIENT, "∝", error),
            [abs(one.gradient) / (1 - one.q[0]) for one in (classified, surer)],
        ),
    ]  # fmt: skip


def _judge(classified: Classified) -> Verdict:
    error, size = 1 - classified.q[0], abs(classified.gradient)
    if error > ERROR:
        return TEXT.unsolved("error", error=error)
    if size < SIZE:
        return TEXT.unsolved("size", size=size)
    return TEXT.solved(error=error, size=size)


def _minus(value: Fraction) -> str:
    return str(value).replace("-", "−")


LESSON = TEXT.lesson(settings=Settings, question=question, view=view)
