"""The law itself: question, lines, puzzle. Its first page needs neither torch nor scipy."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from htpy import Node, p
from numpy.typing import NDArray

from evidence.findings import Outcome
from evidence.intervals import Interval
from teaching.lesson import (
    Check,
    Question,
    Reader,
    Sampling,
    Step,
    Verdict,
    View,
    compared,
    nearest,
)
from teaching.lessons.the_law import measured
from teaching.lessons.the_law.measured import Piece, Shown, number, power
from teaching.lessons.the_law.picture import EIGHTHS, P, handles, picture
from teaching.lessons.the_law.settings import (
    DIMENSIONS,
    EPSILON,
    HE,
    SIDES,
    Settings,
    dimension,
    in_degrees,
)
from teaching.pictures.mathml import formula, fraction, root, row, sub, sup, total, words
from teaching.words import Words
from theory.attacks import attack_growth, norms
from theory.attacks.attack_growth import WeightSize

TEXT = Words.beside(__name__)
ASKED = (32, 224)
"""Pixels along an edge: CIFAR-10, and the usual crops of ImageNet."""

OFFERED = (1, 7, 49, 2401)
MARGIN = 0.05
"""Margin of an exponent. From the first d to the last, a factor of 1,024, it is a drift of 1.4."""

LEVEL = math.log(1.25)
"""Margin of a gain over the expected one, as a logarithm: dots lie on the line within a quarter."""

ROUNDING = 1e-4
"""Relative error that gradients in float32 may have."""

OF_HE = math.sqrt(2)
"""The root mean square of an output with He's weights, which keep signals as they are."""

SMALLER = WeightSize(factor=attack_growth.HE.factor / 32, exponent=0.5)
"""He's weights over 32."""

FLAT = 0.005
"""An exponent that passes for 0: over a factor of 1,024 in d a drift of 4 %."""

WORST = (Outcome.FAILS, Outcome.UNDECIDED, Outcome.HOLDS)


def question() -> Question:
    """Ask how many times larger the gain is on larger images."""
    d = [dimension(side) for side in ASKED]
    low, high = (
        attack_growth.predicted_gain(math.inf, dimension(side), attack_growth.HE, degrees)
        for side, degrees in ((side, in_degrees("dense", side)) for side in ASKED)
    )
    times, pixels = high / low, d[1] / d[0]
    return TEXT.question(
        right=nearest(OFFERED, times), small=ASKED[0], large=ASKED[1], pixels=pixels, low=low,
        high=high, times=times, weaker=pixels / times,
    )  # fmt: skip


def view(settings: Settings, reader: Reader, pieces: Sequence[Piece]) -> View:  # noqa: ARG001
    """Show the networks drawn."""
    shown = Shown(settings, pieces)
    return View(
        figure=picture(shown),
        handles=handles(shown),
        counterexample=_counterexample(shown),
        steps=_steps(shown),
        puzzle=TEXT.puzzle(lambda: _judge(shown), handles=TEXT.handle(settings, "helps")),
        dropped=["H3"] * (settings.eighths != HE)
        + ["coordinates of one size"] * (settings.p == "1"),
        hidden=["figure", "steps"],
    )


def _counterexample(shown: Shown) -> Node:
    settings, found = shown.settings, []
    if settings.eighths != HE:
        found.append(TEXT("counterexample.weights", **_gains(shown)))
    if settings.p == "1":
        found.append(TEXT("counterexample.p"))
    return [p[words] for words in found]


def _gains(shown: Shown) -> dict[str, str | int]:
    first, *_, last = shown.expected.values()
    return {
        "a": EIGHTHS[shown.settings.eighths], "power": power(shown.expected_exponent),
        "first": number(first), "last": number(last), "low": DIMENSIONS[0], "high": DIMENSIONS[-1],
    }  # fmt: skip


def _steps(shown: Shown) -> Sequence[Step]:
    exponent = P[shown.settings.p]
    q = {"∞": "1", "2": "2", "1": "∞"}[exponent]
    gradient, coordinate = row(sub("∂", "x"), "o"), row("|", sub("∂", "i"), "o", "|")
    gain = row(sub("ε", exponent), sub(row("‖", gradient, "‖"), q), link="gain")
    over_ball = total("max", row(sub(row("‖", "δ", "‖"), exponent), "≤", sub("ε", exponent)))
    label, attacked = words(TEXT("says.label")), row("o", "(", "x", "+", "δ", ")")
    lines: dict[str, Node] = {
        "dual": formula(over_ball, gradient, "·", "δ", "=", gain),
        "equation-6": [
            formula(gain, "∝", sup("d", row("1/", exponent, "+", "1/", q)), coordinate), " ",
            formula("=", "d", coordinate),
        ],
        "coordinates": formula(coordinate, "∝", fraction(1, root("d"))),
        "law": formula(
            gain, "∝", "d", "·", fraction(1, root("d")), "=", row(root("d"), link="law")
        ),
        "flips": formula(
            label, "(", "c", attacked, ")", "=", row(label, "(", attacked, ")", link="flips")
        ),
    }  # fmt: skip
    is_drawn = len(shown.gains) > 1
    return [
        TEXT.step(name, line, CHECKS[name](shown) if is_drawn else None,
                  **{"q": q} if name == "dual" else {})
        for name, line in lines.items()
    ]  # fmt: skip


def _dual(shown: Shown) -> Check:
    """Hold the best perturbation of one network's gradient against the gradient's dual norm."""
    _, gradient = _one(shown.settings.kind, shown.settings.weights)
    exponent = shown.settings.norm
    size = attack_growth.threshold(exponent, gradient.size)
    attack = norms.best_perturbation(gradient, exponent, size=size)
    reached, dual = float(gradient @ attack), float(size * norms.dual_norm(gradient, exponent))
    length = float(norms.norm(attack, exponent))
    fits = math.isclose(length, size, rel_tol=ROUNDING)
    return compared(
        fits and math.isclose(reached, dual, rel_tol=ROUNDING),
        TEXT("says.dual", d=gradient.size, length=length, reached=reached, size=size, dual=dual),
    )


def _equation_6(shown: Shown) -> Check:
    """Hold ε_p ‖g‖_q / (d |g_i|) ∝ d^0, with another mean of the |g_i| than the norm itself is."""
    q = 1.0 if shown.settings.p == "2" else 2.0
    sizes = shown.coordinates(q)
    found = measured.exponent({d: shown.gains[d] - math.log(d) - sizes[d] for d in sizes})
    return _power("per_mean" if q == 1 else "per_rms", found, 0.0)


def _coordinates(shown: Shown) -> Check:
    """Hold coordinates against 1/√d, and one network of such weights against He's."""
    kind, weights = shown.settings.kind, shown.settings.weights
    (output, gradient), (of_he, gradient_of_he) = _one(kind, weights), _one(kind, None)
    times = float(norms.norm(gradient, 2.0) / norms.norm(gradient_of_he, 2.0))
    of_size = _power("rms", measured.exponent(shown.coordinates(2.0)), -0.5)
    factor, faded = shown.factor(SIDES[0]), shown.output(SIDES[0]) / OF_HE
    is_same = math.isclose(times, factor, rel_tol=ROUNDING) and math.isclose(
        output / of_he, faded, rel_tol=ROUNDING
    )
    return Check(
        outcome=_worst(of_size.outcome, _holds(is_same)),
        says=TEXT(
            "says.one", of_size=of_size.says, gradient=times, output=output / of_he,
            factor=factor, faded=faded,
        ),
    )  # fmt: skip


def _law(shown: Shown) -> Check:
    """Hold the drawn gains against √d, and against what is expected of such weights."""
    of_gain = _power("of_gain", measured.exponent(shown.gains), 0.5)
    level = measured.level(shown.gains, shown.expected)
    beside = level.against("dots lie on the expected line", predicted=0.0, margin=LEVEL)
    ratio, law = level.exponential(), shown.along(0.5)
    slope = attack_growth.growth_exponent(list(law), list(law.values()))
    is_drawn = math.isclose(slope, 0.5, rel_tol=1e-9)
    return Check(
        outcome=_worst(of_gain.outcome, beside.outcome, _holds(is_drawn)),
        says=TEXT(
            "says.law", of_gain=of_gain.says, expected=power(shown.expected_exponent),
            slope=power(slope), low=ratio.low, high=ratio.high,
        ),
    )  # fmt: skip


def _flips(shown: Shown) -> Check:
    """Attack one network with He's weights, with the weights chosen, and with smaller ones."""
    from teaching.lessons.the_law import draws  # torch, which the first page does without

    settings = shown.settings
    flipped, *others = (
        draws.flipped(settings.kind, weights, settings.norm, EPSILON)
        for weights in (None, settings.weights, SMALLER)
    )
    same = all(np.array_equal(flipped, other) for other in others)
    says = TEXT(
        "says.same" if same else "says.others", images=len(flipped), flipped=int(flipped.sum())
    )
    return compared(same, says)


CHECKS: Mapping[str, Callable[[Shown], Check]] = {
    "dual": _dual, "equation-6": _equation_6, "coordinates": _coordinates, "law": _law,
    "flips": _flips,
}  # fmt: skip


def _one(kind: str, weights: WeightSize | None) -> tuple[float, NDArray[np.float64]]:
    from teaching.lessons.the_law import draws  # torch, which the first page does without

    return draws.one_network(kind, weights)


def _power(what: str, found: Interval, wanted: float) -> Check:
    held = found.against(what, predicted=wanted, margin=MARGIN)
    says = TEXT(
        "says.power", what=TEXT(f"says.{what}"), low=held.low, high=held.high, wanted=wanted,
        margin=MARGIN,
    )  # fmt: skip
    return Check(outcome=held.outcome, says=says.replace(" -", " −"))


def _worst(*outcomes: Outcome) -> Outcome:
    return next(one for one in WORST if one in outcomes)


def _holds(is_so: bool) -> Outcome:
    return Outcome.HOLDS if is_so else Outcome.FAILS


def _judge(shown: Shown) -> Verdict:
    """Judge by the exponent of the expected gains, in closed form, and by the answer."""
    settings, exponent, gains = shown.settings, shown.expected_exponent, _gains(shown)
    if settings.p != "inf":
        return TEXT.unsolved("p", p=P[settings.p])
    if exponent > FLAT:
        return TEXT.unsolved("grows", **gains)
    if exponent < -FLAT:
        del gains["first"], gains["last"], gains["low"], gains["high"]
        return TEXT.unsolved("shrinks", **gains)
    a, gain = gains["a"], gains["first"]
    before, after = shown.output(SIDES[0]), shown.output(SIDES[-1])
    if settings.helps == "open":
        return TEXT.unsolved("open", a=a, gain=gain)
    if settings.helps == "yes":
        return TEXT.unsolved("helps", a=a, gain=gain, before=before, after=after)
    return TEXT.solved(
        a=a, gain=gain, before=before, after=after, low=DIMENSIONS[0], high=DIMENSIONS[-1]
    )


def sampling(settings: Settings) -> Sampling[Piece]:
    """Draw networks with He's weights, which other weights rescale."""

    def draw(piece: int) -> Piece:
        from teaching.lessons.the_law import draws  # torch, which the first page does without

        return draws.draw(settings.kind, settings.sample, piece)

    key = (settings.kind, settings.sample)
    return Sampling(key=key, wanted=len(SIDES) * settings.networks, draw=draw)


LESSON = TEXT.lesson(settings=Settings, question=question, view=view, sampling=sampling)
