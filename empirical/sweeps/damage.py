"""What no record of trained networks can hold: the marks of an edit by hand, or of damage.

Each measure is bound to others: an image whose prediction FGSM did not change is right after it
exactly if it was before, and a gradient's l1-norm lies between its l2-norm and √d times that. A
record that breaks such a rule was not written by `sqrtd train`.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from empirical.measures.image_measures import ImageMeasures
from empirical.measures.trained import Cell, Sweep, TrainedNetwork
from empirical.sweeps.experiment import FIGURES
from empirical.sweeps.table import Column, Row

ROUNDING = 1.02
"""Of a measure, and of a mean of measures, that are kept to three digits."""

ATTACKS = (
    ("changed", "still_correct"),
    ("changed_l2", "still_correct_l2"),
    ("pgd_changed", "pgd_still_correct"),
)
FITTING: Mapping[str, Callable[[Any], bool]] = {
    "name": lambda value: isinstance(value, str),
    "figure": lambda value: value in (None, *FIGURES),
    "data": lambda value: isinstance(value, str),
    "epsilon": lambda value: isinstance(value, int | float),
    "paired": lambda value: isinstance(value, bool),
    "looks": lambda value: type(value) is int and 1 <= value <= MOST_LOOKS,  # of older records
    "looked": lambda value: type(value) is list and all(map(_are_looks, value)),
    "pgd": lambda value: isinstance(value, bool),
    "recipe": lambda value: type(value) is dict and type(value.get("epochs")) is int,
    "planned": lambda value: type(value) is int and value >= 1,
    "provenance": lambda value: type(value) is dict,
}
"""What entries of `experiment.json` may be."""

MOST_LOOKS = 1000

REQUIRED = {"name", "data", "epsilon", "recipe", "provenance"}
"""Records of older versions lack others."""


def _are_looks(sizes: object) -> bool:
    """Whether these can be the networks that a cell had at one look after the other."""
    return (
        type(sizes) is list
        and all(type(size) is int and size >= 0 for size in sizes)
        and sizes == sorted(sizes)
        and sizes[-1:] > [0]
    )


FLAGS = {"correct", *(name for names in ATTACKS for name in names)}


def require_possible(
    sweep: Sweep, described: Mapping[str, Any], table: Mapping[Cell, Sequence[Row]]
) -> None:
    """Make sure that a record can be one of a training.

    Parameters
    ----------
    sweep : its networks.
    described : its `experiment.json`.
    table : the rows of its `networks.csv`.

    Raises
    ------
    ValueError : what is wrong, in one line.
    """
    _require_lines(described)
    for name, fits in FITTING.items():
        if name in described.keys() | REQUIRED and not fits(described.get(name)):
            raise ValueError(f"{name} is {described.get(name)!r}")
    if not (0 < sweep.epsilon < math.inf):
        raise ValueError(f"attacks are of a size above 0, not of {sweep.epsilon}")
    if not sweep.networks or described.get("networks") != len(sweep.networks):
        raise ValueError(
            f"there are {len(sweep.networks)} networks, where {described.get('networks')} were "
            "recorded"
        )
    if len({len(one.measures.correct) for one in sweep.networks}) != 1:
        raise ValueError("not all networks are measured on the same images")
    ids = [(one.cell, one.index) for one in sweep.networks]
    if len(set(ids)) != len(ids):
        raise ValueError("a network is there twice")
    if len({(one.cell.size, one.d) for one in sweep.networks}) != len(
        {one.cell.size for one in sweep.networks}
    ):
        raise ValueError("images of one size have several input dimensions")
    for one in sweep.networks:
        require_possible_network(one)
    _require_table(sweep, table)


def require_possible_network(one: TrainedNetwork) -> None:
    """Make sure that a network can be one of a training.

    Raises
    ------
    ValueError : what is wrong, in one line.
    """
    for wrong in _impossible(one):
        raise ValueError(f"network {one.index} of {one.cell!s}: {wrong}")


def _require_lines(described: Mapping[str, Any]) -> None:
    """Make sure that texts are lines, which no report takes for a heading of its own."""
    for text in _texts(described):
        if not text.isprintable():
            raise ValueError(f"{text!a} is not one line of text")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(name)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _impossible(one: TrainedNetwork) -> Iterator[str]:
    """Yield what is wrong with a network."""
    cell, measures = one.cell, one.measures
    if not (cell.network.isprintable() and cell.method.isprintable()):
        yield "its name is not one line of text"
    if one.index < 0 or cell.size < 1 or one.d < 1 or one.d % cell.size**2:
        yield f"{one.d} values are not those of square images of {cell.size} pixels a side"
    if not 0 <= cell.epsilon < math.inf or (cell.method == "plain" and cell.epsilon):
        yield f"a strength of {cell.epsilon}"
    if not 0 <= one.seconds < math.inf or not math.isfinite(one.training_loss):
        yield "its time or its training loss is no number"
    yield from _impossible_arrays(measures)
    yield from _impossible_measures(measures, one.d)


def _impossible_arrays(measures: ImageMeasures) -> Iterator[str]:
    for name, values in vars(measures).items():
        if values is None:
            continue
        if values.shape != measures.correct.shape:
            yield f"{name} is measured on other images than the rest"
        if (values.dtype == bool) != (name in FLAGS):
            yield f"{name} holds {values.dtype} values"
        if values.dtype != bool and not np.isfinite(values).all():
            yield f"{name} is not finite on every image"


def _impossible_measures(measures: ImageMeasures, d: int) -> Iterator[str]:
    if (measures.loss < 0).any():
        yield "a loss is negative"
    if (~measures.correct & (ROUNDING * measures.loss < math.log(2))).any():
        yield "a wrong prediction has a loss below log 2, which only a right one can have"
    l1, l2 = measures.gradient_norm, measures.gradient_norm_l2
    if (l2 < 0).any() or (ROUNDING * l1 < l2).any() or (l1 > ROUNDING * math.sqrt(d) * l2).any():
        yield "an l1-norm lies outside of what its l2-norm allows"
    if l1.any() and not measures.increase.any():
        yield "attacks never change the loss, where its gradient is not 0"
    for changed, right in ATTACKS:
        moved, after = getattr(measures, changed), getattr(measures, right)
        if (moved is None) != (after is None):
            yield f"{changed} and {right} are not both there"
        elif (
            moved is not None
            and (np.where(moved, after & measures.correct, after != measures.correct)).any()
        ):
            yield f"{changed} and {right} contradict each other"


def _require_table(sweep: Sweep, table: Mapping[Cell, Sequence[Row]]) -> None:
    """Make sure that `networks.csv` tells of the same networks."""
    rows = {(cell, int(row[Column.INDEX])): row for cell, found in table.items() for row in found}
    listed = sum(map(len, table.values()))
    if listed != len(rows) or rows.keys() != {(one.cell, one.index) for one in sweep.networks}:
        raise ValueError("networks.csv lists other networks than networks.npz holds")
    for one in sweep.networks:
        row, means = rows[one.cell, one.index], one.measures.summary()
        for column, mean, size in (
            (Column.D, one.d, one.d),
            (Column.ACCURACY, means.accuracy, 1.0),
            (Column.VULNERABILITY, means.vulnerability, 1.0),
            (Column.NORM, means.gradient_norm, means.gradient_norm),
            (Column.NORM_L2, means.gradient_norm_l2, means.gradient_norm_l2),
            (Column.LOSS, means.loss, means.loss),
            (Column.INCREASE, means.increase, float(np.abs(one.measures.increase).mean())),
        ):
            told = float(row[column])
            if not abs(told - mean) <= (ROUNDING - 1) * size:
                raise ValueError(
                    f"network {one.index} of {one.cell!s} has the {column} {told:.4g} in "
                    f"networks.csv, {mean:.4g} in networks.npz"
                )
