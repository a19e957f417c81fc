"""Image files of many kinds, decoded alike: in colour, one size, the centre of each."""

import os
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from evidence.findings import Progress, silent
from running.image_files import DataError

_TOLD = 100
"""Files between two reports of progress."""


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """Images of N files, as far as they could be read.

    Attributes
    ----------
    images : those that could be read, uint8 of shape (readable, 3, size, size).
    readable : for each file whether it could be read, shape (N,).
    reasons : why not, by the number of the file.
    enlarged : how many images were smaller than wanted.
    """

    images: Tensor
    readable: Tensor
    reasons: dict[int, str]
    enlarged: int


def decode(files: Sequence[str], size: int, *, progress: Progress = silent) -> Decoded:
    """Decode image files: short edge resized to `size` with antialiasing, centre cropped.

    Grey becomes colour, transparency is dropped, 16 bits lose their lower eight, an animation shows
    its first image. The orientation noted by a camera is ignored, as by torchvision's readers.

    Parameters
    ----------
    files : any that Pillow reads.
    size : pixels along one side.
    progress : called every hundred files.

    Raises
    ------
    DataError : more images than fit into memory. A file that cannot be read is no error.
    """
    try:
        images = np.zeros((len(files), 3, size, size), np.uint8)
    except (MemoryError, ValueError) as error:
        raise DataError(
            f"{len(files):,} images of {size:,} × {size:,} pixels take "
            f"{3e-9 * len(files) * size**2:,.0f} GB of memory; read fewer, or at a smaller size"
        ) from error
    reasons: dict[int, str] = {}

    def read(number: int) -> bool:
        try:
            images[number], enlarged = _read(files[number], size)
        except Exception as error:  # a decoder can raise anything on broken bytes
            reasons[number] = _reason(error)
            return False
        return enlarged

    enlarged = 0
    with (
        warnings.catch_warnings(),
        ThreadPoolExecutor(os.cpu_count()) as pool,  # decoders release Python's lock
    ):
        warnings.simplefilter("ignore")  # Pillow's, on oddities of files that it does read
        for number, small in enumerate(pool.map(read, range(len(files)))):
            enlarged += small
            if number % _TOLD == 0:
                progress(number / len(files), f"reading image {number:,} of {len(files):,}")
    readable = torch.tensor([number not in reasons for number in range(len(files))])
    found = torch.from_numpy(images)
    return Decoded(
        images=found[readable] if reasons else found,
        readable=readable,
        reasons=reasons,
        enlarged=enlarged,
    )


def _read(file: str, size: int) -> tuple[NDArray[np.uint8], bool]:
    """Return an image, shape (3, size, size), and whether it had to be enlarged."""
    with Image.open(file) as image:
        enlarged = min(image.size) < size
        image.draft("RGB", (2 * size, 2 * size))  # JPEG decodes faster at a fraction of its size
        fitted = ImageOps.fit(_in_colour(image), (size, size), Image.Resampling.BILINEAR)
    return np.asarray(fitted).transpose(2, 0, 1), enlarged


def _in_colour(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):  # Pillow would cut all values off at 255
        image = Image.fromarray((np.asarray(image) // 256).astype(np.uint8))
    elif image.mode in ("I", "F"):
        raise ValueError("nothing tells which value is white")
    elif "transparency" in image.info:  # the way on which Pillow does not warn
        image = image.convert("RGBA")
    return image.convert("RGB")


def _reason(error: Exception) -> str:
    """Say in a few words why a file cannot be read."""
    if isinstance(error, UnidentifiedImageError):
        return "no image"
    return getattr(error, "strerror", None) or str(error)[:80] or type(error).__name__
