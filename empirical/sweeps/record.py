"""Finished sweeps as small files: what figures, checks and the ledger are made from.

`experiment.json` says what was done, `networks.csv` is a table for readers, and `networks.npz`
holds the measures of every network on every image.
"""

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from empirical.measures.looks import looked_again, networks_of, sizes_at_looks
from empirical.measures.trained import Cell, Sweep
from empirical.sweeps.arrays import from_arrays, to_arrays
from empirical.sweeps.damage import require_possible
from empirical.sweeps.experiment import Experiment
from empirical.sweeps.table import Row, read_table, write_table
from evidence.errors import UserError, damage_of, reason_of
from running.arrays import read_arrays
from running.files import replacing
from running.places import is_file, read_bytes, read_json, read_text

EXPERIMENT, TABLE, NETWORKS = "experiment.json", "networks.csv", "networks.npz"

SEAL = "sha256 of all other entries"


class RecordError(UserError):
    """Files of results that cannot be read."""


def write_record(
    folder: Path, experiment: Experiment, sweep: Sweep, provenance: Mapping[str, Any]
) -> list[Path]:
    """Write a sweep's files, each moved to its place when all are whole; `experiment.json` last.

    It names the bytes of `networks.npz`, so that whoever reads while the files are moved does not
    take those of two sweeps for one; and its own entries, so that an edit of one of them shows.

    Parameters
    ----------
    folder : is there.
    experiment, sweep : what was done, and what came out.
    provenance : how, for `experiment.json`.

    Returns
    -------
    The files.

    Raises
    ------
    UserError : a file that cannot be written; those that were moved before are whole.
    """
    networks = _networks(sweep)
    description = _description(experiment, sweep, provenance) | {"sha256": _digest(networks)}
    description[SEAL] = _seal(description)
    described = json.dumps(description, indent=2, ensure_ascii=False)
    contents = {
        folder / EXPERIMENT: f"{described}\n".encode(),
        folder / NETWORKS: networks,
        folder / TABLE: write_table(sweep).encode(),
    }
    with ExitStack() as moves:
        for place, content in contents.items():
            moves.enter_context(replacing(place)).write_bytes(content)
    return list(contents)[::-1]


def _description(
    experiment: Experiment, sweep: Sweep, provenance: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "name": sweep.name,
        "figure": experiment.figure,
        "data": sweep.data,
        "epsilon": sweep.epsilon,
        "paired": sweep.paired,
        "looked": [list(sizes) for sizes in sizes_at_looks(sweep).values()],
        "pgd": experiment.pgd,
        "recipe": asdict(experiment.recipe),
        "networks": len(sweep.networks),
        "planned": experiment.networks,
        "provenance": dict(provenance),
    }


def _networks(sweep: Sweep) -> bytes:
    """Return `networks.npz`: every measure as an array (networks, images), rounded."""
    rows = [to_arrays(network) for network in sweep.networks]
    stacked: dict[str, Any] = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    file = io.BytesIO()
    np.savez_compressed(file, **stacked)
    return file.getvalue()


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _seal(described: Mapping[str, Any]) -> str:
    entries = {name: value for name, value in described.items() if name != SEAL}
    return _digest(json.dumps(entries, sort_keys=True).encode())


def keeps_its_record(folder: Path, part: Sweep) -> bool:
    """Whether a folder has a record that a part of a sweep must not replace.

    That is a whole sweep, from which verdicts are read, or networks that the part lacks.
    """
    if not is_file(folder / EXPERIMENT, error=RecordError):
        return False
    recorded, described = read_sweep(folder)
    return _is_whole(recorded, described) or not networks_of(recorded) <= networks_of(part)


def with_looks(folder: Path, sweep: Sweep) -> Sweep:
    """Return a sweep that knows how often verdicts were read from it, once they are now.

    A record of a whole sweep was looked at: see `looked_again`.
    """
    if not is_file(folder / EXPERIMENT, error=RecordError):
        return sweep
    recorded, described = read_sweep(folder)
    return looked_again(recorded, sweep) if _is_whole(recorded, described) else sweep


def _is_whole(sweep: Sweep, described: Mapping[str, Any]) -> bool:
    return len(sweep.networks) >= int(described.get("planned", 0))


def _table(folder: Path) -> Mapping[Cell, Sequence[Row]]:
    try:
        return read_table(read_text(folder / TABLE))
    except Exception as error:  # whatever csv says of other texts
        raise ValueError(f"{TABLE} cannot be read: {reason_of(error)}") from error


def _looked(sweep: Sweep, described: Mapping[str, Any]) -> Mapping[Cell, Sequence[int]]:
    """Return the looks at each cell; of older records, only their number may be known."""
    earlier = [0] * (int(described.get("looks", 1)) - 1)
    sizes = described.get("looked") or [[*earlier, len(found)] for _, found in sweep.groups()]
    looked = dict(zip(sweep.cells(), sizes, strict=True))
    for cell, networks in sweep.groups():
        if looked[cell][-1] != len(networks):
            raise ValueError(f"the last look at {cell!s} was not at its {len(networks)} networks")
    return looked


def read_sweep(folder: Path) -> tuple[Sweep, dict[str, Any]]:
    """Read a finished sweep, and its `experiment.json`.

    Raises
    ------
    RecordError : files that are missing, damaged, edited by hand, or of two sweeps.
    """
    try:
        experiment = read_json(folder / EXPERIMENT)
        content = read_bytes(folder / NETWORKS)
        if experiment.get("sha256", written := _digest(content)) != written:  # older have none
            raise ValueError(
                f"{NETWORKS} is of another sweep than {EXPERIMENT}, or they are just being written"
            )
        arrays = read_arrays(content)
        networks = [
            from_arrays({name: values[row] for name, values in arrays.items()})
            for row in range(len(arrays["facts"]))
        ]
        sweep = Sweep(
            name=experiment["name"],
            data=experiment["data"],
            epsilon=experiment["epsilon"],
            networks=networks,
            paired=experiment.get("paired", False),  # older records are not
        )
        require_possible(sweep, experiment, _table(folder))
        sweep = replace(sweep, looked=_looked(sweep, experiment))
        if experiment.get(SEAL, sealed := _seal(experiment)) != sealed:
            raise ValueError(f"an entry of {EXPERIMENT} is not as it was written")
    except Exception as error:  # whatever numpy, zipfile and zlib say of other bytes
        raise RecordError(
            f"{str(folder)!r} holds no whole results of a sweep: {damage_of(error)}; restore them, "
            "or move the folder away"
        ) from error
    return sweep, experiment
