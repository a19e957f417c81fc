"""Arrays and tensors from files, checked before they are used: anyone may have written them."""

import io
import threading
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

MOST_BYTES = 2**31
"""Of the arrays of one file. A few megabytes can be packed so that they take terabytes."""

_QUIET = threading.Lock()
"""Threads share the filters of warnings, and would put back each other's."""


class Kind(NamedTuple):
    """What an array has to be.

    Attributes
    ----------
    dtype : as of NumPy: "f" for floats of any length, which are to be finite; "i", "b" or "U".
    shape : None for any length.
    """

    dtype: str
    shape: tuple[int | None, ...]


def read_arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of an .npz file, by name.

    Raises
    ------
    Exception : whatever NumPy and zipfile say of bytes that NumPy did not write; `ValueError` for
        arrays of objects, and for more than `MOST_BYTES`.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        size = sum(entry.file_size for entry in packed.infolist())
    if size > MOST_BYTES:
        raise ValueError(f"its arrays would take {size:,} bytes, more than {MOST_BYTES:,}")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def require_kinds(arrays: Mapping[str, NDArray[Any]], wanted: Mapping[str, Kind]) -> None:
    """Make sure that arrays are those that are wanted, and no others.

    Raises
    ------
    ValueError : what is wrong, in one line.
    """
    if arrays.keys() != wanted.keys():
        raise ValueError(f"it holds {', '.join(arrays) or 'nothing'}, not {', '.join(wanted)}")
    for name, (dtype, shape) in wanted.items():
        array = arrays[name]
        if array.dtype.kind != dtype:
            raise ValueError(f"{name} holds {array.dtype} values")
        fits = len(array.shape) == len(shape) and all(
            wants in (None, length) for wants, length in zip(shape, array.shape, strict=True)
        )
        if not fits:
            raise ValueError(f"{name} has the shape {array.shape}")
        if dtype == "f" and not np.isfinite(array).all():
            raise ValueError(f"{name} is not finite")


def require_positive(arrays: Mapping[str, NDArray[Any]], *names: str) -> None:
    """Make sure that no number of some arrays is below 0.

    Raises
    ------
    ValueError : one is.
    """
    for name in names:
        if (arrays[name] < 0).any():
            raise ValueError(f"{name} holds a number below 0")


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
