"""Finished sweeps as small files: what figures, checks and the ledger are made from.

`experiment.json` says what was done, `networks.csv` is a table for readers, and `networks.npz`
holds the measures of every network on every image.
"""

import csv
import io
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from empirical.measures.trained import Sweep
from empirical.sweeps.arrays import MEASURES, from_arrays, to_arrays
from empirical.sweeps.experiment import Experiment

EXPERIMENT, TABLE, NETWORKS = "experiment.json", "networks.csv", "networks.npz"

DIGITS = 3
"""Significant decimal digits of the measures in `networks.npz`: chance is far above them."""

COLUMNS = (
    "network",
    "pixels a side",
    "d",
    "widths",
    "method",
    "epsilon",
    "index",
    "accuracy",
    "mean l1-norm of the loss gradient (nats per standard deviation of a pixel)",
    "mean l2-norm of the loss gradient (nats per standard deviation of a pixel)",
    "vulnerability to FGSM",
    "accuracy drop under FGSM",
    "vulnerability to PGD",
    "accuracy drop under PGD",
    "mean loss (nats)",
    "mean increase of the loss (nats)",
    "training loss (nats)",
    "seconds",
    "vulnerability to one l2-step of FGSM's length",
)


class RecordError(ValueError):
    """Files of results that cannot be read; the message is one line."""


def write_record(
    folder: Path, experiment: Experiment, sweep: Sweep, provenance: Mapping[str, Any]
) -> list[Path]:
    """Write a sweep's files, each moved to its place when all are whole; `experiment.json` last.

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
    OSError : a file that cannot be written; the earlier ones are then whole.
    """
    described = json.dumps(
        _description(experiment, sweep, provenance), indent=2, ensure_ascii=False
    )
    contents = {
        TABLE: _table(sweep),
        NETWORKS: _networks(sweep),
        EXPERIMENT: f"{described}\n".encode(),
    }
    places = {folder / name: folder / f".{name}.{os.getpid()}.partial" for name in contents}
    try:
        for temporary, content in zip(places.values(), contents.values(), strict=True):
            temporary.write_bytes(content)
        for place, temporary in places.items():
            os.replace(temporary, place)  # noqa: PTH105  (the atomic one)
    finally:
        for temporary in places.values():
            temporary.unlink(missing_ok=True)
    return list(places)


def _description(
    experiment: Experiment, sweep: Sweep, provenance: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "name": sweep.name,
        "figure": experiment.figure,
        "data": sweep.data,
        "epsilon": sweep.epsilon,
        "pgd": experiment.pgd,
        "recipe": asdict(experiment.recipe),
        "networks": len(sweep.networks),
        "provenance": dict(provenance),
    }


def _table(sweep: Sweep) -> bytes:
    """Return `networks.csv`: a row a network, shares as fractions of 1."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for one in sweep.networks:
        measures = one.measures.summary()
        widths = one.cell.widths
        writer.writerow(
            [
                one.cell.network,
                one.cell.size,
                one.d,
                "" if widths is None else " ".join(map(str, widths)),
                one.cell.method,
                one.cell.epsilon,
                one.index,
                *(
                    "" if value is None else f"{value:.6g}"
                    for value in (
                        measures.accuracy,
                        measures.gradient_norm,
                        measures.gradient_norm_l2,
                        measures.vulnerability,
                        measures.accuracy_drop,
                        measures.pgd_vulnerability,
                        measures.pgd_accuracy_drop,
                        measures.loss,
                        one.increase.mean(),
                        one.training_loss,
                        one.seconds,
                        measures.l2_vulnerability,
                    )
                ),
            ]
        )
    return file.getvalue().encode()


def _networks(sweep: Sweep) -> bytes:
    """Return `networks.npz`: every measure as an array (networks, images), rounded."""
    rows = [to_arrays(network) for network in sweep.networks]
    there = [name for name in (*MEASURES, "increase") if name in rows[0]]
    stacked: dict[str, Any] = {
        name: _rounded(np.stack([row[name] for row in rows])) for name in there
    }
    facts = np.array([str(row["facts"]) for row in rows])
    file = io.BytesIO()
    np.savez_compressed(file, facts=facts, **stacked)
    return file.getvalue()


def read_sweep(folder: Path) -> tuple[Sweep, dict[str, Any]]:
    """Read a finished sweep, and its `experiment.json`.

    Raises
    ------
    RecordError : files that are missing or damaged.
    """
    try:
        experiment = json.loads((folder / EXPERIMENT).read_text(encoding="utf-8"))
        with (folder / NETWORKS).open("rb") as file:
            arrays = dict(np.load(file, allow_pickle=False))
        networks = [
            from_arrays({name: values[row] for name, values in arrays.items()})
            for row in range(len(arrays["facts"]))
        ]
        sweep = Sweep(
            name=experiment["name"],
            data=experiment["data"],
            epsilon=experiment["epsilon"],
            networks=networks,
        )
    except Exception as error:  # whatever numpy, zipfile and zlib say of other bytes
        said = " ".join(str(error).split())
        raise RecordError(f"{folder} holds no whole results of a sweep: {said}") from error
    return sweep, experiment


def _rounded(values: NDArray[Any]) -> NDArray[Any]:
    """Round floats to a few significant digits, which compress well; flags stay as they are."""
    if values.dtype == bool:
        return values
    with np.errstate(divide="ignore"):
        exponents = np.floor(np.log10(np.abs(values)))
    exponents[~np.isfinite(exponents)] = 0
    scale = 10.0 ** (DIGITS - 1 - exponents)
    rounded: NDArray[Any] = (np.round(values * scale) / scale).astype(np.float32)
    return rounded
