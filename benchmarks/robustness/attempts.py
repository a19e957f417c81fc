"""Whether a malformed input is refused as it should be."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import rmtree

from benchmarks.robustness.children import run
from benchmarks.robustness.malformed_inputs import Malformed

SECONDS = 10
FAULTS = ("traceback", "hang", "exit code", "lines", "leftover")


def faults(one: Malformed, where: Path, *, seconds: float = SECONDS) -> dict[str, str]:
    """Run one malformed input in an empty folder, and return what is wrong with its refusal.

    Returns
    -------
    for each of `FAULTS` that was found, what was found; empty if there is nothing to blame.
    """
    ended = run(one.arguments, where, seconds=seconds)
    found = {}
    lines = [line for line in ended.complaint.splitlines() if line.strip()]
    if "Traceback (most recent call last)" in ended.complaint:
        found["traceback"] = lines[-1]
    if ended.was_stopped:
        found["hang"] = f"{seconds} seconds"
    elif one.may_pass and ended.code in (0, 1) and not found:
        rmtree(where)
        return found
    elif ended.code != 2:
        found["exit code"] = str(ended.code)
    if len(lines) != 1 and not found:
        found["lines"] = f"{len(lines)}: {' / '.join(lines)}"
    if not ended.was_stopped:  # what is killed cannot tidy up
        left = sorted({str(path.relative_to(where)) for path in where.rglob("*")} - {"tmp"})
        if left:
            found["leftover"] = ", ".join(left)
    rmtree(where)
    return found


def attempts(
    inputs: Iterable[Malformed], folder: Path, *, at_once: int = 2
) -> Iterator[tuple[Malformed, dict[str, str]]]:
    """Try inputs, some at once, and yield each with its faults, in their order."""

    def attempt(numbered: tuple[int, Malformed]) -> tuple[Malformed, dict[str, str]]:
        number, one = numbered
        return one, faults(one, folder / f"run-{number}")

    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(attempt, enumerate(inputs))
