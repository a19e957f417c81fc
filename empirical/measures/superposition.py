"""Whether two curves of Figure 2's upper row lie on each other.

Two curves are held at equal strengths, averaged over these, in three measures: the logarithm of the
mean l1-norm, the vulnerability and the accuracy. A margin is a tenth of the height of a panel that
shows one decade of norms (1.26, taken as 1.25) or 30 points of accuracy. Curves that are closer
pass for one in print. Vulnerability is compared by its mean over the strengths, which some dozens
of changed predictions decide, and not by its logarithm at each strength, where there may be none.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from empirical.measures.contrasts import contrast, mean_of, total
from empirical.measures.curves import FURTHER, Pairs, further, small, stronger
from empirical.measures.quantities import accuracies, log_norms, vulnerabilities
from empirical.measures.trained import Cell, Sweep
from evidence.findings import Table
from evidence.intervals import Equivalence, Interval

FACTOR = 1.25
"""Of norms, and of vulnerabilities, that pass for equal."""

POINTS = 0.03
"""Of accuracy, a share of 1, that pass for equal."""

_MEASURES = ("E‖∂_x L‖_1", "vulnerability (%)", "accuracy (%)")


def superposed(
    sweep: Sweep, cells: Pairs, statement: str, error: float, *, accuracy: bool = True
) -> list[Equivalence]:
    """Hold two curves against each other, averaged over their strengths.

    Parameters
    ----------
    sweep : holds the cells.
    cells : of both curves, side by side.
    statement : which curves coincide, and where.
    error : probability of a miss of each interval.
    accuracy : whether accuracies are compared as well.

    Returns
    -------
    Findings that the norms and vulnerabilities are equal within `FACTOR`, accuracies within
    `POINTS`.
    """
    margin = math.log(FACTOR)
    findings = [
        norm_ratio(sweep, cells, error).against(
            f"{statement}: log-ratio of E‖∂_x L‖_1", predicted=0, margin=margin
        ),
        vulnerability_ratio(sweep, cells, error).against(
            f"{statement}: log-ratio of the mean vulnerabilities", predicted=0, margin=margin
        ),
    ]
    if accuracy:
        findings.append(
            contrast(sweep, difference(cells), accuracies, error).against(
                f"{statement}: difference of accuracies (of 1)", predicted=0, margin=POINTS
            )
        )
    return findings


def superposed_at_small(
    sweep: Sweep, compared: Pairs, name: str, error: float
) -> list[Equivalence]:
    """Hold two curves against each other over the small strengths, of which first orders speak.

    Raises
    ------
    LackingRecordsError : as `empirical.measures.curves.small`.
    """
    cells = small(sweep, compared)
    strengths = ", ".join(f"{one.epsilon:g}" for one, _ in cells)
    return superposed(sweep, cells, f"{name}, small ε ({strengths})", error)


def superposed_throughout(sweep: Sweep, cells: Pairs, name: str, error: float) -> list[Equivalence]:
    """Hold two curves against each other over all strengths, and over the stronger half of them."""
    return [
        *superposed(sweep, cells, f"{name}, mean over {len(cells)} strengths", error),
        *superposed(sweep, stronger(cells), f"{name}, stronger half of the strengths", error),
    ]


def displaced(
    sweep: Sweep, compared: Pairs, all_of_them: Pairs, name: str, error: float
) -> list[Equivalence]:
    """Hold cells of the first curve against the second at a larger strength: a false neighbour.

    Accuracies are left out, which a plateau keeps equal.
    """
    beyond = further(compared, all_of_them)
    statement = f"{name}, the second at least {FURTHER} times as strong"
    return superposed(sweep, beyond, statement, error, accuracy=False)


def difference(cells: Pairs) -> dict[Cell, float]:
    """Return the coefficients of the mean over the first curve minus that over the second."""
    return total(
        [(1, mean_of([one for one, _ in cells])), (-1, mean_of([other for _, other in cells]))]
    )


def norm_ratio(sweep: Sweep, cells: Pairs, error: float) -> Interval:
    """Interval for the mean over the strengths of log(norm / other norm)."""
    return contrast(sweep, difference(cells), log_norms, error)


def vulnerability_ratio(sweep: Sweep, cells: Pairs, error: float) -> Interval:
    """Interval for log(mean vulnerability / other mean vulnerability), both over the strengths.

    Delta method: log V moves by dV / V, so that each curve's mean is divided by its estimate.
    """
    of_mean = [mean_of([pair[i] for pair in cells]) for i in (0, 1)]
    means = [
        sum(a * float(vulnerabilities(sweep, cell).mean()) for cell, a in one.items())
        for one in of_mean
    ]
    relative = total([(1 / means[0], of_mean[0]), (-1 / means[1], of_mean[1])])
    return contrast(sweep, relative, vulnerabilities, error).scaled(
        1.0, shift=math.log(means[0] / means[1])
    )


def side_by_side(sweep: Sweep, compared: Mapping[str, Pairs]) -> Table:
    """Tabulate two curves at each strength, by the name of the comparison."""
    rows: list[Sequence[str | float]] = [
        [
            name,
            one.epsilon,
            *(
                factor * float(np.mean(sweep.array(cell, measure)))
                for measure, factor in (("gradient_norm", 1), ("changed", 100), ("correct", 100))
                for cell in (one, other)
            ),
        ]
        for name, cells in compared.items()
        for one, other in cells
    ]
    return Table(
        title="Means over networks and images, of the first and of the second method",
        columns=[
            "methods",
            "ε_∞",
            *(f"{name}, {which}" for name in _MEASURES for which in ("first", "second")),
        ],
        rows=rows,
    )
