"""The mean l1- and l2-norms of trained networks' gradients are proportional (Figure 2e)."""

import math
from collections.abc import Mapping

from empirical.checks.growth import POINT
from empirical.measures.contrasts import Combination, average, contrast, mean_of, slope_over, total
from empirical.measures.curves import REGULARIZERS, curves, plain
from empirical.measures.quantities import log_norms, log_quotients
from empirical.measures.trained import Cell, Sweep
from evidence.findings import Evidence, Table
from evidence.intervals import Interval
from evidence.means import Samples

SLOPE_MARGIN = math.log(1.1)
"""Of a line's slope: at the upper right corner of the panel, a tenth of its height."""

QUOTIENT_MARGIN = (math.log(2) - math.log(math.pi / 2)) / 4
"""Of log(√d ‖g‖_2 / ‖g‖_1): half-way from log √(π/2), of normal coordinates, to log √2, of
Laplace's, which are normal ones of exponentially distributed variances. It is 6 %."""

EXPONENT_MARGIN = 0.1
"""Over a decade of norms, a bend by a quarter; the false neighbours are twice as far."""


def check_proportional_norms_after_training(sweep: Sweep, *, error: float) -> Evidence:
    """Test that E‖∂_x L‖_2 is proportional to E‖∂_x L‖_1 (Section 4.2, Figure 2e).

    "Proportional": over all cells, log E‖∂_x L‖_2 has the slope 1 over log E‖∂_x L‖_1. "The slope
    is independent of the training method": the mean log-quotient of each method equals that of the
    others together. Corrected leaves the slopes of the methods out.
    """
    of = curves(sweep, REGULARIZERS)
    found = _exponent(sweep, [plain(sweep), *(c for cells in of.values() for c in cells)], error)
    lines = {method: mean_of(cells) for method, cells in of.items()}
    apart = {
        f"{method}: log(E‖∂_x L‖_2 / E‖∂_x L‖_1) minus that of the other methods": contrast(
            sweep,
            total([(1, line), *((-1 / (len(of) - 1), lines[m]) for m in lines if m != method)]),
            log_quotients,
            error,
        )
        for method, line in lines.items()
    }

    def exponent(gamma: float) -> str:
        return f"E‖∂_x L‖_2 ∝ (E‖∂_x L‖_1)^γ over all cells, γ = {gamma:g}"

    proportional = found.against(exponent(1), predicted=1, margin=EXPONENT_MARGIN)
    return Evidence(
        method="Means over held-out images of the l1- and l2-norm. The exponent is the "
        "least-squares slope of their logarithms over all cells, with a two-level interval on "
        "log E‖∂_x L‖_2 - γ log E‖∂_x L‖_1, in which what both norms of a network share cancels. "
        "Slopes of methods are compared by their mean log-quotients; the margin is a tenth.",
        stated=[
            proportional,
            *(
                difference.against(statement, predicted=0, margin=SLOPE_MARGIN)
                for statement, difference in apart.items()
            ),
        ],
        corrected=[proportional],
        controls=[
            *(
                found.against(exponent(gamma), predicted=gamma, margin=EXPONENT_MARGIN)
                for gamma in (1 - 2 * EXPONENT_MARGIN, 1 + 2 * EXPONENT_MARGIN)
            ),
            *(
                difference.against(
                    f"{statement}, is {wrong:.3f}", predicted=wrong, margin=SLOPE_MARGIN
                )
                for statement, difference in apart.items()
                for wrong in (2 * SLOPE_MARGIN, -2 * SLOPE_MARGIN)
            ),
        ],
        tables=[_quotients(sweep, lines, error)],
        data=sweep.data,
    )


def check_equal_variances(sweep: Sweep, *, error: float) -> Evidence:
    """Test the explanation of Figure 2e: coordinates of ∂_x L like centred ones of equal variance.

    Of nearly normal coordinates of equal variance within each image, the quotient
    E‖∂_x L‖_2 / E‖∂_x L‖_1 is √(π / (2d)) (Eq. 6 with its constant). Any inequality among the
    coordinates of an image makes it larger, which is what the corrected statement says. To the
    letter the quotient is √(π / (2d)) exactly.
    """
    of = curves(sweep, REGULARIZERS)
    d = sweep.networks[0].d
    normal = 0.5 * math.log(math.pi / 2)
    cells = {"plain": {plain(sweep): 1.0}, **{m: mean_of(line) for m, line in of.items()}}
    together = [cell for line in of.values() for cell in line]
    measured = average(sweep, together, log_quotients, error).scaled(1.0, shift=0.5 * math.log(d))
    name = "mean over the regularized cells of log(√d E‖∂_x L‖_2 / E‖∂_x L‖_1)"
    return Evidence(
        method="The mean log-quotient of the two norms, over all cells with regularization, "
        "against √(π / (2d)), that of independent normal coordinates of equal variance. The margin "
        f"is half-way to Laplace's law, whose variances are unequal; d = {d:,}. Coordinates of "
        "equal size would give 1/√d.",
        stated=[measured.against(f"{name} = log √(π/2)", predicted=normal, margin=QUOTIENT_MARGIN)],
        literal=[measured.against(f"{name} = log √(π/2)", predicted=normal, margin=POINT)],
        corrected=[measured.at_least(f"{name} exceeds log √(π/2)", normal)],
        controls=[
            measured.against(f"{name} = 0, equal sizes", predicted=0, margin=QUOTIENT_MARGIN)
        ],
        tables=[_quotients(sweep, cells, error)],
        data=sweep.data,
    )


def _exponent(sweep: Sweep, cells: list[Cell], error: float) -> Interval:
    """Slope γ of log E‖∂_x L‖_2 over log E‖∂_x L‖_1: its error is that of log l2 - γ log l1."""
    weights = slope_over({cell: float(sweep.array(cell, "gradient_norm").mean()) for cell in cells})
    gamma = sum(
        a * math.log(float(sweep.array(cell, "gradient_norm_l2").mean()))
        for cell, a in weights.items()
    )

    def residuals(sweep: Sweep, cell: Cell) -> Samples:
        left: Samples = log_quotients(sweep, cell) + (1 - gamma) * log_norms(sweep, cell)
        return left

    found = contrast(sweep, weights, residuals, error)
    return found.scaled(1.0, shift=gamma - found.estimate)


def _quotients(sweep: Sweep, lines: Mapping[str, Combination], error: float) -> Table:
    d = sweep.networks[0].d
    rows: list[list[str | float]] = []
    for name, line in lines.items():
        found = contrast(sweep, line, log_quotients, error).exponential()
        rows.append([name, *(d**0.5 * x for x in (found.estimate, found.low, found.high))])
    return Table(
        title=f"√d E‖∂_x L‖_2 / E‖∂_x L‖_1, geometric mean over strengths "
        f"(√(π/2) = {math.sqrt(math.pi / 2):.3f})",
        columns=["method", "quotient", "low", "high"],
        rows=rows,
    )
