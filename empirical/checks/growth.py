"""Figure 1: how loss gradient and vulnerability of trained networks grow with the resolution."""

from itertools import pairwise

import numpy as np

from empirical.measures.contrasts import contrast, local_exponent, slope_over
from empirical.measures.figure_cells import cells_by_size, how_trained
from empirical.measures.quantities import Quantity, log_norms, log_vulnerabilities
from empirical.measures.trained import Cell, Sweep
from evidence.findings import Evidence, Table
from evidence.intervals import Equivalence, Interval

MARGIN = 0.1
"""Of an exponent of d, for "almost linearly with √d". From one size to one with 16 times as many
pixels, 0.1 moves the end of the curve by a third; the false neighbours are twice as far off."""

POINT = 1e-9
"""The margin of an exact value. An interval can refute it, and is too wide to confirm it."""

QUANTITIES: dict[str, Quantity] = {
    "the mean l1-norm of the loss gradient": log_norms,
    "the adversarial vulnerability": log_vulnerabilities,
}


def check_growth(sweep: Sweep, *, error: float) -> Evidence:
    """Test that mean gradient norm and vulnerability grow with d after training (Abstract).

    The estimands are the exponents in d of `check_figure_1`; here they are above 0. The false
    neighbour is growth like d, which is what Section 5 has of Goodfellow et al. (2014).
    """
    cells = cells_by_size(sweep, least=2)
    intervals = exponents(sweep, error)
    return Evidence(
        method=_method(sweep, len(cells)),
        stated=[
            interval.at_least(f"after training, {name} grows with d: its exponent is above 0", 0.0)
            for name, interval in intervals.items()
        ],
        controls=[
            interval.at_least(f"false neighbour: {name} grows like d, or faster: γ ≥ 1", 1.0)
            for name, interval in intervals.items()
        ],
        tables=[_measures_table(sweep, cells)],
        data=sweep.data,
    )


def check_figure_1(sweep: Sweep, *, error: float) -> Evidence:
    """Test that mean gradient norm and vulnerability grow almost like √d (Section 4.1, Figure 1).

    The estimands are the exponents in d of (a) the mean l1-norm of the loss gradient and (b) the
    vulnerability to FGSM: least-squares slopes of their mean logarithms over log d. Networks of
    different sizes are independent, unless the sweep is paired; the images are the same at all.
    "Almost linearly with √d" is read as 1/2 within `MARGIN`, which is ours. To the letter of the
    figure's caption, "linearly", it is 1/2 exactly.
    """
    cells = cells_by_size(sweep, least=2)
    intervals = exponents(sweep, error)

    def like(gamma: float, margin: float = MARGIN) -> list[Equivalence]:
        return [
            interval.against(
                f"after training, {name} grows like d^γ, γ = {gamma:g}",
                predicted=gamma,
                margin=margin,
            )
            for name, interval in intervals.items()
        ]

    return Evidence(
        method=f"{_method(sweep, len(cells))} An exponent within {MARGIN:g} of 1/2 passes for "
        "almost 1/2. Growth that slows down shows in the second table.",
        stated=like(0.5),
        literal=like(0.5, POINT),
        controls=[*like(0.5 - 2 * MARGIN), *like(0.5 + 2 * MARGIN)],
        tables=[_measures_table(sweep, cells), exponents_table(sweep, cells)],
        data=sweep.data,
    )


def _method(sweep: Sweep, sizes: int) -> str:
    return (
        f"Networks with the same parameters were trained at {sizes} resolutions, "
        f"{how_trained(sweep)}, and measured on the same held-out images, attacked by FGSM "
        f"with ε = {sweep.epsilon:.3g} pixel standard deviations. Each exponent is the "
        "slope of the mean logarithm over log d; intervals are over networks and images."
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


def exponents_table(sweep: Sweep, cells: dict[int, Cell]) -> Table:
    """Tabulate the exponents between neighbouring sizes, which show where the growth bends."""
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
