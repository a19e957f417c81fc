"""Images on disk: folders of image files, and CIFAR-10's binary batches (Krizhevsky 2009)."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from evidence.errors import reason_of
from running.image_decoding import DataError, Shape, decode, fitted
from running.places import is_folder, read_bytes

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm")

READER = 3
"""Raised whenever the same files give other pixels: results of older code are then not reused."""

MOST_IMAGES = 1024
"""How many images are read. At 128 pixels they take 50 MB."""

CIFAR_RECORD = 1 + 3 * 32 * 32
"""Bytes of a record: the label, and the red, green and blue plane of a 32 x 32 image."""

CIFAR_100_RECORD = 1 + CIFAR_RECORD
"""Of CIFAR-100, which has two labels."""


@dataclass(frozen=True, kw_only=True)
class ImageFiles:
    """Images as they lie on disk.

    Attributes
    ----------
    folder : where they are.
    files : the image files that are read, in the order of the hashes of their names, which mixes
        the classes; empty for CIFAR-10.
    records : the images of CIFAR-10's batches, shape (images, 3, 32, 32); empty otherwise.
    """

    folder: Path
    files: Sequence[Path]
    records: NDArray[np.uint8]

    def fingerprint(self) -> str:
        """Hash everything that is read, and the way it is read (SHA-256).

        Raises
        ------
        DataError : a file that cannot be read.
        """
        digest = sha256(self.records.tobytes())
        if self.files:  # records are read as ever
            digest.update(f"reader {READER}".encode())
        for file in self.files:
            name = str(file.relative_to(self.folder))
            content = read_bytes(file, error=DataError)
            digest.update(name.encode() + sha256(content).digest())
        return digest.hexdigest()

    def resized(self, shape: Shape) -> NDArray[np.uint8]:
        """Scale all images to cover a shape, antialiased, and crop their centres.

        Returns
        -------
        Shape (images, channels, height, width).

        Raises
        ------
        DataError : a file that is no image, or channels other than 1 or 3.
        """
        from PIL import Image

        if shape[0] not in (1, 3):
            raise DataError(f"images have 3 channels, or 1 in grey, but the network has {shape[0]}")
        if not self.files:
            planes_last = self.records.transpose(0, 2, 3, 1)
            return np.stack([fitted(Image.fromarray(record), shape) for record in planes_last])
        decoded = decode([str(file) for file in self.files], shape)
        for number, reason in sorted(decoded.reasons.items()):
            raise DataError(f"{self.files[number]} cannot be read as an image: {reason}")
        return decoded.images.numpy()


def image_paths(folder: Path, *, below: bool = True) -> Iterator[str]:
    """Yield the image files in a folder, and those below it or not, the one way in all rooms.

    Links to folders and files are followed, each folder once. Hidden files are left out, such as
    the "._" files of a Mac, and so is what is no file, such as a pipe.

    Raises
    ------
    OSError : a folder that cannot be read.
    """

    def fail(error: OSError) -> NoReturn:
        raise error  # or `os.walk` would pass over what it cannot read

    seen = set()
    for where, folders, names in os.walk(folder, onerror=fail, followlinks=True):
        seen.add(os.path.realpath(where))
        folders[:] = [
            name
            for name in sorted(folders)
            if below
            and not name.startswith(".")
            and os.path.realpath(f"{where}{os.sep}{name}") not in seen
        ]
        for name in names:
            file = f"{where}{os.sep}{name}"
            is_image = name.lower().endswith(ENDINGS) and not name.startswith(".")
            if is_image and not _would_wait(file):
                yield file


def _would_wait(file: str) -> bool:
    """Say whether reading a file might never end, as of a pipe; a dangling link ends at once."""
    with suppress(OSError):
        return not S_ISREG(os.stat(file).st_mode)  # noqa: PTH116  (a million files)
    return False


@lru_cache(maxsize=4)
def find_images(folder: Path) -> ImageFiles:
    """Find at most `MOST_IMAGES` images in and under a folder.

    Parameters
    ----------
    folder : holds image files in any subfolders, as of `image_paths`, or CIFAR-10's `*.bin`.

    Raises
    ------
    DataError : no such folder, no images in it, or broken binary batches.
    """
    if not is_folder(folder, error=DataError):
        raise DataError(f"there is no folder {folder} with images")
    try:
        names = sorted(
            (Path(file).relative_to(folder).as_posix() for file in image_paths(folder)),
            key=lambda name: sha256(name.encode()).digest(),
        )
        files = [folder / name for name in names[:MOST_IMAGES]]
        batches = [] if files else sorted(folder.glob("*.bin"))
        if not files and not batches:
            raise DataError(
                f"{folder} holds no images: wanted are files such as *.png or *.jpg, in subfolders "
                "or not, or the *.bin of CIFAR-10"
            )
        found = np.empty((0, CIFAR_RECORD), np.uint8)
        for batch in batches:
            if len(found) < MOST_IMAGES:
                found = np.concatenate(
                    [found, cifar10_records(batch, read_bytes(batch, error=DataError))]
                )
    except OSError as error:
        raise DataError(f"cannot read {str(folder)!r}: {reason_of(error)}") from error
    return ImageFiles(
        folder=folder, files=files, records=found[:MOST_IMAGES, 1:].reshape(-1, 3, 32, 32)
    )


def cifar10_records(file: Path, content: bytes) -> NDArray[np.uint8]:
    """Take a binary batch of CIFAR-10 apart, shape (records, 1 + 3072): label and pixels.

    Raises
    ------
    DataError : not whole records.
    """
    if content and len(content) % CIFAR_100_RECORD == 0 and len(content) % CIFAR_RECORD:
        raise DataError(
            f"{file} holds records of {CIFAR_100_RECORD:,} bytes, as CIFAR-100 does; give "
            f"CIFAR-10, whose records have {CIFAR_RECORD:,} bytes"
        )
    if not content or len(content) % CIFAR_RECORD:
        raise DataError(
            f"{file} is truncated: {len(content):,} bytes are not whole records of "
            f"{CIFAR_RECORD:,} bytes"
        )
    return np.frombuffer(content, np.uint8).reshape(-1, CIFAR_RECORD)
