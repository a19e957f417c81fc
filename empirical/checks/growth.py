"""Figure 1: how loss gradient and vulnerability of trained networks grow with the resolution."""

from itertools import pairwise

import numpy as np

from empirical.measures.contrasts import contrast, local_exponent, slope_over
from empirical.measures.figure_cells import cells_by_size, how_trained
from empirical.measures.quantities import Quantity, log_norms, log_vulnerabilities
from empirical.measures.trained import Cell, Sweep
from evidence.findings import Evidence, Table
from evidence.intervals import Interval

MARGIN = 0.25
"""Half-way from the exponent 1/2 to its neighbours: 0, no growth, and 1, growth like d."""

QUANTITIES: dict[str, Quantity] = {
    "the mean l1-norm of the loss gradient": log_norms,
    "the adversarial vulnerability": log_vulnerabilities,
}


def check_figure_1(sweep: Sweep, *, error: float) -> Evidence:
    """Test that mean gradient norm and vulnerability grow like √d after training (Section 4.1).

    The estimands are the exponents in d of (a) the mean l1-norm of the loss gradient and (b) the
    vulnerability to FGSM: least-squares slopes of their mean logarithms over log d. Networks of
    different sizes are independent, unless the sweep is paired; the images are the same at all.

    The correction claims less: exponents from 0 to 3/4, which is growth that is not nearer to d
    than to √d. Its neighbours are those of the print: no growth, and growth like d.
    """
    cells = cells_by_size(sweep, least=2)
    intervals = exponents(sweep, error)
    return Evidence(
        method=(
            f"Networks with the same parameters were trained at {len(cells)} resolutions, "
            f"{how_trained(sweep)}, and measured on the same held-out images, attacked by FGSM "
            f"with ε = {sweep.epsilon:.3g} pixel standard deviations. Each exponent is the "
            "slope of the mean logarithm over log d; intervals are over networks and images. The "
            "margin of 1/4 asks which of 0, 1/2 and 1 is the nearest exponent, not whether it is "
            "exactly 1/2; growth that slows down shows in the second table."
        ),
        stated=[
            interval.against(
                f"after training, {name} grows like d^γ with γ nearest to 1/2 (√d)",
                predicted=0.5,
                margin=MARGIN,
            )
            for name, interval in intervals.items()
        ],
        corrected=[
            finding
            for name, interval in intervals.items()
            for finding in (
                interval.at_least(f"after training, {name} grows with d: γ ≥ 0", 0.0),
                interval.at_most(
                    f"after training, {name} grows no faster than like √d: γ ≤ 3/4", 0.5 + MARGIN
                ),
            )
        ],
        controls=[
            finding
            for name, interval in intervals.items()
            for finding in (
                interval.at_most(f"false neighbour: {name} does not grow with d: γ ≤ 0", 0.0),
                interval.at_least(f"false neighbour: {name} grows like d, or faster: γ ≥ 1", 1.0),
            )
        ],
        tables=[_measures_table(sweep, cells), _exponents_table(sweep, cells)],
        data=sweep.data,
    )


def exponents(sweep: Sweep, error: float) -> dict[str, Interval]:
    """Return the intervals for the exponents in d, by the names of `QUANTITIES`.

    Parameters and errors are those of `check_figure_1`.
    """
    cells = cells_by_size(sweep, least=2)
    coefficients = slope_over({cell: d for d, cell in cells.items()})
    return {
        name: contrast(sweep, coefficients, quantity, error)
        for name, quantity in QUANTITIES.items()
    }


def _measures_table(sweep: Sweep, cells: dict[int, Cell]) -> Table:
    rows = []
    for d, cell in cells.items():
        norms = sweep.array(cell, "gradient_norm").mean(axis=1)
        correct = sweep.array(cell, "correct").mean()
        rows.append(
            (
                cell.size,
                d,
                len(norms),
                100 * float(correct),
                float(norms.mean()),
                *(float(quantile) for quantile in np.quantile(norms, (0.1, 0.9))),
                100 * float(sweep.array(cell, "changed").mean()),
                100 * float(correct - sweep.array(cell, "still_correct").mean()),
            )
        )
    return Table(
        title="Held-out images, mean over the networks at each size",
        columns=(
            "pixels a side",
            "d",
            "networks",
            "accuracy (%)",
            "mean l1-norm of ∂L",
            "10th percentile",
            "90th percentile",
            f"vulnerability, ε = {sweep.epsilon:.3g} (%)",
            f"accuracy drop, ε = {sweep.epsilon:.3g} (points)",
        ),
        rows=rows,
    )


def _exponents_table(sweep: Sweep, cells: dict[int, Cell]) -> Table:
    """Where the growth bends."""
    dimensions = list(cells)
    means = [
        [float(quantity(sweep, cell).mean()) for cell in cells.values()]
        for quantity in QUANTITIES.values()
    ]
    rows = []
    for place, neighbours in enumerate(pairwise(dimensions)):
        exponent = local_exponent(cells, place)
        coefficients = [exponent.get(cell, 0.0) for cell in cells.values()]
        rows.append((*neighbours, *(float(np.dot(coefficients, logs)) for logs in means)))
    return Table(
        title="Exponents in d between neighbouring sizes, mean over networks",
        columns=("from d", "to d", "mean l1-norm of ∂L", "vulnerability"),
        rows=rows,
    )
