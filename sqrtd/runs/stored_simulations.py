"""Results of `sqrtd simulate` as files: written, and read again to be drawn."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from evidence.errors import UserError
from evidence.intervals import Interval
from simulations.engine.gradient_norms import GradientNorms
from simulations.reports.growth_plots import Growth
from simulations.reports.quantities import Measured, measure, quantities

SIMULATION, NETWORKS = "simulation.json", "networks.npz"


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
        dims = [int(size["d"]) for size in self.described["sizes"]]
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
        try:
            content = file.read_bytes()
        except OSError as error:
            raise UserError(f"cannot read {file}, which --level needs: {error.strerror}") from error
        if digest(content) != self.described["sha256"]:
            raise UserError(
                f"{file} is not of the same run as {SIMULATION} beside it; run sqrtd simulate again"
            )
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            norms = [arrays[f"norms_{d}"] for d in dims]
        return [
            GradientNorms(d=d, norms=n, factors=np.empty(0))
            for d, n in zip(dims, norms, strict=True)
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
    file = place / SIMULATION if place.is_dir() else place
    try:
        stored = StoredSimulation(
            folder=file.parent, described=json.loads(file.read_text(encoding="utf-8"))
        )
        stored.growth(label="", level=None)
        _ = stored.name, stored.described["sha256"], stored.described["share_of_error"]
    except OSError as error:
        raise UserError(
            f"cannot read {str(file)!r}: {error.strerror}; give a folder that sqrtd simulate wrote"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{str(file)!r} is no result of this version's sqrtd simulate; run it again"
        ) from error
    return stored


def _interval(described: Mapping[str, Any]) -> Interval:
    return Interval(
        estimate=float(described["estimate"]),
        low=float(described["low"]),
        high=float(described["high"]),
        error=float(described["error"]),
        samples=int(described["samples"]),
        note=str(described["note"]),
    )
