"""Gradient norm and vulnerability against the strength ε (Figure 2, a and b)."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from empirical.measures.contrasts import Combination, contrast, total
from empirical.measures.curves import EQUATION_5, REGULARIZERS, curves, slope, stronger, weaker
from empirical.measures.quantities import log_norms, vulnerabilities
from empirical.measures.trained import Cell, Sweep
from evidence.findings import Evidence, Table
from evidence.intervals import Interval

MEASURES = {"log E‖∂_x L‖_1": log_norms, "the vulnerability": vulnerabilities}


def check_steady_decrease(sweep: Sweep, *, error: float) -> Evidence:
    """Test that norm and vulnerability steadily decrease with growing ε (Section 4.2, Figure 2).

    Of every method, the least-squares slopes of the logarithm of the norm and of the vulnerability
    over log ε are negative. "Steadily" is read as: not at the strong end alone. Averaged over the
    four methods that share Eq. 5's axis, the slopes over the weaker half of the strengths and over
    the stronger half are both negative. Corrected leaves the halves out.
    """
    of = curves(sweep, REGULARIZERS)
    slopes: dict[str, Combination] = {m: slope(cells) for m, cells in of.items()}
    halves = {
        f"the four methods of Eq. 5, {name} half of the strengths": total(
            (1 / len(EQUATION_5), slope(half(of[method]))) for method in EQUATION_5
        )
        for name, half in (("weaker", weaker), ("stronger", stronger))
    }

    def intervals(parts: Mapping[str, Combination]) -> dict[str, Interval]:
        return {
            f"{where}: slope of {measure} over log ε": contrast(sweep, part, samples, error)
            for where, part in parts.items()
            for measure, samples in MEASURES.items()
        }

    whole, half = intervals(slopes), intervals(halves)
    falls = [found.at_most(f"{name} is negative", 0.0) for name, found in whole.items()]
    return Evidence(
        method="Least-squares slopes over log ε of the logarithm of the mean l1-norm and of the "
        "vulnerability (share of changed predictions, per e-fold of ε), as contrasts of all cells "
        "with two-level intervals: for each method over all strengths, and over each half of the "
        "strengths in the mean of the four methods. The false neighbour is growth with ε.",
        stated=[
            *falls,
            *(found.at_most(f"{name} is negative", 0.0) for name, found in half.items()),
        ],
        corrected=falls,
        controls=[found.at_least(f"{name} is positive", 0.0) for name, found in whole.items()],
        tables=[_steps(sweep, of)],
        data=sweep.data,
    )


def _steps(sweep: Sweep, of: Mapping[str, list[Cell]]) -> Table:
    """Count the steps between neighbouring strengths that go down."""

    def down(cells: list[Cell], measure: str) -> str:
        means = [float(np.mean(sweep.array(cell, measure))) for cell in cells]
        falls = sum(b < a for a, b in pairwise(means))
        return f"{falls} of {len(means) - 1}"

    return Table(
        title="Steps from one strength to the next in which the mean falls",
        columns=["method", "E‖∂_x L‖_1", "vulnerability"],
        rows=[
            [method, down(cells, "gradient_norm"), down(cells, "changed")]
            for method, cells in of.items()
        ],
    )
