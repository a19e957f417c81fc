"""The curves of Figure 2: cells of one training method, ordered by strength."""

from collections.abc import Sequence
from typing import TypeAlias, TypeVar

from empirical.measures.contrasts import slope_over
from empirical.measures.figure_cells import plain_cell
from empirical.measures.trained import Cell, Sweep
from evidence.errors import LackingRecordsError

AUGMENTATIONS = ("linf-augmentation", "l2-augmentation")
PENALTIES = ("l1-penalty", "l2-penalty")
EQUATION_5 = (*AUGMENTATIONS, *PENALTIES)
"""Methods whose epsilon is ε_∞ of Eq. 5, the same for all."""

REGULARIZERS = (*EQUATION_5, "cross-lipschitz")
"""What Section 4.2 compares with each other and with plain training."""

STRENGTHS = 3
"""Fewest of a curve: two for each half."""

SMALL = 0.5
"""In nats: a strength is small where ε_∞ E‖∂_x L‖_1 is at most this on plainly trained networks. An
attack of that size then adds at most half a nat to the loss at first order."""

FURTHER = 3
"""Times as strong is a false partner of a cell: on curves as steep as the paper's, its norm is
smaller by a third or more."""

T = TypeVar("T")

Pairs: TypeAlias = Sequence[tuple[Cell, Cell]]
"""Cells of two methods, side by side, by growing strength."""


def plain(sweep: Sweep) -> Cell:
    """Return the cell without regularization.

    Raises
    ------
    LackingRecordsError : none.
    """
    return plain_cell(sweep.cells())


def curves(sweep: Sweep, methods: Sequence[str]) -> dict[str, list[Cell]]:
    """Return the cells of each method, by growing strength.

    Raises
    ------
    LackingRecordsError : a method that is missing or has fewer than three strengths, or networks of
        several families, sizes or widths.
    """
    kinds = {(cell.network, cell.size, cell.widths) for cell in sweep.cells()}
    if len(kinds) != 1:
        raise LackingRecordsError(
            f"Figure 2 compares training methods on one network at one size; {sweep.name} has "
            f"{len(kinds)} kinds of networks"
        )
    cells = sorted(sweep.cells(), key=lambda cell: cell.epsilon)
    found = {method: [cell for cell in cells if cell.method == method] for method in methods}
    few = [method for method in methods if len(found[method]) < STRENGTHS]
    if few:
        raise LackingRecordsError(
            f"{sweep.name} needs networks at three strengths or more of each of: {', '.join(few)}"
        )
    return found


def pairs(sweep: Sweep, first: str, second: str) -> Pairs:
    """Pair the cells of two methods at the strengths that both have.

    Parameters
    ----------
    sweep : has both methods.
    first, second : methods.

    Raises
    ------
    LackingRecordsError : as in `curves`, or fewer than three common strengths.
    """
    of = curves(sweep, (first, second))
    common = sorted({cell.epsilon for cell in of[first]} & {cell.epsilon for cell in of[second]})
    if len(common) < STRENGTHS:
        raise LackingRecordsError(
            f"{sweep.name} needs three strengths or more that {first} and {second} share, "
            f"not {len(common)}"
        )
    one, other = ([cell for cell in of[m] if cell.epsilon in common] for m in (first, second))
    return list(zip(one, other, strict=True))


def small(sweep: Sweep, compared: Pairs) -> Pairs:
    """Return the pairs at small strengths (`SMALL`), of which the paper's first order speaks.

    Raises
    ------
    LackingRecordsError : none, or no plain training to tell by.
    """
    norm = float(sweep.array(plain(sweep), "gradient_norm").mean())
    found = [pair for pair in compared if pair[0].epsilon * norm <= SMALL]
    if not found:
        raise LackingRecordsError(
            f"{sweep.name} has no strength ε with ε E‖∂_x L‖_1 of at most {SMALL:g} nats on plain "
            f"networks, where it is {norm:.3g} ε: a first order in ε needs smaller strengths"
        )
    return found


def further(compared: Pairs, all_of_them: Pairs) -> Pairs:
    """Give the first of each pair another partner, `FURTHER` times as strong or more.

    Parameters
    ----------
    compared : some of the pairs.
    all_of_them : where the partners are taken from; a pair that finds none is left out.

    Raises
    ------
    LackingRecordsError : no partner is there for any.
    """
    found = []
    for one, _ in compared:
        beyond = [other for _, other in all_of_them if other.epsilon >= FURTHER * one.epsilon]
        found += [(one, beyond[0])] if beyond else []
    if not found:
        raise LackingRecordsError(f"no strength is {FURTHER} times as large as a small one")
    return found


def weaker(curve: Sequence[T]) -> Sequence[T]:
    """Return the weaker half of what grows in strength; of an odd number, with the middle one."""
    return curve[: (len(curve) + 1) // 2]


def stronger(curve: Sequence[T]) -> Sequence[T]:
    """Return the stronger half of what grows in strength; of an odd number, with the middle one."""
    return curve[len(curve) // 2 :]


def slope(cells: Sequence[Cell]) -> dict[Cell, float]:
    """Return the coefficients of the least-squares slope over log ε."""
    return slope_over({cell: cell.epsilon for cell in cells})
