"""From one network to growing d: the lines that are checked on sampled networks."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from evidence.findings import Outcome
from evidence.intervals import Equivalence, Interval
from teaching.lesson import Check, Reader, Step, not_yet
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
from teaching.words import Words

if TYPE_CHECKING:
    from simulations.small_samples.growth import Growth

TEXT = Words.beside(__name__)
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
        TEXT.step(
            "levels", formula(measured, words(TEXT("says.predicted"))), _held(grown, _levels)
        ),
        TEXT.step(
            "exponent",
            formula(measured, "∝", law, words(TEXT("says.so")),
                    row("|", sub("∂", "x"), "f", "|"), "∼", fraction(1, root("d"))),
            _held(grown, lambda found: _exponent(found.moment_exponent(), -1, EXPONENT)),
        ),
        TEXT.step(
            "step_2" if with_loss else "no_loss",
            formula(
                "E", "[", fraction(sup(row("(", LOSS, "L", ")"), "2"),
                    row(sup(row("(", "1", "−", sub("q", "c"), ")"), "2"), "+",
                        total("∑", "k ≠ c"), subsup("q", "k", "2"))),
                "]", "=", SQUARE,
            ),
            _held(grown, _step_2) if with_loss else None,
        ),
        TEXT.step(
            "norms",
            formula(sub(row("‖", LOSS, "L", "‖"), "q"), "∝",
                    sup("d", row(fraction(1, "q"), "−", fraction(1, 2)))),
            _held(grown, _norms) if with_loss else None,
            sizes=formula(sub("ε", "p"), "∝", sup("d", "1/p")),
        ),
        _largest(settings, grown),
    ]  # fmt: skip


def _largest(settings: Settings, grown: "Growth | None") -> Step:
    norm = sub(row("‖", LOSS, "L", "‖"), "∞")
    half = row("−", fraction(1, 2))
    name, predicted, margin = "printed", -1 / 2, MARGIN_OF_LARGEST
    says = formula(norm, "∝", sup("d", half))
    if not settings.printed and settings.is_dense:
        name, predicted = "dense", grown.exponent_of_largest() if grown else predicted
        says = formula(norm, "∝", root(fraction(row("log", "d"), "d")))
    elif not settings.printed:
        name, predicted, margin = "convolutional", -3 / 8, 1 / 8
        quarter = row("−", fraction(1, 4))
        says = formula(sup("d", half), "≲", norm, "≲", sup("d", quarter))
    check = None
    if settings.logits > 1:
        check = _held(
            grown, lambda found: _exponent(found.norm_exponent(math.inf), predicted, margin)
        )
    return TEXT.step(f"largest_{name}", says, check)


def _held(grown: "Growth | None", hold: "Callable[[Growth], Sequence[Equivalence]]") -> Check:
    """Hold what has been drawn, if anything has."""
    if grown is None:
        return not_yet(TEXT("says.none_yet"))
    return _first_of(hold(grown))


def _levels(grown: "Growth") -> Sequence[Equivalence]:
    return [
        ratio.against(TEXT("says.level", d=d), predicted=1, margin=LEVEL)
        for d, ratio in zip(grown.dims, grown.ratios, strict=True)
    ]


def _step_2(grown: "Growth") -> Sequence[Equivalence]:
    return [grown.step_2().against(TEXT("says.quotient"), predicted=1, margin=LEVEL)]


def _norms(grown: "Growth") -> Sequence[Equivalence]:
    return [
        grown.norm_exponent(q).against(
            TEXT("says.exponent_for", q=f"{q:g}"), predicted=1 / q - 1 / 2, margin=EXPONENT
        )
        for q in NORMS
    ]


def _exponent(found: Interval, predicted: float, margin: float) -> Sequence[Equivalence]:
    return [found.against(TEXT("says.exponent"), predicted=predicted, margin=margin)]


def _first_of(findings: Sequence[Equivalence]) -> Check:
    """Say what all findings come to, and tell the one that decides: a failing one if there is."""
    order = (Outcome.FAILS, Outcome.UNDECIDED, Outcome.HOLDS)
    shown = min(
        findings,
        key=lambda one: (order.index(one.outcome), -abs(one.estimate - one.predicted)),
    )
    furthest = TEXT("says.furthest", number=len(findings)) if len(findings) > 1 else ""
    says = TEXT(
        "says.found", what=shown.statement, estimate=shown.estimate, low=shown.low,
        high=shown.high, certainty=f"{100 * (1 - shown.error):g}", wanted=shown.predicted,
        margin=f"{shown.margin:g}", networks=shown.samples, furthest=furthest,
    )  # fmt: skip
    return Check(outcome=shown.outcome, says=says.replace("-", "−"))
