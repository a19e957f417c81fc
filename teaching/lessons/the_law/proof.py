"""The whole argument in four lines, each held against the networks drawn."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evidence.findings import Outcome
from evidence.intervals import Interval
from teaching.lesson import Check, Mark, Step, compared, not_yet, proved
from teaching.lessons.the_law import measured
from teaching.lessons.the_law.figure import NAMES
from teaching.lessons.the_law.measured import Shown
from teaching.lessons.the_law.settings import DIMENSIONS, SIDES
from teaching.pictures.mathml import formula, fraction, root, row, sub, sup, total
from theory.attacks import attack_growth, norms

MARGIN = 0.05
"""Margin of an exponent. From the first d to the last, a factor of 1,024, it is a drift of 1.4."""

LEVEL = math.log(1.25)
"""Margin of a gain over the expected one, as a logarithm: dots lie on the line within a quarter."""

ROUNDING = 1e-4
"""Relative error that gradients in float32 may have."""

OF_HE = math.sqrt(2)
"""The root mean square of an output with He's weights, which keep signals as they are."""

WAIT = not_yet("networks are being drawn")
WORST = (Outcome.FAILS, Outcome.UNDECIDED, Outcome.HOLDS)


def steps(shown: Shown) -> Sequence[Step]:
    """Return the lines of the argument."""
    p = NAMES[shown.settings.p]
    q = {"∞": "1", "2": "2", "1": "∞"}[p]
    gradient = row(sub("∂", "x"), "o")
    gain = row(sub("ε", p), sub(row("‖", gradient, "‖"), q))
    coordinate = row("|", sub("∂", "i"), "o", "|")
    # The largest of many coordinates stands out the more, the more there are.
    mark = Mark.CHECKED if q == "∞" else Mark.PROVED
    dual, equation_6, coordinates, law = _checks(shown) if len(shown.gains) > 1 else [WAIT] * 4
    return [
        proved(
            formula=formula(
                total("max", row(sub(row("‖", "δ", "‖"), p), "≤", sub("ε", p))), gradient, "·", "δ",
                "=", row(gain, link=" ".join(f"d-{d}" for d in DIMENSIONS)),
            ),
            reason="The best attack follows the gradient, and gains the dual norm of it: q = "
            f"{q}, as 1/p + 1/q = 1 (Lemma 1; lesson 2).",
            check=dual,
        ),
        Step(
            formula=[formula(gain, "∝", sup("d", row("1/", p, "+", "1/", q)), coordinate), " ",
                     formula("=", "d", coordinate)],
            reason="If all d coordinates are about equal in size, the powers of d add to 1, "
            "whatever p: Equations 5 and 6."
            + (" But q = ∞ takes the largest one alone." if q == "∞" else ""),
            mark=mark,
            check=equation_6,
        ),
        proved(
            formula=formula(coordinate, "∝", row(fraction(1, root("d")), link="law")),
            reason="He's weights have the variance 2/in-degree, so that signals neither grow nor "
            "die on their way. That leaves each input E(∂o)² = 2/d (lessons 4 to 7; the paper's "
            "1/d counts a ReLU after o, too).",
            check=coordinates,
        ),
        Step(
            formula=formula(gain, "∝", "d", "·", fraction(1, root("d")), "=",
                            row(root("d"), link="law")),
            reason="Lines 1 to 3 together: Equation 7.",
            mark=mark,
            check=law,
        ),
    ]  # fmt: skip


def _checks(shown: Shown) -> Sequence[Check]:
    """Check all lines, on networks of two sizes or more."""
    from teaching.lessons.the_law import draws  # torch, which the first page does without

    kind, weights = shown.settings.kind, shown.settings.weights
    output, gradient = draws.one_network(kind, weights)
    of_he, gradient_of_he = draws.one_network(kind, None)
    times = float(norms.norm(gradient, 2.0) / norms.norm(gradient_of_he, 2.0)), output / of_he
    return [
        _dual(shown, gradient),
        _equation_6(shown),
        _coordinates(shown, *times),
        _law(shown),
    ]


def _dual(shown: Shown, gradient: NDArray[np.float64]) -> Check:
    """Hold the best perturbation of one network's gradient against the gradient's dual norm."""
    p = shown.settings.norm
    size = attack_growth.threshold(p, gradient.size)
    attack = norms.best_perturbation(gradient, p, size=size)
    reached, dual = float(gradient @ attack), float(size * norms.dual_norm(gradient, p))
    length = float(norms.norm(attack, p))
    fits = math.isclose(length, size, rel_tol=ROUNDING)
    return compared(
        fits and math.isclose(reached, dual, rel_tol=ROUNDING),
        f"one network, d = {gradient.size}: the best δ, of size {length:.4g}, gains "
        f"{reached:.4g}; the dual norm times {size:.4g} is {dual:.4g}",
    )


def _equation_6(shown: Shown) -> Check:
    """Hold ε_p ‖g‖_q / (d |g_i|) ∝ d^0, with another mean of the |g_i| than the norm itself is."""
    q = 1.0 if shown.settings.p == "2" else 2.0
    sizes = shown.coordinates(q)
    found = measured.exponent({d: shown.gains[d] - math.log(d) - sizes[d] for d in sizes})
    return _power(f"gain / (d · {'mean' if q == 1 else 'rms'} coordinate)", found, 0.0)


def _coordinates(shown: Shown, of_gradient: float, of_output: float) -> Check:
    """Hold coordinates against 1/√d, and one network of such weights against He's.

    Parameters
    ----------
    of_gradient, of_output : how many times those with He's weights they are, in one network.
    """
    of_size = _power("the rms coordinate", measured.exponent(shown.coordinates(2.0)), -0.5)
    factor, faded = shown.factor(SIDES[0]), shown.output(SIDES[0]) / OF_HE
    is_same = math.isclose(of_gradient, factor, rel_tol=ROUNDING) and math.isclose(
        of_output, faded, rel_tol=ROUNDING
    )
    return Check(
        outcome=_worst(of_size.outcome, _holds(is_same)),
        says=[
            of_size.says, f". One network: its gradient is {of_gradient:.4g} times that with He's "
            f"weights, its output {of_output:.4g} times; expected {factor:.4g} and {faded:.4g}",
        ],
    )  # fmt: skip


def _law(shown: Shown) -> Check:
    """Hold the drawn gains against √d, and against what is expected of such weights."""
    of_gain = _power("the gain", measured.exponent(shown.gains), 0.5)
    level = measured.level(shown.gains, shown.expected)
    beside = level.against("dots lie on the expected line", predicted=0.0, margin=LEVEL)
    ratio = level.exponential()
    law = shown.along(0.5)
    slope = attack_growth.growth_exponent(list(law), list(law.values()))
    is_drawn = math.isclose(slope, 0.5, rel_tol=1e-9)
    return Check(
        outcome=_worst(of_gain.outcome, beside.outcome, _holds(is_drawn)),
        says=[
            of_gain.says, f" (expected of such weights: {measured.power(shown.expected_exponent)};"
            f" the line √d: {measured.power(slope)}). Dots over expected values: {ratio.low:.2f} "
            f"to {ratio.high:.2f}",
        ],
    )  # fmt: skip


def _power(what: str, found: Interval, wanted: float) -> Check:
    held = found.against(what, predicted=wanted, margin=MARGIN)
    return Check(
        outcome=held.outcome,
        says=f"{what} grows like d to the power {held.low:.3f} to {held.high:.3f} (99 % interval); "
        f"wanted {wanted:g} ± {MARGIN:g}",
    )


def _worst(*outcomes: Outcome) -> Outcome:
    return next(one for one in WORST if one in outcomes)


def _holds(is_so: bool) -> Outcome:
    return Outcome.HOLDS if is_so else Outcome.FAILS
