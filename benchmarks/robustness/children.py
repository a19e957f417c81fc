"""Runs of the command in processes of their own, which start in milliseconds.

A server imports torch and the command once, and every run is forked from it. The run has no rights
of root, so that forbidden places are forbidden, and limited memory.
"""

import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

ROOT = Path(__file__).parent.parent.parent
LARGEST_MEMORY, LARGEST_FILE = 12 * 2**30, 2**28
"""Bytes of a run. Torch reserves some gigabytes of addresses that it never uses."""

POLL_SECONDS = 0.05

PRELOADED = [
    "torch", "scipy.stats", "sklearn.datasets", "matplotlib.figure", "sqrtd.cli", "sqrtd.public",
    "sqrtd.runs.simulation", "sqrtd.runs.training", "simulations.reports.simulate",
    "empirical.sweeps.train_one",
]  # fmt: skip


@dataclass(frozen=True)
class Run:
    """How a run ended.

    Attributes
    ----------
    code : its exit code; -9 if it was killed.
    complaint : what it wrote to stderr.
    was_stopped : whether it still ran when its time was up.
    seconds : how long it ran, without its waiting for a core.
    """

    code: int
    complaint: str
    was_stopped: bool
    seconds: float


def run(arguments: list[str], where: Path, *, seconds: float, record: Path | None = None) -> Run:
    """Run the command in a folder, and kill it when its time is up.

    Parameters
    ----------
    arguments : of the command.
    where : the folder; its `tmp` is for temporary files, and stderr goes beside it.
    seconds : after which it is killed, with its workers. While other work on the machine keeps it
        from a core, no time passes.
    record : a file that gets a line for each piece of finished work that the run stores.
    """
    (where / "tmp").mkdir(parents=True, exist_ok=True)
    errors = where.with_name(f"{where.name}.stderr")
    # The server imports from this checkout, wherever it is started.
    os.environ |= {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(PRELOADED)
    process = server.Process(target=_command, args=(arguments, where, errors, record))
    process.start()
    assert process.pid is not None
    start, waited, ran = monotonic(), 0.0, 0.0
    while process.is_alive() and ran < seconds:
        process.join(min(POLL_SECONDS, seconds - ran))
        waited = max(waited, _waited(process.pid))  # threads end, and tell no more
        ran = monotonic() - start - waited
    was_stopped = process.is_alive()
    if was_stopped:
        process.kill()
        process.join()
    with suppress(ProcessLookupError):  # its workers are in its group, if it had any
        os.killpg(process.pid, signal.SIGKILL)
    assert process.exitcode is not None
    complaint = errors.read_text(errors="replace") if errors.exists() else ""
    errors.unlink(missing_ok=True)
    return Run(process.exitcode, complaint, was_stopped, ran)


def _waited(process: int) -> float:
    """Return the seconds that the thread of a process that waited longest for a core did so."""
    waited = [0]
    with suppress(OSError):  # it, or one of its threads, has just ended
        files = Path(f"/proc/{process}/task").glob("*/schedstat")
        waited += [int(file.read_text().split()[1]) for file in files]
    return max(waited) / 1e9


def _command(arguments: list[str], where: Path, errors: Path, record: Path | None) -> None:
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), 2)
    os.chdir(where)
    tempfile.tempdir = str(where / "tmp")
    os.environ |= {
        "TMPDIR": tempfile.tempdir,
        "MPLCONFIGDIR": str(where.parent / "matplotlib"),  # what others keep between runs
        "TORCHINDUCTOR_CACHE_DIR": str(where.parent / "inductor"),
    }
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    record_file = record and os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    _drop_capabilities()
    import torch

    from sqrtd.cli import main

    torch.set_num_threads(1)
    if record_file is not None:
        _note_finished_work(record_file)
    sys.argv = ["sqrtd", *arguments]
    sys.exit(main())


def _drop_capabilities() -> None:
    """Give up what lets root read and write all files (capset(2), with no capability at all)."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _note_finished_work(record: int) -> None:
    """Have the store write a line for each piece of work that it is given."""
    from running.store import Store, StoredBlock

    put_blocks, put_network = Store.put_blocks, Store.put_network

    def blocks(self: Store, run: str, found: Sequence[StoredBlock]) -> None:
        put_blocks(self, run, found)
        os.write(record, "".join(f"{run} {b.key} {b.number}\n" for b in found).encode())

    def network(self: Store, run: str, key: str, *rest: Any) -> None:  # noqa: ANN401
        put_network(self, run, key, *rest)
        os.write(record, f"{run} {key}\n".encode())

    Store.put_blocks, Store.put_network = blocks, network  # type: ignore[method-assign]
