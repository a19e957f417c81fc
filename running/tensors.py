"""Tensors from files of `torch.save`, which anyone may have written."""

import threading
import warnings
from pathlib import Path
from typing import IO, Any

import torch

_QUIET = threading.Lock()
"""Python keeps the filters of warnings for all threads, and puts them back in the order of calls."""


def read_tensors(file: Path | IO[bytes], *, device: torch.device | str = "cpu") -> Any:  # noqa: ANN401
    """Return what a file holds, running none of the code that may be in it.

    Nothing is printed, such as what torch says of pickles of another protocol.

    Parameters
    ----------
    file : on the disk, or in memory.
    device : where the tensors go.

    Raises
    ------
    Exception : whatever torch, pickle and zip say of bytes that torch did not write.
    """
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.load(file, map_location=device, weights_only=True)
