"""Runs that are killed, and what the next start makes of what they left."""

import csv
import io
import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np

from benchmarks.robustness.children import run
from empirical.sweeps.record import SEAL

LONGEST = 300
"""Seconds that an undisturbed run may take."""

LEFTOVERS = ("*.running", "*.partial", "*-journal", "*-wal", "*-shm", "tmp/*")

SWEEP = """\
[images]
data = "digits"
train = 100
held_out = 100

[measure]
epsilon = 0.1

[recipe]
epochs = 2
batch = 32
learning_rate = 0.02

[[networks]]
network = ["paper-figure-3-average"]
sizes = [8]
widths = [2, 2, 2, 2, 2, 2]
repeats = 6
"""


@dataclass(frozen=True)
class Command:
    """A command that keeps finished work.

    Attributes
    ----------
    arguments : run in a folder of its own.
    store : where it keeps finished work, relative to that folder.
    """

    arguments: list[str]
    store: str


DENSE = ["dense", "--sizes", "64,256"]
STORED = ["--store", "s.sqlite"]
COMMANDS = {
    "simulate": Command(["simulate", *DENSE, "--nets", "4096", *STORED], "s.sqlite"),
    "train": Command(["train", "sweep.toml"], "results/train/sweep/networks.sqlite"),
    "verify": Command(
        [
            "verify", "--claim", "oracle-second-moment", "--claim", "lemma-7", "--budget", "0.2",
            "--out", ".", *STORED,
        ],
        "s.sqlite",
    ),
    "audit": Command(["audit", *DENSE, "--nets", "64", *STORED], "s.sqlite"),
}  # fmt: skip


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody killed: how many seconds it ran, its code, and its results."""

    seconds: float
    code: int
    results: Mapping[str, Any]


@dataclass(frozen=True)
class Killed:
    """What became of a run that was killed, and of the start after it.

    Attributes
    ----------
    finished : pieces of work that the store had when the run was killed.
    was_over : whether the run ended before its time came.
    lost : how many of these pieces the next start gave to the store again. `train` also puts back
        there what it reads from a whole record, without computing it.
    leftover : files of the killed run that were left after the next start.
    different : files of results that are not those of an undisturbed run; its complaint, if it
        ended otherwise.
    """

    finished: int
    was_over: bool
    lost: int
    leftover: list[str]
    different: list[str]


def undisturbed(command: Command, where: Path) -> Undisturbed:
    """Run a command in a new folder, to its end."""
    _prepare(where)
    ended = run(command.arguments, where, seconds=LONGEST)
    assert not ended.was_stopped, ended.complaint
    return Undisturbed(ended.seconds, ended.code, results(where))


def killed(command: Command, where: Path, *, after: float, expected: Undisturbed) -> Killed:
    """Kill a command after some seconds, start it again, and compare."""
    _prepare(where)
    first = run(command.arguments, where, seconds=after)
    had = stored(where / command.store)
    record = where.with_name(f"{where.name}.record")
    second = run(command.arguments, where, seconds=LONGEST, record=record)
    computed = Counter(record.read_text().splitlines())
    record.unlink()
    ended_alike = second.code == expected.code
    found = Killed(
        finished=len(had),
        was_over=not first.was_stopped,
        lost=sum(computed[piece] for piece in had),
        leftover=sorted(
            str(path.relative_to(where)) for kind in LEFTOVERS for path in where.rglob(kind)
        ),
        different=differences(results(where), expected.results)
        if ended_alike
        else [f"exit code {second.code}: {second.complaint.strip()[-200:]}"],
    )
    rmtree(where)
    return found


def stored(store: Path) -> set[str]:
    """Return the names of the pieces of work in a store, as a run notes those that it puts there.

    A copy is read: looking at the file of a killed run would tidy it up.
    """
    if not store.exists():
        return set()
    copy = store.with_name("copy.sqlite")
    journal = store.with_name(f"{store.name}-journal")
    copied_journal = copy.with_name("copy.sqlite-journal")
    copy.write_bytes(store.read_bytes())
    if journal.exists():
        copied_journal.write_bytes(journal.read_bytes())
    with sqlite3.connect(copy) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        blocks = "SELECT run, ensemble, block FROM blocks" if "blocks" in tables else None
        networks = "SELECT run, network FROM networks" if "networks" in tables else None
        names = {
            " ".join(map(str, row)) for rows in (blocks, networks) if rows
            for row in database.execute(rows)
        }  # fmt: skip
    database.close()
    copy.unlink()
    copied_journal.unlink(missing_ok=True)
    return names


def results(where: Path) -> dict[str, Any]:
    """Return what the files of results hold, without how and when they were made."""
    found = {}
    for path in sorted((where / "results").rglob("*")):
        if path.is_file() and path.suffix != ".sqlite" and "checkpoints" not in path.parts:
            found[str(path.relative_to(where))] = _content(path)
    return found


def differences(ours: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Return the names of files that one of two runs lacks, or whose content differs."""
    return sorted(
        name for name in ours.keys() | expected.keys() if ours.get(name) != expected.get(name)
    )


def _prepare(where: Path) -> None:
    where.mkdir()
    (where / "sweep.toml").write_text(SWEEP)


def _content(path: Path) -> Any:  # noqa: ANN401
    data = path.read_bytes()
    if path.suffix == ".json":
        return _without_times(json.loads(data))
    if path.suffix == ".npz":
        with np.load(io.BytesIO(data)) as arrays:
            return {
                name: [_without_times(json.loads(text)) for text in array]
                if name == "facts"
                else (array.dtype.str, array.shape, array.tobytes())
                for name, array in arrays.items()
            }
    if path.suffix == ".csv":
        rows = csv.DictReader(io.StringIO(data.decode()))
        return [{key: row[key] for key in row if "seconds" not in key} for row in rows]
    if path.suffix == ".html":
        return [line for line in data.decode().splitlines() if "seconds" not in line]
    return data


def _without_times(value: Any) -> Any:  # noqa: ANN401
    """Drop provenance, and checksums of what holds times, from JSON."""
    if isinstance(value, dict):
        kept = value.keys() - {"provenance", "seconds", "sha256", SEAL}
        return {key: _without_times(value[key]) for key in kept}
    if isinstance(value, list):
        return [_without_times(one) for one in value]
    return value
