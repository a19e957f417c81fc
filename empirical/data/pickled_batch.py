"""Batches of `cifar-10-batches-py`: pickles of Python 2, read without running what they say.

A pickle is a program that may call anything it can import. These batches only need three names
of NumPy to rebuild one array of bytes, so just these are resolved, and not to NumPy's functions
but to a recorder of their arguments. Nothing else is imported or called.
"""

import io
import pickle
import pickletools
from pathlib import Path
from typing import NamedTuple

from evidence.errors import reason_of
from running.image_decoding import DataError


class PickledBatch(NamedTuple):
    """What a pickled batch holds: the shape and bytes of its array, and the labels."""

    shape: tuple[int, ...]
    pixels: bytes
    labels: list[int]


def unpickle_batch(file: Path, content: bytes) -> PickledBatch:
    """Read a pickled batch.

    Parameters
    ----------
    file : named in error messages.
    content : the pickle.

    Raises
    ------
    DataError : no pickle, one that asks for anything but an array of bytes, or missing keys.
    """
    try:
        _require_modest(content)
        batch = _Unpickler(io.BytesIO(content), encoding="bytes").load()
    except Exception as error:  # a malformed pickle may raise nearly anything
        raise DataError(
            f"{file} is no Python batch of CIFAR-10: {type(error).__name__}: {reason_of(error)}"
        ) from error
    if not isinstance(batch, dict) or not {b"data", b"labels"} <= batch.keys():
        raise DataError(f"{file} is no Python batch of CIFAR-10: it lacks the keys data and labels")
    data, labels = batch[b"data"], batch[b"labels"]
    if not isinstance(labels, list) or not all(type(label) is int for label in labels):
        raise DataError(f"{file}: the labels are no list of whole numbers")
    if not isinstance(data, _Recorded):
        raise DataError(f"{file}: the data are no array of bytes")
    return PickledBatch(*data.array(file), labels)


def _require_modest(content: bytes) -> None:
    """Refuse what takes memory before it is read: lengths and numbers beyond the file's own size.

    Raises
    ------
    ValueError : those, or no pickle.
    """
    for operation, argument, _ in pickletools.genops(content):
        if operation.name.endswith("PUT") and int(argument or 0) > len(content):
            raise ValueError(f"it numbers an object {argument}, more than it can hold")


class _Recorded:
    """Arguments and state of an array or a dtype, as the pickle gives them."""

    def __init__(self, *arguments: object) -> None:
        self.arguments = arguments
        self.state: object = None

    def __setstate__(self, state: object) -> None:
        self.state = state

    def array(self, file: Path) -> tuple[tuple[int, ...], bytes]:
        """Shape and bytes, where this is an array of bytes in C order."""
        match self.state:
            case (_, tuple() as shape, _Recorded(arguments=(b"u1", *_)), False | 0, bytes() as raw):
                if all(type(size) is int for size in shape):
                    return shape, raw
        raise DataError(f"{file}: the data are no array of bytes (uint8) in C order")


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type[_Recorded]:
        if (module, name) in {
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy", "ndarray"),
            ("numpy", "dtype"),
        }:
            return _Recorded
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no such batch needs")
