"""Equation 5 after training: one ε_∞ means the same for attacks in l_2 and in l_∞."""

import math
from dataclasses import replace
from itertools import pairwise

from empirical.measures.contrasts import contrast, total
from empirical.measures.curves import Pairs, pairs, slope, small
from empirical.measures.quantities import log_norms
from empirical.measures.superposition import (
    difference,
    norm_ratio,
    side_by_side,
    superposed_at_small,
    superposed_throughout,
)
from empirical.measures.trained import Cell, Sweep
from evidence.errors import LackingRecordsError
from evidence.findings import Evidence, Table
from evidence.intervals import Equivalence, Interval

ACROSS_NORMS = (("l1-penalty", "l2-penalty"), ("linf-augmentation", "l2-augmentation"))

MARGIN = 0.1
"""Of the exponent of d: for d = 3072 a factor of 2.2 in ε, a third of a decade on the axis."""


def check_rescaling(sweep: Sweep, *, error: float) -> Evidence:
    """Test that ε_p = ε_∞ d^(1/p) superposes the curves of p = 2 and p = ∞ (Section 4.2, Eq. 5).

    As Eq. 5 is about the first order, the rescaled curves are held at small strengths: they get
    almost superimposed in all three panels of the upper row, for penalties and for augmentations;
    and of all thresholds ε_∞ d^γ for p = 2, the one that brings the curves of the norm together has
    γ nearly 1/2. To the letter of Section 4.2 whole curves are superimposed: on the average over
    all strengths and over the stronger half. Corrected asks only for the axis, γ.
    """
    compared = {f"{one} and {other}": pairs(sweep, one, other) for one, other in ACROSS_NORMS}
    at_small = {name: small(sweep, cells) for name, cells in compared.items()}
    if any(len(cells) < 2 for cells in at_small.values()):
        raise LackingRecordsError(f"{sweep.name} needs two small strengths, for a slope over log ε")
    d = sweep.networks[0].d
    exponents = {name: _exponent(sweep, cells, error, d) for name, cells in at_small.items()}

    def rescaled(gamma: float) -> list[Equivalence]:
        how = "" if gamma else " (no rescaling)"
        return [
            exponent.against(
                f"{name}: their norms coincide at small ε with ε_2 = ε_∞ d^γ, γ = {gamma:g}{how}",
                predicted=gamma,
                margin=MARGIN,
            )
            for name, exponent in exponents.items()
        ]

    stated, literal = rescaled(0.5), []
    for name, cells in compared.items():
        stated += superposed_at_small(sweep, cells, name, error)
        literal += superposed_throughout(sweep, cells, name, error)
    return Evidence(
        method="Networks of p = 2 beside those of p = ∞ at equal ε_∞, that is with ε_2 = ε_∞ √d. "
        "The margins, and what a small ε is, are those of the dual pairs. The exponent γ in "
        "ε_2 = ε_∞ d^γ that would bring the curves together is 1/2 minus the mean log-ratio of "
        "their norms over (mean slope of the log norms in log ε) log d, by the delta method. Its "
        "false neighbours are γ = 0.3 and 0.7, and no rescaling. The second table shows the "
        "unrescaled curves, interpolated.",
        stated=stated,
        literal=literal,
        corrected=rescaled(0.5),
        controls=[*rescaled(0), *rescaled(0.5 - 2 * MARGIN), *rescaled(0.5 + 2 * MARGIN)],
        tables=[side_by_side(sweep, compared), _unrescaled(sweep, compared, d)],
        data=sweep.data,
    )


def _exponent(sweep: Sweep, cells: Pairs, error: float, d: int) -> Interval:
    """Interval for γ: the second curve lies (γ - 1/2) log d to the left of the first in log ε.

    Where the mean slope may be 0, any γ would do.
    """
    steepness = total((0.5, slope([pair[i] for pair in cells])) for i in (0, 1))
    slopes = contrast(sweep, steepness, log_norms, error)
    apart = norm_ratio(sweep, cells, error).estimate
    unit = slopes.estimate * math.log(d)
    if slopes.low <= 0 <= slopes.high:
        return replace(
            slopes,
            estimate=0.5 + apart / unit if unit else 0.5,
            low=-math.inf,
            high=math.inf,
            note="the norms may not depend on ε",
        )
    linear = total([(1 / unit, difference(cells)), (-apart / unit / slopes.estimate, steepness)])
    moved = contrast(sweep, linear, log_norms, error)
    return moved.scaled(1.0, shift=0.5 + apart / unit - moved.estimate)


def _unrescaled(sweep: Sweep, compared: dict[str, Pairs], d: int) -> Table:
    """Ratios of norms at equal ε_p: the second method's at ε_∞ = ε / √d, interpolated."""
    rows: list[list[str | float]] = []
    for name, cells in compared.items():
        second = [other for _, other in cells]
        for one, _ in cells:
            found = _interpolated(sweep, second, one.epsilon / math.sqrt(d))
            if found is not None:
                own = float(sweep.array(one, "gradient_norm").mean())
                rows.append([name, one.epsilon, own, found, own / found])
    return Table(
        title="E‖∂_x L‖_1 without the rescaling of Eq. 5, where the strengths reach: the second "
        "method's, at the same ε_p, interpolated in log ε",
        columns=["methods", "ε_∞ = ε_2", "first", "second", "ratio"],
        rows=rows,
    )


def _interpolated(sweep: Sweep, curve: list[Cell], epsilon: float) -> float | None:
    """Geometric-mean norm at a strength between two cells; None outside of them."""
    for low, high in pairwise(curve):
        if low.epsilon <= epsilon <= high.epsilon:
            share = math.log(epsilon / low.epsilon) / math.log(high.epsilon / low.epsilon)
            logs = [float(log_norms(sweep, cell).mean()) for cell in (low, high)]
            return math.exp((1 - share) * logs[0] + share * logs[1])
    return None
