"""Trained networks as arrays, for the store and for the files of results."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from empirical.measures.image_measures import ImageMeasures
from empirical.measures.trained import Cell, TrainedNetwork

MEASURES = tuple(field.name for field in fields(ImageMeasures))
"""Names of the measures on each image."""


def to_arrays(network: TrainedNetwork) -> dict[str, NDArray[Any]]:
    """Return a network's measures as arrays, and what else there is to it as JSON in one."""
    measures = {name: getattr(network.measures, name) for name in MEASURES}
    facts = {
        "cell": asdict(network.cell),
        "index": network.index,
        "d": network.d,
        "training_loss": network.training_loss,
        "seconds": network.seconds,
    }
    return {
        "facts": np.array(json.dumps(facts)),
        "increase": network.increase,
        **{name: values for name, values in measures.items() if values is not None},
    }


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> TrainedNetwork:
    """Return the network that `to_arrays` wrote.

    Raises
    ------
    KeyError, TypeError, ValueError : other arrays.
    """
    facts = json.loads(str(arrays["facts"]))
    cell = facts.pop("cell")
    widths = cell.pop("widths")
    return TrainedNetwork(
        cell=Cell(widths=None if widths is None else tuple(widths), **cell),
        measures=ImageMeasures(
            **{name: _doubled(arrays[name]) for name in MEASURES if name in arrays}
        ),
        increase=_doubled(arrays["increase"]),
        **facts,
    )


def _doubled(values: NDArray[Any]) -> NDArray[Any]:
    return values if values.dtype == bool else values.astype(np.float64)
