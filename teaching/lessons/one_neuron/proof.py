"""Section 3.1, line by line, on the neuron in the picture and on those drawn so far."""

from collections.abc import Sequence

import numpy as np

from evidence.findings import Outcome
from evidence.intervals import Equivalence
from evidence.levels import LESSON_ERROR
from simulations.small_samples import one_neuron
from teaching.lesson import Check, Step, checked, compared, not_yet, proved
from teaching.lessons.one_neuron.sample import Crowd, OneNeuron, near, spread
from teaching.lessons.one_neuron.settings import EPSILON, SIZES, Settings
from teaching.pictures.mathml import formula, fraction, root, row, sub, subsup, sup, total
from teaching.pictures.numbers import number
from theory.attacks import norms
from theory.attacks.norms import ROUNDING

CLOSE, ABOUT = 0.05, 0.5
"""Margins, as shares of the predicted value, of average sizes and of the output's mean square."""

EXPONENT_MARGIN = 0.02


def steps(settings: Settings, one: OneNeuron, found: Crowd | None) -> Sequence[Step]:
    """Return the lines of the argument."""
    size = row("|", "w", "|", link="size")
    constant = number(settings.weights.mean_size)
    variance, typical_size, damage, growth = (
        _sampled_checks(settings, found)
        if found
        else [not_yet("no neurons have been drawn yet")] * 4
    )
    return [
        proved(
            formula=[
                formula(
                    "E", row("[", sup("o", 2), "]"), "=", total("∑", "i"),
                    row("E", "[", subsup("w", "i", 2), "]", subsup("x", "i", 2)),
                ),
                formula("=", "d", "·", fraction(1, "d"), "=", 1, block=True),
            ],
            reason="For an image x of mean square 1. Weights are independent and have mean 0, so "
            "mixed terms vanish, and variance 1/d. Hence o is as large as a pixel.",
            check=variance,
        ),
        proved(
            formula=formula("E", size, "=", fraction(row("c"), root("d")), ",", "c", "=", constant),
            reason="A weight is 1/√d times one of variance 1, whose mean size c depends on the law "
            f"only: {constant} for this one.",
            check=typical_size,
        ),
        proved(
            formula=formula(
                total("max", row("‖", "δ", "‖", "≤", sub("ε", "p"))), row("w", "·", "δ"), "=",
                sub("ε", "p"), sub(row("‖", "w", "‖", link="damage"), "q"),
            ),
            reason="The attacker chooses the signs: with p = ∞, δ is ε times the sign of w "
            "for each pixel, and all terms add up (Lemma 1).",
            check=_dual_norm(settings, one),
        ),
        proved(
            formula=formula(
                "E", row("ε", sub(row("‖", "w", "‖"), 1), link="damage"), "=",
                "ε", "d", "E", size, "=", "c", "ε", root("d"),
            ),
            reason="For p = ∞, ‖w‖ is the sum of d sizes, each c/√d on the average. To keep it "
            "from growing, the sizes would have to fall like 1/d.",
            check=damage,
        ),
        checked(
            formula=formula(
                row(sub("ε", "p"), sub(row("‖", "w", "‖"), "q"), link="damage"), "∝", root("d")
            ),
            reason="By Equation 6, whatever the norm. (For p = 1 this counts the largest weight as "
            "one of typical size, which it is for uniform weights only: they are bounded.)",
            check=growth,
        ),
    ]  # fmt: skip


def _sampled_checks(settings: Settings, found: Crowd) -> Sequence[Check]:
    """Check the lines on averages: the first two, and the last two."""
    return [
        _variance(settings, found),
        _typical_size(settings, found),
        _damage(settings, found),
        _growth(found),
    ]


def _variance(settings: Settings, found: Crowd) -> Check:
    squares = settings.d * settings.size.at(settings.d) ** 2
    square = near(found.square(), 1.0, ABOUT)
    exact = bool(np.isclose(squares, 1, rtol=ROUNDING, atol=0))
    return Check(
        outcome=square.outcome if exact else Outcome.FAILS,
        says=f"d E[w²] = {number(squares)}; sampled, on an image of ones: {_sampled(square)}",
    )


def _typical_size(settings: Settings, found: Crowd) -> Check:
    wanted = one_neuron.expected_size(settings.weights, SIZES["inverse"], settings.d)
    size = near(found.here(found.neurons.size), wanted, CLOSE)
    return Check(outcome=size.outcome, says=f"c/√d = {number(wanted)}; sampled: {_sampled(size)}")


def _dual_norm(settings: Settings, one: OneNeuron) -> Check:
    length = float(norms.norm(one.delta, settings.exponent))
    holds = np.allclose(
        [one.gain, length], [one.epsilon * one.dual, one.epsilon], rtol=ROUNDING, atol=0
    )
    return compared(
        holds,
        f"the neuron in the picture: ‖δ‖ = {number(length)} of {number(one.epsilon)}, "
        f"w · δ = {number(one.gain)}, ε‖w‖ = {number(one.epsilon * one.dual)}",
    )


def _damage(settings: Settings, found: Crowd) -> Check:
    gain = one_neuron.expected_gain(settings.weights, SIZES["inverse"], settings.d)
    damage = near(found.here(found.sup_damage), EPSILON * gain, CLOSE)
    return Check(
        outcome=damage.outcome,
        says=f"cε√d = {number(EPSILON * gain)}; sampled: {_sampled(damage)}",
    )


def _growth(found: Crowd) -> Check:
    growth = found.growth().against("", predicted=0.5, margin=EXPONENT_MARGIN)
    return Check(
        outcome=growth.outcome,
        says=f"exponent of d over all d: {_sampled(growth)}, wanted 0.5 ± {EXPONENT_MARGIN:g}",
    )


def _sampled(found: Equivalence) -> str:
    return (
        f"{number(found.estimate)}, {100 * (1 - LESSON_ERROR):g} % interval {spread(found)}, from "
        f"{found.samples:,} neurons" + (f" ({found.note})" if found.note else "")
    )
