"""Accuracy before attack against the strength ε (Figure 2c)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from empirical.measures.contrasts import Combination, contrast, mean_of, total
from empirical.measures.curves import EQUATION_5, REGULARIZERS, curves, plain
from empirical.measures.quantities import accuracies
from empirical.measures.trained import Cell, Sweep
from evidence.findings import Evidence, Table
from evidence.intervals import Interval
from evidence.levels import error_of_each

POINT = 0.01
"""Of accuracy, that passes for no loss (a share of 1)."""

TUMBLE = 0.02
"""Of accuracy: twice of what passes for no loss."""

TOGETHER = "mean of the four methods of Eq. 5"

Line: TypeAlias = Sequence[Combination]
"""What stands at each strength of a curve, as combinations of cells, by growing strength."""


def check_accuracy_and_strength(sweep: Sweep, *, error: float) -> Evidence:
    """Test that accuracy first increases with ε and eventually tumbles (Section 4.2, Figure 2c).

    "First increases": at some strength accuracy exceeds plain training's; "tumbles": at the
    strongest it is 2 points or more below the best strength's. At still stronger ε it might be
    where it is not, so that the upper end is infinite and no sweep refutes that accuracy tumbles.
    Which strength is best is not chosen from the data: the greatest of the differences lies between
    the greatest of their lower and the greatest of their upper ends, at an error shared among all
    strengths (Bonferroni). Corrected is the weaker sentence that some strength costs less than one
    point.
    """
    start = {plain(sweep): 1.0}
    lines = by_strength(curves(sweep, REGULARIZERS))
    rises = {name: greatest_gain(sweep, line, start, error) for name, line in lines.items()}
    falls = {
        name: replace(
            greatest_gain(sweep, line[:-1], line[-1], error),
            high=math.inf,
            note="at still stronger ε it may fall further",
        )
        for name, line in lines.items()
    }
    tumbles = [
        fall.at_least(f"{name}: accuracy at the best strength minus at the strongest", TUMBLE)
        for name, fall in falls.items()
    ]
    best = "accuracy at the best strength minus plain training's"
    return Evidence(
        method="Accuracies on held-out images before attack, of each method and in the mean of the "
        "four methods on the axis of Eq. 5. The greatest difference over the strengths has an "
        "interval of its own: the error is shared among all strengths, and its ends are the "
        "greatest lower and the greatest upper end, so that choosing the best strength makes "
        "nothing look better than it is (its estimate alone is too large). How far accuracy falls "
        "has a lower end alone: a finite range of strengths cannot show that it never tumbles.",
        stated=[
            *(rise.at_least(f"{name}: {best}", 0.0) for name, rise in rises.items()),
            *tumbles,
        ],
        corrected=[
            *(rise.at_least(f"{name}: {best}", -POINT) for name, rise in rises.items()),
            *tumbles,
        ],
        controls=[
            fall.at_most(f"{name}: accuracy at the best strength minus at the strongest", 0.0)
            for name, fall in falls.items()
        ],
        tables=[_table(sweep, lines, start)],
        data=sweep.data,
    )


def by_strength(of: Mapping[str, Sequence[Cell]]) -> dict[str, Line]:
    """Return the mean of the methods of Eq. 5 at the strengths that all share, then each method."""
    shared = set.intersection(*({cell.epsilon for cell in of[m]} for m in EQUATION_5))
    together = [
        mean_of([cell for m in EQUATION_5 for cell in of[m] if cell.epsilon == strength])
        for strength in sorted(shared)
    ]
    lines: dict[str, Line] = {}
    if len(together) > 1:
        lines[TOGETHER] = together
    return lines | {method: [{cell: 1.0} for cell in cells] for method, cells in of.items()}


def greatest_gain(sweep: Sweep, line: Line, base: Combination, error: float) -> Interval:
    """Interval for the greatest of the accuracies along a curve, minus another accuracy.

    Parameters
    ----------
    sweep : holds the cells.
    line : one combination of cells a strength.
    base : what is subtracted.
    error : probability of a miss.
    """
    each = error_of_each(error, len(line))
    gains = [contrast(sweep, total([(1, at), (-1, base)]), accuracies, each) for at in line]
    return Interval(
        estimate=max(gain.estimate for gain in gains),
        low=max(gain.low for gain in gains),
        high=max(gain.high for gain in gains),
        error=error,
        samples=sum(len(sweep.of(cell)) for cell in total((1, at) for at in (*line, base))),
    )


def _table(sweep: Sweep, lines: Mapping[str, Line], start: Combination) -> Table:
    def accuracy(at: Combination) -> float:
        return 100 * sum(a * float(accuracies(sweep, cell).mean()) for cell, a in at.items())

    def row(name: str, line: Line) -> list[str | float]:
        along = [accuracy(at) for at in line]
        best = int(np.argmax(along))
        strength = next(iter(line[best])).epsilon
        return [name, accuracy(start), along[0], along[best], strength, along[-1]]

    return Table(
        title="Accuracy before attack in %, means over networks and images",
        columns=["method", "plain training", "weakest ε", "best ε", "which", "strongest ε"],
        rows=[row(name, line) for name, line in lines.items()],
    )
