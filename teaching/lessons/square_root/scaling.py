"""From one network to growing d: the lines that are checked on sampled networks."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from evidence.findings import Outcome
from evidence.intervals import Equivalence, Interval
from teaching.lesson import Check, Reader, Step, checked, not_yet
from teaching.lessons.square_root.proof import SQUARE
from teaching.lessons.square_root.settings import Settings
from teaching.pictures.mathml import (
    Term,
    formula,
    fraction,
    root,
    row,
    sub,
    subsup,
    sup,
    total,
    words,
)

if TYPE_CHECKING:
    from simulations.small_samples.growth import Growth

LEVEL, EXPONENT, MARGIN_OF_LARGEST = 0.25, 0.1, 0.05
"""Margins that still count as right: of a ratio, and of exponents. False neighbours, such as a
ReLU more or 1/d² for 1/d, are further away."""

NORMS = (1.0, 2.0, 4.0)
LOSS = sub("∂", "x")


def scaling_steps(settings: Settings, reader: Reader, grown: "Growth | None") -> Sequence[Step]:
    """Return the lines on growing d; undecided before networks are drawn."""
    with_loss = settings.logits > 1
    measured = row(SQUARE, link="measured") if grown else SQUARE
    law: Term = fraction(1, "d")
    if grown and reader.answered:
        law = row(law, link="law")
    return [
        checked(
            formula=formula(measured, words("\u00a0 as predicted, at every d")),
            reason="What (H) says of each coordinate, computed by the library for larger networks "
            "of this kind, and held against a sample. The mean over the coordinates counts.",
            check=_held(grown, _levels),
        ),
        checked(
            formula=formula(measured, "∝", law, words(", so\u00a0"),
                            row("|", sub("∂", "x"), "f", "|"), "∼", fraction(1, root("d"))),
            reason="The exponent of d over all sizes. This ends Step 1 of the proof.",
            check=_held(grown, lambda found: _exponent(found.moment_exponent(), -1, EXPONENT)),
        ),
        checked(
            formula=formula(
                "E", "[", fraction(sup(row("(", LOSS, "L", ")"), "2"),
                    row(sup(row("(", "1", "−", sub("q", "c"), ")"), "2"), "+",
                        total("∑", "k ≠ c"), subsup("q", "k", "2"))),
                "]", "=", SQUARE,
            ),
            reason="Step 2: ∂ₓL adds up the logits' gradients, weighted by 1 − q of the right "
            "class c and by q of the others, up to signs; q are the classes' probabilities. The "
            "gradients are uncorrelated; that the q may be held fixed is only nearly right."
            if with_loss
            else "With a single logit the loss is 0: take more logits.",
            check=_held(grown, _step_2) if with_loss else None,
        ),
        checked(
            formula=formula(sub(row("‖", LOSS, "L", "‖"), "q"), "∝",
                            sup("d", row(fraction(1, "q"), "−", fraction(1, 2)))),
            reason=["d coordinates of size 1/√d have this norm (Equation 7). Times ",
                    formula(sub("ε", "p"), "∝", sup("d", "1/p")),
                    ", with 1/p + 1/q = 1, an attack gains √d, whatever p."],
            check=_held(grown, _norms) if with_loss else None,
        ),
        _largest(settings, grown),
    ]  # fmt: skip


def _largest(settings: Settings, grown: "Growth | None") -> Step:
    norm = sub(row("‖", LOSS, "L", "‖"), "∞")
    predicted, margin = -1 / 2, MARGIN_OF_LARGEST
    if settings.printed:
        says = formula(norm, "∝", sup("d", row("−", fraction(1, 2))))
        reason = "Equation 7 as printed, for q = ∞, takes all coordinates to be equally large."
    elif settings.is_dense:
        says = formula(norm, "∝", root(fraction(row("log", "d"), "d")))
        reason = (
            "q = ∞ is left. The coordinates are independent and normal, given the layers above: "
            "the largest of d is √(2 log d) times a typical one. (The print leaves that out: see "
            "the handle.)"
        )
        predicted = grown.exponent_of_largest() if grown else predicted
    else:
        says = formula(
            sup("d", row("−", fraction(1, 2))), "≲", norm, "≲", sup("d", row("−", fraction(1, 4)))
        )
        reason = (
            "q = ∞ is left. The largest coordinate is at least the root mean square and at most "
            "the norm for q = 4, so its exponent lies between theirs. (The print says −1/2: see "
            "the handle.)"
        )
        predicted, margin = -3 / 8, 1 / 8
    check = None
    if settings.logits > 1:
        check = _held(
            grown, lambda found: _exponent(found.norm_exponent(math.inf), predicted, margin)
        )
    return checked(formula=says, reason=reason, check=check)


def _held(grown: "Growth | None", hold: "Callable[[Growth], Sequence[Equivalence]]") -> Check:
    """Hold what has been drawn, if anything has."""
    if grown is None:
        return not_yet("no networks yet: draw some with the slider below the picture")
    return _first_of(hold(grown))


def _levels(grown: "Growth") -> Sequence[Equivalence]:
    return [
        ratio.against(f"measured/predicted at d = {d}", predicted=1, margin=LEVEL)
        for d, ratio in zip(grown.dims, grown.ratios, strict=True)
    ]


def _step_2(grown: "Growth") -> Sequence[Equivalence]:
    return [grown.step_2().against("left/right", predicted=1, margin=LEVEL)]


def _norms(grown: "Growth") -> Sequence[Equivalence]:
    return [
        grown.norm_exponent(q).against(
            f"exponent for q = {q:g}", predicted=1 / q - 1 / 2, margin=EXPONENT
        )
        for q in NORMS
    ]


def _exponent(found: Interval, predicted: float, margin: float) -> Sequence[Equivalence]:
    return [found.against("exponent", predicted=predicted, margin=margin)]


def _first_of(findings: Sequence[Equivalence]) -> Check:
    """Say what all findings come to, and tell the one that decides: a failing one if there is."""
    order = (Outcome.FAILS, Outcome.UNDECIDED, Outcome.HOLDS)
    shown = min(
        findings,
        key=lambda one: (order.index(one.outcome), -abs(one.estimate - one.predicted)),
    )
    furthest = f", the furthest of {len(findings)}" if len(findings) > 1 else ""
    return Check(
        outcome=shown.outcome,
        says=f"{shown.statement}: {shown.estimate:.3g}, {100 * (1 - shown.error):g} % interval "
        f"{shown.low:.3g} to {shown.high:.3g}; wanted {shown.predicted:.3g} ± {shown.margin:g} "
        f"({shown.samples:,} networks{furthest})".replace("-", "−"),
    )
