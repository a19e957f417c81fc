"""Memory of this machine: what would not fit is refused before it is asked for."""

import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

from evidence.errors import UserError

_GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
"""Bytes that a container may have, or "max"."""


@cache
def memory_of_machine() -> float:
    """Return the bytes that this process may have, infinite where the system does not tell.

    Linux grants more than there is, and ends a process that uses it.
    """
    limits = [float("inf")]
    with suppress(AttributeError, OSError, ValueError):  # Windows
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with suppress(OSError, ValueError):
        limits.append(int(_GROUP_LIMIT.read_text()))
    return min(limits)


def require_memory(
    needed: float, what: str, instead: str, *, error: type[UserError] = UserError
) -> None:
    """Refuse what needs more memory than the machine has.

    Parameters
    ----------
    needed : bytes.
    what, instead : what needs them, in words that "take" follows; and what to do.
    error : what to raise.

    Raises
    ------
    UserError : too much is needed.
    """
    there = memory_of_machine()
    if needed > there:
        raise error(
            f"{what} take {gigabytes(needed)} of memory, and this machine has "
            f"{gigabytes(there)}: {instead}"
        )


def gigabytes(size: float) -> str:
    """Write a number of bytes in GB, with two digits that count."""
    return f"{size / 1e9:,.0f} GB" if size >= 1e10 else f"{size / 1e9:.2g} GB"


def used_so_far() -> str:
    """Say what this process has taken at most until now; empty where the system does not tell."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return ""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    return f"Trying a batch of each kind took {gigabytes(peak * unit)} of memory."
