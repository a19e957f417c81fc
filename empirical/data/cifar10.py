"""CIFAR-10 in its two official layouts (Krizhevsky 2009).

`cifar-10-batches-bin` holds records of one label byte and 3,072 pixel bytes: the red, the green
and the blue plane of a 32 x 32 image, row by row. `cifar-10-batches-py` holds the same bytes as
pickled dictionaries (see `empirical.data.pickled_batch`).
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from empirical.data.images import ImageData
from empirical.data.pickled_batch import unpickle_batch
from running.image_decoding import DataError
from running.image_files import cifar10_records
from running.places import is_file, is_folder, read_bytes

Batch: TypeAlias = tuple[NDArray[np.uint8], list[int]]
"""Pixels, shape (N, 3072), and N labels."""

TRAINING_RECORDS = 10_000  # in each official training batch; a test batch may hold fewer
PIXELS = 3 * 32 * 32
CLASSES = 10


def read_cifar10(path: Path) -> ImageData:
    """Read CIFAR-10 from its official training and test batches.

    Parameters
    ----------
    path : a folder `cifar-10-batches-bin` or `cifar-10-batches-py`, or the folder that holds one
        (the binary one is read where both are there).

    Raises
    ------
    DataError : no such folder, neither layout in it, or a batch file missing, unreadable,
        truncated or malformed.
    """
    layout, folder = _find(path)
    missing = [name for name in layout.files if not is_file(folder / name, error=DataError)]
    if missing:
        raise DataError(f"{folder} lacks the batch files {', '.join(missing)}")
    *training, test = (_read_batch(folder / name, layout) for name in layout.files)
    for name, (_, labels) in zip(layout.files, training, strict=False):
        if len(labels) != TRAINING_RECORDS:
            raise DataError(
                f"{folder / name} is truncated or padded: it holds {len(labels):,} images, "
                f"an official training batch {TRAINING_RECORDS:,}"
            )
    pixels = np.concatenate([pixels for pixels, _ in training])
    labels = [label for _, batch in training for label in batch]
    return ImageData(
        name="CIFAR-10",
        description=(
            f"CIFAR-10 in the official {layout.name} layout, 32 × 32 pixels, "
            f"{len(labels):,} training and {len(test[1]):,} held-out images (official split)"
        ),
        train_images=_images(pixels),
        train_labels=torch.tensor(labels),
        held_out_images=_images(test[0]),
        held_out_labels=torch.tensor(test[1]),
        classes=CLASSES,
    )


@dataclass(frozen=True, kw_only=True)
class _Layout:
    name: str
    folder: str
    suffix: str
    parse: Callable[[Path, bytes], Batch]

    @property
    def files(self) -> list[str]:
        """The five training batches, then the test batch."""
        return [f"data_batch_{i}{self.suffix}" for i in range(1, 6)] + [f"test_batch{self.suffix}"]


def _find(path: Path) -> tuple[_Layout, Path]:
    """Which layout lies at the path, and where."""
    if not is_folder(path, error=DataError):
        raise DataError(f"cifar10: {path} is not a folder")
    for layout in _LAYOUTS:
        inside = path / layout.folder
        if is_folder(inside, error=DataError):
            return layout, inside
        if Path(os.path.realpath(path)).name == layout.folder or any(
            is_file(path / name, error=DataError) for name in layout.files
        ):
            return layout, path
    wanted = " nor ".join(layout.folder for layout in _LAYOUTS)
    raise DataError(f"cifar10: {path} is and holds neither {wanted}")


def _read_batch(file: Path, layout: _Layout) -> Batch:
    pixels, labels = layout.parse(file, read_bytes(file, error=DataError))
    for record, label in enumerate(labels):
        if not 0 <= label < CLASSES:
            raise DataError(
                f"{file}: record {record:,} has the label {label}, "
                f"labels of CIFAR-10 are 0 to {CLASSES - 1}"
            )
    return pixels, labels


def _parse_binary(file: Path, content: bytes) -> Batch:
    records = cifar10_records(file, content)
    return records[:, 1:], records[:, 0].tolist()


def _parse_python(file: Path, content: bytes) -> Batch:
    shape, raw, labels = unpickle_batch(file, content)
    if shape != (len(labels), PIXELS) or len(raw) != len(labels) * PIXELS or not labels:
        raise DataError(
            f"{file}: data of shape {shape} in {len(raw):,} bytes beside {len(labels):,} labels, "
            f"wanted is a row of {PIXELS:,} bytes for each label"
        )
    return np.frombuffer(raw, np.uint8).reshape(shape), labels


def _images(pixels: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(pixels.copy()).reshape(-1, 3, 32, 32)  # a file's bytes are read-only


_LAYOUTS = (
    _Layout(name="binary", folder="cifar-10-batches-bin", suffix=".bin", parse=_parse_binary),
    _Layout(name="python", folder="cifar-10-batches-py", suffix="", parse=_parse_python),
)
