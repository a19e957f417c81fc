"""From one network to growing d: the sampled networks, and the lines that are checked on them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulations import growth, module_samples
from simulations.equivalence import Equivalence
from simulations.intervals import Interval
from teaching.lesson import Check, Mark, Sampling, Step
from teaching.lessons.square_root import network
from teaching.lessons.square_root.proof import SQUARE
from teaching.lessons.square_root.settings import Settings
from teaching.mathml import formula, fraction, root, row, sub, subsup, sup, total, words
from theory import predictions
from theory.evidence import Outcome

SIZES = (36, 108, 324, 972)
"""Input dimensions of the sampled networks: multiples of all strides and their squares."""

NETWORKS = 32
"""In a piece."""

SEED = 7
ERROR = 0.01
"""Of each interval on the page."""

LEVEL, EXPONENT, MARGIN_OF_LARGEST = 0.25, 0.1, 0.05
"""Margins that still count as right: of a ratio, and of exponents. False neighbours, such as a
ReLU more or 1/d² for 1/d, are further away."""

NORMS = (1.0, 2.0, 4.0)
LOSS = sub("∂", "x")


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Some networks of one size.

    Attributes
    ----------
    sample : what was measured.
    predicted : E[(∂_x f_1)²] of each coordinate of such a network, shape (d,); empty but in the
        first piece of each size.
    largest : `typical_largest` of these; 0 in other pieces.
    """

    sample: module_samples.ModuleSample
    predicted: NDArray[np.float64]
    largest: float


def sampling(settings: Settings) -> Sampling[Piece]:
    """Return how to draw the networks: the sizes take turns."""

    def draw(number: int) -> Piece:
        block, place = divmod(number, len(SIZES))
        chosen = network.sampled(settings, SIZES[place])
        predicted, largest = np.empty(0), 0.0
        if block == 0:
            predicted = predictions.predict_second_moments(chosen.module, chosen.shape).ravel()
            largest = growth.typical_largest(predicted)
        return Piece(
            sample=module_samples.sample_module(
                chosen.module, chosen.shape, SEED,
                range(block * NETWORKS, (block + 1) * NETWORKS), relu=settings.gates,
            ),
            predicted=predicted,
            largest=largest,
        )  # fmt: skip

    key = network.sampled_key(settings), settings.gates
    return Sampling(key=key, wanted=settings.networks * len(SIZES), draw=draw)


def collected(pieces: Sequence[Piece]) -> growth.Growth | None:
    """Put the pieces of each size together; None before there is one of each."""
    if len(pieces) < len(SIZES):
        return None
    by_size = [pieces[place :: len(SIZES)] for place in range(len(SIZES))]
    return growth.Growth(
        samples=[module_samples.joined([piece.sample for piece in one]) for one in by_size],
        predicted=[one[0].predicted for one in by_size],
        largest=[one[0].largest for one in by_size],
        error=ERROR,
    )


def scaling_steps(settings: Settings, grown: growth.Growth | None) -> Sequence[Step]:
    """Return the lines on growing d; undecided before networks are drawn."""
    with_loss = settings.logits > 1
    return [
        Step(
            formula=formula(SQUARE, words("\u00a0 at every d")),
            reason="What (H) says of each coordinate, computed by the library for larger networks "
            "of this kind, and held against a sample. The mean over the coordinates counts.",
            mark=Mark.CHECKED,
            check=_levels(grown),
        ),
        Step(
            formula=formula(SQUARE, "∝", fraction(1, "d"), words(", so\u00a0"),
                            row("|", sub("∂", "x"), "f", "|"), "∼", fraction(1, root("d"))),
            reason="The exponent of d over all sizes. This ends Step 1 of the proof.",
            mark=Mark.CHECKED,
            check=_exponent(grown, lambda found: found.moment_exponent(), -1, EXPONENT),
        ),
        Step(
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
            mark=Mark.CHECKED,
            check=_step_2(grown) if with_loss else None,
        ),
        Step(
            formula=formula(sub(row("‖", LOSS, "L", "‖"), "q"), "∝",
                            sup("d", row(fraction(1, "q"), "−", fraction(1, 2)))),
            reason="d coordinates of size 1/√d have this norm (Equation 7). Times ε_p ∝ d^(1/p), "
            "with 1/p + 1/q = 1, an attack gains √d, whatever p.",
            mark=Mark.CHECKED,
            check=_norms(grown) if with_loss else None,
        ),
        _largest(settings, grown),
    ]  # fmt: skip


def _largest(settings: Settings, grown: growth.Growth | None) -> Step:
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
            "‖·‖_4, so its exponent lies between theirs. (The print says −1/2: see the handle.)"
        )
        predicted, margin = -3 / 8, 1 / 8
    check = None
    if settings.logits > 1:
        check = _exponent(grown, lambda found: found.norm_exponent(math.inf), predicted, margin)
    return Step(formula=says, reason=reason, mark=Mark.CHECKED, check=check)


NOTHING_DRAWN = Check(
    outcome=Outcome.UNDECIDED, says="no networks yet: draw some with the slider below the picture"
)


def _levels(grown: growth.Growth | None) -> Check:
    if grown is None:
        return NOTHING_DRAWN
    return _first_of(
        [
            ratio.against(f"measured/predicted at d = {d}", predicted=1, margin=LEVEL)
            for d, ratio in zip(grown.dims, grown.ratios, strict=True)
        ]
    )


def _step_2(grown: growth.Growth | None) -> Check:
    if grown is None:
        return NOTHING_DRAWN
    return _first_of([grown.step_2().against("left/right", predicted=1, margin=LEVEL)])


def _norms(grown: growth.Growth | None) -> Check:
    if grown is None:
        return NOTHING_DRAWN
    return _first_of(
        [
            grown.norm_exponent(q).against(
                f"exponent for q = {q:g}", predicted=1 / q - 1 / 2, margin=EXPONENT
            )
            for q in NORMS
        ]
    )


def _exponent(
    grown: growth.Growth | None,
    measured: Callable[[growth.Growth], Interval],
    predicted: float,
    margin: float,
) -> Check:
    if grown is None:
        return NOTHING_DRAWN
    return _first_of([measured(grown).against("exponent", predicted=predicted, margin=margin)])


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
