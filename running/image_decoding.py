"""Image files of many kinds, decoded alike: one size, the centre of each, in colour or grey."""

import os
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from evidence.errors import UserError, reason_of
from evidence.findings import Progress, silent
from running.memory import require_memory
from running.places import is_file, is_there

if TYPE_CHECKING:  # a machine that trains on CIFAR-10 need not have Pillow
    from PIL import Image

Shape: TypeAlias = tuple[int, int, int]
"""Channels (3 for colours, 1 for their luma), height and width."""

MOST_PIXELS = 50_000_000
"""Of an image, as it is decoded: 0.4 GB while it is read. JPEG files are decoded at a fraction of
their size, and may be larger on disk."""

BACKGROUND = "white"
"""What is seen through transparent pixels: colours that a file hides there would be seen else."""

_FILES_A_REPORT = 100
"""Files between two reports of progress."""

_WARNINGS = Lock()
"""Python's filters of warnings are those of all threads."""


class DataError(UserError):
    """Image data that cannot be used."""


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """Images of N files, as far as they could be read.

    Attributes
    ----------
    images : those that could be read, uint8 of shape (readable, channels, height, width).
    readable : for each file whether it could be read, shape (N,).
    reasons : why not, by the number of the file.
    enlarged : how many images were smaller than wanted.
    """

    images: Tensor
    readable: Tensor
    reasons: dict[int, str]
    enlarged: int


def decode(files: Sequence[str], shape: Shape, *, progress: Progress = silent) -> Decoded:
    """Decode image files: resized with antialiasing to cover `shape`, and centre cropped.

    An animation shows its first image. Images stand upright, as cameras note it. Colours become
    `fitted`. An image of more than `MOST_PIXELS` is not read.

    Parameters
    ----------
    files : any that Pillow reads.
    shape : of one image.
    progress : called every hundred files.

    Raises
    ------
    DataError : more images than fit into memory. A file that cannot be read is no error.
    """
    _, height, width = shape
    require_memory(
        float(len(files) * np.prod(shape, dtype=float)),
        f"{len(files):,} images of {height:,} × {width:,} pixels",
        "read fewer, or at a smaller size",
        error=DataError,
    )
    images = np.zeros((len(files), *shape), np.uint8)
    reasons: dict[int, str] = {}

    def read(number: int) -> bool:
        try:
            images[number], enlarged = _read(files[number], shape)
        except Exception as error:  # a decoder can raise anything on broken bytes
            reasons[number] = _reason(error)
            return False
        return enlarged

    enlarged = 0
    with (
        _WARNINGS,
        warnings.catch_warnings(),
        ThreadPoolExecutor(os.cpu_count()) as pool,  # decoders release Python's lock
    ):
        warnings.simplefilter("ignore")  # Pillow's, on oddities of files that it does read
        for number, small in enumerate(pool.map(read, range(len(files)))):
            enlarged += small
            if number % _FILES_A_REPORT == 0:
                progress(number / len(files), f"reading image {number:,} of {len(files):,}")
    readable = torch.tensor([number not in reasons for number in range(len(files))])
    decoded = torch.from_numpy(images)
    return Decoded(
        images=decoded[readable] if reasons else decoded,
        readable=readable,
        reasons=reasons,
        enlarged=enlarged,
    )


def fitted(image: "Image.Image", shape: Shape) -> NDArray[np.uint8]:
    """Scale an image to cover `shape`, antialiased, and crop its centre.

    Grey becomes colour where colours are wanted, and colours their luma. Behind transparent pixels
    is `BACKGROUND`, and 16 bits lose their lower eight.

    Returns
    -------
    Pixels of that shape.

    Raises
    ------
    ValueError : an image of which nothing tells which value is white, such as floats.
    """
    from PIL import Image, ImageOps

    channels, height, width = shape
    # Pillow itself would cut all values of 16 bits off at 255.
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format in ("PNG", "PPM")):
        image = Image.fromarray((np.asarray(image) // 256).astype(np.uint8))
    elif image.mode in ("I", "F"):
        raise ValueError("nothing tells which value is white")
    elif image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, BACKGROUND), image)
    image = image.convert("RGB")
    if channels == 1:
        image = image.convert("L")
    cropped = ImageOps.fit(image, (width, height), Image.Resampling.BILINEAR)
    return np.asarray(cropped).reshape(height, width, channels).transpose(2, 0, 1)


def _read(file: str, shape: Shape) -> tuple[NDArray[np.uint8], bool]:
    """Return an image, and whether it had to be enlarged."""
    from PIL import Image, ImageOps

    _, height, width = shape
    if is_there(Path(file)) and not is_file(Path(file)):  # a pipe would be waited for
        raise ValueError("no file")
    with Image.open(file) as image:
        # JPEG decodes faster at a fraction of its size.
        image.draft(None, (2 * max(width, height),) * 2)
        pixels = image.width * image.height
        if pixels > MOST_PIXELS:
            raise ValueError(
                f"it has {pixels / 1e6:,.0f} million pixels, more than {MOST_PIXELS / 1e6:,.0f}"
            )
        with suppress(Exception):  # notes of a camera that cannot be read
            ImageOps.exif_transpose(image, in_place=True)
        enlarged = image.width < width or image.height < height
        return fitted(image, shape), enlarged


def _reason(error: Exception) -> str:
    """Say in a few words why a file cannot be read."""
    from PIL import UnidentifiedImageError

    if isinstance(error, UnidentifiedImageError):
        return "no image"
    message = reason_of(error)[:80]
    return getattr(error, "strerror", None) or message or type(error).__name__
