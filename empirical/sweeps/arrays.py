"""Trained networks as arrays, for the store and for the files of results.

Measures are kept to three significant digits. So a network is the same, bit for bit, whether it was
just measured or comes from the store or a record.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from empirical.measures.image_measures import ImageMeasures
from empirical.measures.trained import Cell, TrainedNetwork

DIGITS = 3
"""Significant decimal digits of the measures: chance is far above them, and they compress well."""

MEASURES = tuple(field.name for field in fields(ImageMeasures))
"""Names of the measures on each image."""


def to_arrays(network: TrainedNetwork) -> dict[str, NDArray[Any]]:
    """Return a network's rounded measures as arrays, and what else there is to it as JSON."""
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
        **{name: rounded(values) for name, values in measures.items() if values is not None},
    }


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> TrainedNetwork:
    """Return the network that `to_arrays` wrote, or older code that did not round.

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
            **{name: _doubled(rounded(arrays[name])) for name in MEASURES if name in arrays}
        ),
        **facts,
    )


def _doubled(values: NDArray[Any]) -> NDArray[Any]:
    return values if values.dtype == bool else values.astype(np.float64)


def rounded(values: NDArray[Any]) -> NDArray[Any]:
    """Round floats to `DIGITS` significant digits, as float32; flags stay as they are."""
    if values.dtype == bool:
        return values
    if values.dtype.kind != "f":
        raise ValueError(f"a measure holds {values.dtype} values")
    values = values.astype(np.float64)
    with np.errstate(divide="ignore"):
        exponents = np.floor(np.log10(np.abs(values)))
    exponents[~np.isfinite(exponents)] = 0
    scale = 10.0 ** (DIGITS - 1 - exponents)
    with np.errstate(over="ignore"):  # of what no training has measured
        digits: NDArray[Any] = (np.round(values * scale) / scale).astype(np.float32)
    return digits
