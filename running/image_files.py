"""Images on disk: folders of image files, and CIFAR-10's binary batches (Krizhevsky 2009)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image

ENDINGS = (".png", ".jpg", ".jpeg")
MODES = {1: "L", 3: "RGB"}

MOST_IMAGES = 1024
"""How many images are read. At 128 pixels they take 50 MB."""

CIFAR_RECORD = 1 + 3 * 32 * 32
"""Bytes of a record: the label, and the red, green and blue plane of a 32 x 32 image."""


class DataError(ValueError):
    """Image data that cannot be used; the message is one line for the user."""


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
        """Hash everything that is read (SHA-256).

        Raises
        ------
        DataError : a file that cannot be read.
        """
        digest = sha256(self.records.tobytes())
        for file in self.files:
            name = str(file.relative_to(self.folder))
            try:
                content = file.read_bytes()
            except OSError as error:
                raise DataError(f"{file} cannot be read: {error.strerror}") from error
            digest.update(name.encode() + sha256(content).digest())
        return digest.hexdigest()

    def resized(self, channels: int, height: int, width: int) -> NDArray[np.uint8]:
        """Scale all images to cover height x width, antialiased, and crop their centres.

        Parameters
        ----------
        channels : 3 for colours, 1 for their luma.
        height, width : pixels.

        Returns
        -------
        Shape (images, channels, height, width).

        Raises
        ------
        DataError : a file that is no image, or channels other than 1 or 3.
        """
        from PIL import Image, ImageOps  # not needed for CIFAR-10, nor on a GPU with torch alone

        if channels not in MODES:
            raise DataError(f"images have 3 channels, or 1 in grey, but the network has {channels}")
        rows = []
        for number in range(len(self.files) or len(self.records)):
            with self._open(number, (width, height)) as image:
                fitted = ImageOps.fit(
                    image.convert(MODES[channels]), (width, height), Image.Resampling.BILINEAR
                )
            rows.append(np.asarray(fitted).reshape(height, width, channels).transpose(2, 0, 1))
        return np.stack(rows)

    def _open(self, number: int, size: tuple[int, int]) -> "Image.Image":
        from PIL import Image

        if not self.files:
            return Image.fromarray(self.records[number].transpose(1, 2, 0))
        file = self.files[number]
        try:
            image = Image.open(file)
            image.draft(None, size)  # JPEG decodes a large image faster at a fraction of its size
            image.load()
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            reason = " ".join(str(error).split())
            raise DataError(f"{file} cannot be read as an image: {reason}") from error
        return image


@lru_cache(maxsize=4)
def find_images(folder: Path) -> ImageFiles:
    """Find at most `MOST_IMAGES` images in and under a folder.

    Parameters
    ----------
    folder : holds PNG and JPEG files in any subfolders, or CIFAR-10's `*.bin`.

    Raises
    ------
    DataError : no such folder, no images in it, or broken binary batches.
    """
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder} with images")
    try:
        names = sorted(
            (
                file.relative_to(folder).as_posix()
                for file in folder.rglob("*")
                if file.name.lower().endswith(ENDINGS) and file.is_file()
            ),
            key=lambda name: sha256(name.encode()).digest(),
        )
        files = [folder / name for name in names[:MOST_IMAGES]]
        batches = [] if files else sorted(folder.glob("*.bin"))
        if not files and not batches:
            raise DataError(
                f"{folder} holds no images: wanted are PNG or JPEG files, in subfolders or not, or "
                "the *.bin of CIFAR-10"
            )
        found = np.empty((0, CIFAR_RECORD), np.uint8)
        for batch in batches:
            if len(found) < MOST_IMAGES:
                found = np.concatenate([found, cifar10_records(batch, batch.read_bytes())])
    except OSError as error:
        raise DataError(f"cannot read {folder}: {error.strerror}") from error
    return ImageFiles(
        folder=folder, files=files, records=found[:MOST_IMAGES, 1:].reshape(-1, 3, 32, 32)
    )


def cifar10_records(file: Path, content: bytes) -> NDArray[np.uint8]:
    """Take a binary batch of CIFAR-10 apart, shape (records, 1 + 3072): label and pixels.

    Raises
    ------
    DataError : not whole records.
    """
    if not content or len(content) % CIFAR_RECORD:
        raise DataError(
            f"{file} is truncated: {len(content):,} bytes are not whole records of "
            f"{CIFAR_RECORD:,} bytes"
        )
    return np.frombuffer(content, np.uint8).reshape(-1, CIFAR_RECORD)
