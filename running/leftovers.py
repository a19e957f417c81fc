"""Temporary files and folders that name their process, and their removal when it was killed."""

import os
import shutil
import socket
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

PARTIAL, RUNNING = ".partial", ".running"
"""Endings of files that are being written, and of folders that last as long as a run."""


SHOWN = 32
"""Letters of what it is for: the whole may have 255 bytes, and the name of a file as many."""


def temporary_name(of: str, ending: str) -> str:
    """Return a new hidden name that tells which process of which machine it belongs to.

    Parameters
    ----------
    of : what it is for; `SHOWN` letters of it are kept.
    ending : `PARTIAL` or `RUNNING`.
    """
    return f".{of[:SHOWN]}.{socket.gethostname()}~{os.getpid()}~{uuid4().hex}{ending}"


def remove_leftovers(folder: Path) -> None:
    """Remove, in and under a folder, what killed processes of this machine left behind.

    What belongs to a process that runs, or to another machine, stays; so does what cannot be
    removed.
    """
    for ending in (PARTIAL, RUNNING):
        for found in sorted(folder.rglob(f".*~*~*{ending}")):
            owner, number, _ = found.name.rsplit("~", 2)
            if owner.endswith(f".{socket.gethostname()}") and not _runs(number):
                if found.is_dir():
                    shutil.rmtree(found, ignore_errors=True)
                else:
                    with suppress(OSError):
                        found.unlink()


def _runs(number: str) -> bool:
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except OSError:  # a process of somebody else
        return True
    return True
