"""Accuracy against vulnerability: the plateaus, and who has the best ratios (Figure 2f)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from empirical.checks.accuracy_and_strength import POINT, TOGETHER, Line, by_strength
from empirical.checks.penalty_norm import BENT
from empirical.measures.common_curve import OutOfRangeError, curve_offset
from empirical.measures.contrasts import contrast, total
from empirical.measures.curves import (
    AUGMENTATIONS,
    EQUATION_5,
    PENALTIES,
    REGULARIZERS,
    curves,
    plain,
    stronger,
    weaker,
)
from empirical.measures.quantities import accuracies, log_vulnerabilities, vulnerabilities
from empirical.measures.superposition import POINTS
from empirical.measures.trained import Cell, Sweep
from evidence.errors import LackingRecordsError
from evidence.findings import Evidence, Exact, Finding, Table
from evidence.intervals import Interval
from evidence.levels import error_of_each

HALF = 0.5
"""Of plain training's vulnerability: what "massively driven down" is read as."""

MISFIT = 0.025
"""Of accuracy, a share of 1, by which the cubic may miss the curve over a stronger half: by 2.2
points of synthetic plateaus with four strengths, each four times the last, where another method
reaches equal vulnerability half-way between them."""

FGSM = "linf-augmentation"


def check_plateau(sweep: Sweep, *, error: float) -> Evidence:
    """Test that vulnerability can be massively driven down without losing accuracy (Figure 2f).

    Read as: at some strength, in the mean of the methods of Eq. 5, vulnerability is at most half of
    plain training's while accuracy is less than 1 point below. To the letter it is so for each of
    the methods, all of which Figure 2f draws. Corrected allows 3 points. All strengths are looked
    at with an error shared among them (Bonferroni): the least vulnerability that the allowed
    loss can buy lies below the least upper end of strengths that surely are allowed, and above the
    least lower end of strengths that may be and of their neighbours, since the best strength may
    lie between two that were tried.
    """
    start = plain(sweep)
    lines = by_strength(curves(sweep, EQUATION_5))
    if TOGETHER not in lines:
        raise LackingRecordsError(
            f"{sweep.name} needs two strengths that all methods of Eq. 5 share"
        )

    def bought(loss: float) -> dict[str, Interval]:
        return {
            f"{name}: least share of plain training's vulnerability that is left at a loss of "
            f"at most {100 * loss:g} points of accuracy": remaining(
                sweep, line, start, error, loss=loss
            )
            for name, line in lines.items()
        }

    little, more = bought(POINT), bought(POINTS)
    return Evidence(
        method="Vulnerability relative to plain training's, and accuracy minus plain training's, "
        "at every strength, each with a two-level interval at its part of the error. A strength "
        "counts for the upper end of the least vulnerability only if its accuracy surely keeps "
        "within the allowed loss, and for the lower end if its own or a neighbour's may. The false "
        "neighbour is that at a loss of 3 points more than half of the vulnerability is left.",
        stated=_halved(little, TOGETHER),
        literal=_halved(little),
        corrected=_halved(more, TOGETHER),
        controls=[
            found.at_least(statement, HALF)
            for statement, found in more.items()
            if statement.startswith(TOGETHER)
        ],
        tables=[_table(sweep, lines, start)],
        data=sweep.data,
    )


def _halved(bought: Mapping[str, Interval], name: str = "") -> list[Finding]:
    """Hold what is left of the vulnerability against a half, for the lines of a name."""
    return [
        found.at_most(statement, HALF)
        for statement, found in bought.items()
        if statement.startswith(name)
    ]


def remaining(sweep: Sweep, line: Line, start: Cell, error: float, *, loss: float) -> Interval:
    """Interval for the least vulnerability at little loss of accuracy, relative to plain training.

    Parameters
    ----------
    sweep : holds the cells.
    line : one combination of cells a strength, by growing strength.
    start : plain training, whose own share is 1 and which is the first strength's neighbour.
    error : probability of a miss.
    loss : of accuracy, that is allowed, a share of 1.
    """
    each = error_of_each(error, 2 * len(line))
    base = float(vulnerabilities(sweep, start).mean())
    left, gains = [], []
    for at in line:
        ratio = sum(a * float(vulnerabilities(sweep, c).mean()) for c, a in at.items()) / base
        moved = contrast(
            sweep, total([(1 / base, at), (-ratio / base, {start: 1.0})]), vulnerabilities, each
        )
        left.append(moved.scaled(1.0, shift=ratio - moved.estimate))
        gains.append(contrast(sweep, total([(1, at), (-1, {start: 1.0})]), accuracies, each))
    both = list(zip(left, gains, strict=True))
    maybe = [True, *(gain.high >= -loss for gain in gains), False]
    near = [any(maybe[i : i + 3]) for i in range(len(left))]
    return Interval(
        estimate=min([1.0, *(share.estimate for share, gain in both if gain.estimate >= -loss)]),
        low=min([1.0, *(share.low for share, reached in zip(left, near, strict=True) if reached)]),
        high=min([1.0, *(share.high for share, gain in both if gain.low >= -loss)]),
        error=error,
        samples=sum(len(sweep.of(cell)) for cell in total((1, at) for at in (*line, {start: 1}))),
    )


def check_best_ratios(sweep: Sweep, *, error: float) -> Evidence:
    """Test that FGSM-augmentation has the best ratios on the long run (Section 4.2, Figure 2f).

    All methods perform equally well at small ε, read as accuracies within 3 points at equal
    vulnerability over the weaker half of the strengths; and on the long run, over the stronger
    half, FGSM-augmentation has a higher accuracy at equal vulnerability than each other method.
    """
    of = curves(sweep, REGULARIZERS)
    start = plain(sweep)
    stated: list[Finding] = []
    controls = [_behind_penalties(sweep, of, FGSM, error)]
    for other in REGULARIZERS:
        if other != FGSM:
            equal, *apart = _equal_at_small(sweep, of[FGSM], of[other], error)
            stated += [equal, _ahead_at_large(sweep, of[FGSM], of[other], error)]
            controls += apart
    return Evidence(
        method=f"{_METHOD} The false neighbours are accuracies 6 points apart over the weaker "
        "half, and that the penalties have better ratios than FGSM over the stronger half.",
        stated=stated,
        controls=controls,
        tables=[_table(sweep, {m: [{cell: 1.0} for cell in of[m]] for m in of}, start)],
        data=sweep.data,
    )


def check_best_methods(sweep: Sweep, *, error: float) -> Evidence:
    """Test that the augmentations have the best ratios eventually (caption of Figure 2f).

    Over the stronger half of the strengths, each of the two adversarial augmentations has a higher
    accuracy at equal vulnerability than each penalty and than cross-Lipschitz regularization. At
    small ε all methods perform similarly, as in `check_best_ratios`.
    """
    of = curves(sweep, REGULARIZERS)
    others = [method for method in REGULARIZERS if method not in AUGMENTATIONS]
    stated: list[Finding] = []
    controls = [_behind_penalties(sweep, of, method, error) for method in AUGMENTATIONS]
    for method in AUGMENTATIONS:
        for other in others:
            equal, *apart = _equal_at_small(sweep, of[method], of[other], error)
            stated += [equal, _ahead_at_large(sweep, of[method], of[other], error)]
            controls += apart
    return Evidence(
        method=f"{_METHOD} The false neighbours are accuracies 6 points apart over the weaker "
        "half, and that the penalties have better ratios over the stronger half.",
        stated=stated,
        controls=controls,
        data=sweep.data,
    )


def check_cross_lipschitz(sweep: Sweep, *, error: float) -> Evidence:
    """Test that penalties have better ratios than cross-Lipschitz' in practice (Section 5).

    Over all strengths, each of the two penalties on ∂_x L has a higher accuracy at equal
    vulnerability than cross-Lipschitz regularization.
    """
    of = curves(sweep, (*PENALTIES, "cross-lipschitz"))
    stated: list[Finding] = []
    controls: list[Finding] = []
    for method in PENALTIES:
        statement = f"accuracy of {method} minus that of cross-lipschitz at equal vulnerability"
        found = _ahead(sweep, of[method], of["cross-lipschitz"], error, misfit=MISFIT)
        stated.append(found.at_least(statement, 0.0) if found else _nothing(statement))
        controls.append(found.at_most(statement, 0.0) if found else _nothing(statement))
    return Evidence(
        method=f"{_METHOD} Here it is over all strengths, with that width. The false neighbour is "
        "that cross-Lipschitz regularization has better ratios.",
        stated=stated,
        controls=controls,
        tables=[
            _table(sweep, {m: [{cell: 1.0} for cell in of[m]] for m in of}, plain(sweep)),
        ],
        data=sweep.data,
    )


_METHOD = (
    "Accuracies of cells minus the cubic of accuracy over log vulnerability through "
    "plain training and the cells of the method compared with, at those vulnerabilities that "
    "it reaches as well; two-level intervals with the errors of both axes and of the cubic "
    f"by the delta method, wider by {100 * MISFIT:g} points on both sides over the stronger "
    "half, by which the cubic may miss the curve."
)


def _ahead(
    sweep: Sweep, cells: Sequence[Cell], reference: Sequence[Cell], error: float, *, misfit: float
) -> Interval | None:
    """Interval for how much more accurate cells are at equal vulnerability; None if at none."""
    try:
        found = curve_offset(
            sweep,
            cells,
            [plain(sweep), *reference],
            error,
            x=log_vulnerabilities,
            y=accuracies,
            powers=BENT,
        )
    except OutOfRangeError:
        return None
    return replace(found, low=found.low - misfit, high=found.high + misfit)


def _equal_at_small(
    sweep: Sweep, cells: Sequence[Cell], others: Sequence[Cell], error: float
) -> list[Finding]:
    """Hold a method against another over its weaker strengths, where the margin has room enough.

    Returns
    -------
    The finding that they are equally accurate, then its false neighbours on both sides.
    """
    statement = (
        f"accuracy of {cells[0].method} minus that of {others[0].method} at equal vulnerability, "
        "weaker half of the strengths"
    )
    found = _ahead(sweep, weaker(cells), others, error, misfit=0.0)
    if found is None:
        return [_nothing(statement)]
    return [
        found.against(statement, predicted=0, margin=POINTS),
        *(
            found.against(f"{statement}, is {wrong:g}", predicted=wrong, margin=POINTS)
            for wrong in (2 * POINTS, -2 * POINTS)
        ),
    ]


def _ahead_at_large(
    sweep: Sweep, cells: Sequence[Cell], others: Sequence[Cell], error: float
) -> Finding:
    """Hold a method against another over its stronger strengths."""
    statement = (
        f"accuracy of {cells[0].method} minus that of {others[0].method} at equal vulnerability, "
        "stronger half of the strengths"
    )
    found = _ahead(sweep, stronger(cells), others, error, misfit=MISFIT)
    return found.at_least(statement, 0.0) if found else _nothing(statement)


def _behind_penalties(
    sweep: Sweep, of: Mapping[str, Sequence[Cell]], method: str, error: float
) -> Finding:
    """Claim falsely that both penalties together have better ratios than a method."""
    statement = (
        f"accuracy of {method} minus that of both penalties at equal vulnerability, stronger half "
        "of the strengths"
    )
    penalized = [cell for penalty in PENALTIES for cell in of[penalty]]
    found = _ahead(sweep, stronger(of[method]), penalized, error, misfit=MISFIT)
    return found.at_most(statement, 0.0) if found else _nothing(statement)


def _nothing(statement: str) -> Exact:
    """Leave a statement undecided whose curves reach no common vulnerability."""
    return Exact(statement=f"{statement} (no common vulnerability)", cases=0)


def _table(sweep: Sweep, lines: Mapping[str, Line], start: Cell) -> Table:
    rows: list[list[str | float]] = []
    for name, line in {"plain": [{start: 1.0}], **lines}.items():
        for at in line:
            shares = [
                100 * sum(a * float(sweep.array(c, measure).mean()) for c, a in at.items())
                for measure in ("changed", "correct")
            ]
            rows.append([name, next(iter(at)).epsilon, *shares])
    return Table(
        title="Vulnerability and accuracy, means over networks and images",
        columns=["method", "ε", "vulnerability (%)", "accuracy (%)"],
        rows=rows,
    )
