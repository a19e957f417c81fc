"""Results of `sqrtd simulate` as files: written, and read again to be drawn."""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from evidence.errors import UserError, damage_of
from evidence.intervals import Interval
from running.arrays import Kind, read_arrays, require_kinds, require_positive
from running.places import is_folder, is_there, read_bytes, read_json
from simulations.engine.gradient_norms import NORMS, GradientNorms
from simulations.reports.growth_plots import Growth
from simulations.reports.quantities import Measured, measure, quantities

SIMULATION, NETWORKS = "simulation.json", "networks.npz"

LARGEST_NORM = 1e100


def norms_file(samples: Sequence[GradientNorms]) -> bytes:
    """Return `networks.npz`: for each size the norms of every network, as `norms_<d>`.

    An array has the shape (networks, rows, 4), as in `GradientNorms`.
    """
    file = io.BytesIO()
    arrays: dict[str, Any] = {f"norms_{sample.d}": sample.norms for sample in samples}
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def digest(networks: bytes) -> str:
    """Return what `simulation.json` says of the bytes of `networks.npz`."""
    return sha256(networks).hexdigest()


@dataclass(frozen=True, kw_only=True)
class StoredSimulation:
    """What `sqrtd simulate` wrote of a network.

    Attributes
    ----------
    folder : where.
    described : its simulation.json.
    """

    folder: Path
    described: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The network, as it was given."""
        return str(self.described["network"])

    @property
    def dims(self) -> list[int]:
        """The input dimensions."""
        return [int(size["d"]) for size in self.described["sizes"]]

    def growth(self, *, label: str, level: float | None) -> Growth:
        """Return what is drawn of the network.

        Parameters
        ----------
        label : how it is called.
        level : confidence level of each interval by itself, computed anew from the networks; None
            for the stored intervals, which hold at once.

        Raises
        ------
        UserError : networks that are not those of simulation.json.
        """
        stored = {one.quantity.key: one for one in self._measured()}
        dims = self.dims
        if level is not None:
            # Where sampling ended depended on what was seen, unless all rounds share the error.
            error = (1 - level) * self.described["share_of_error"]
            samples = self._samples(dims)
            stored = {
                key: replace(
                    measure(one.quantity, samples, error, None),
                    law=one.law,
                    predicted_exponent=one.predicted_exponent,
                )
                for key, one in stored.items()
            }
        return Growth(label=label, dims=dims, measured=stored)

    def _measured(self) -> list[Measured]:
        sizes, exponents = self.described["sizes"], self.described["exponents"]
        return [
            Measured(
                quantity=quantity,
                intervals=[_interval(size["quantities"][quantity.key]) for size in sizes],
                exponent=_interval(exponents[quantity.key]),
                law=exponents[quantity.key]["law"],
                predicted_exponent=exponents[quantity.key]["predicted"],
            )
            for quantity in quantities(with_loss=self.described["logits"] > 1)
        ]

    def _samples(self, dims: Sequence[int]) -> list[GradientNorms]:
        file = self.folder / NETWORKS
        content = read_bytes(file)
        if digest(content) != self.described["sha256"]:
            raise UserError(
                f"{file} is not of the same run as {SIMULATION} beside it; run sqrtd simulate again"
            )
        rows = 2 if self.described["logits"] > 1 else 1
        wanted = {f"norms_{d}": Kind("f", (None, rows, len(NORMS))) for d in dims}
        try:
            arrays = read_arrays(content)
            require_kinds(arrays, wanted)
            require_positive(arrays, *wanted)
            if max(array.max(initial=0.0) for array in arrays.values()) > LARGEST_NORM:
                raise ValueError("it holds a norm whose square is beyond all numbers")
            if min(map(len, arrays.values())) < 2:
                raise ValueError("at a size there are fewer than two networks")
        except Exception as error:  # whatever numpy says of bytes that it did not write
            raise UserError(f"{str(file)!r} is damaged: {damage_of(error)}") from error
        return [
            GradientNorms(d=d, norms=norms, factors=np.empty(0))
            for d, norms in zip(dims, (arrays[name] for name in wanted), strict=True)
        ]


def read_simulation(place: Path) -> StoredSimulation:
    """Read what `sqrtd simulate` wrote.

    Parameters
    ----------
    place : the folder, or its simulation.json.

    Raises
    ------
    UserError : no such file, or not one that this version wrote.
    """
    file = place / SIMULATION if is_folder(place) else place
    if not is_there(file):
        raise UserError(
            f"cannot read {str(file)!r}: no such file; give a folder that sqrtd simulate wrote"
        )
    stored = StoredSimulation(folder=file.parent, described=read_json(file))
    try:
        _require_possible(stored)
    except Exception as error:  # whatever a description of another form leads to
        raise UserError(
            f"{str(file)!r} is no result of this version's sqrtd simulate: {damage_of(error)}; "
            "run it again"
        ) from error
    return stored


def _require_possible(stored: StoredSimulation) -> None:
    """Make sure that a description can be one of a simulation.

    Raises
    ------
    Exception : any, for a description of another form; ValueError for what no simulation can find.
    """
    described = stored.described
    share, network, dims = described["share_of_error"], described["network"], stored.dims
    if not (isinstance(network, str) and network.isprintable()):
        raise ValueError("network is no line of text")
    if not isinstance(described["provenance"], dict):
        raise ValueError("provenance is no table")
    if not (isinstance(described["sha256"], str) and 0 < share <= 1):
        raise ValueError(f"the share of the error is {share}")
    if len(set(dims)) < 2 or dims != sorted(dims) or dims[0] < 1:
        raise ValueError(f"the dimensions are {', '.join(map(str, dims))}")
    growth = stored.growth(label="", level=None)
    for key, measured in growth.measured.items():
        for interval in (*measured.intervals, measured.exponent):
            # Where nothing was measured, all three are no number.
            ends = interval.low, interval.estimate, interval.high
            if not all(map(math.isnan, ends)) and not ends[0] <= ends[1] <= ends[2]:
                raise ValueError(f"{key} is {ends[1]:g}, between {ends[0]:g} and {ends[2]:g}")
        if any(interval.estimate < 0 for interval in measured.intervals):
            raise ValueError(f"{key} is below 0")
        numbers = [*(measured.law or ()), measured.predicted_exponent or 0.0]
        if not all(isinstance(value, int | float) and math.isfinite(value) for value in numbers):
            raise ValueError(f"the prediction of {key} is no number")
        if measured.law is not None and len(measured.law) != len(dims):
            raise ValueError(f"the prediction of {key} is of other dimensions")


def _interval(described: Mapping[str, Any]) -> Interval:
    return Interval(
        estimate=float(described["estimate"]),
        low=float(described["low"]),
        high=float(described["high"]),
        error=float(described["error"]),
        samples=int(described["samples"]),
        note=str(described["note"]),
    )
