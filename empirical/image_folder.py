"""Folders of images, a folder for each class, as users of ImageNet have them."""

import os
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from empirical.images import ImageData
from simulations.image_files import DataError
from simulations.randomness import stream

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm")

HELD_OUT_SHARE = 0.2
"""Share of each class that is held out where the folders do not tell."""

UNREADABLE_SHARE = 0.05
"""Share of unreadable files above which something is wrong with all of them."""

MOST_IMAGES = 100_000
"""How many images are read; the paper's Figure 1 has 80,000. At 128 pixels they take 5 GB."""

NAMED = 10
"""How many unreadable files a message names."""

WANTED = "wanted are PATH/CLASS/*.jpg, or PATH/train/CLASS/*.jpg and PATH/val/CLASS/*.jpg"

Labelled: TypeAlias = list[tuple[Path, int]]
"""Image files and their classes."""


def read_image_folder(path: Path, *, seed: int, size: int) -> ImageData:
    """Read a folder of class folders: short edge resized to `size`, centre cropped, in colour.

    Where the folder holds `train` and `val` these are the training and the held-out images.
    Otherwise a fifth of each class is held out. Classes are numbered in the order of their names.

    Parameters
    ----------
    path : the folder.
    seed : decides which images are held out, and which are read of more than `MOST_IMAGES`.
    size : pixels along one side.

    Warns
    -----
    UserWarning : once, with the names of files that cannot be read and are left out.

    Raises
    ------
    DataError : no such folder, no images in it or in one of its classes, one class only, classes
        that differ between `train` and `val`, or more than 5 % unreadable files.
    """
    try:
        classes, train, held_out, split = _find(path, seed)
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error
    found = len(train) + len(held_out)
    if found > MOST_IMAGES:
        share = MOST_IMAGES / found
        train = _drawn(train, stream(seed, "image-folder", "train"), share)
        held_out = _drawn(held_out, stream(seed, "image-folder", "held-out"), share)
        split += f", {len(train) + len(held_out):,} of {found:,} images drawn with seed {seed}"
    files = train + held_out
    images, readable, enlarged = _read_all([file for file, _ in files], size)
    notes = _notes(path, [file for file, _ in files], readable, enlarged)
    labels = torch.tensor([label for _, label in files])
    first = torch.arange(len(files)) < len(train)
    return ImageData(
        name=path.resolve().name,
        description=(
            f"images of the folder {path.resolve().name}, {len(classes)} classes, short edge "
            f"resized to {size} pixels and centre cropped, {int((first & readable).sum()):,} "
            f"training and {int((~first & readable).sum()):,} held-out images ({split}){notes}"
        ),
        train_images=images[first & readable],
        train_labels=labels[first & readable],
        held_out_images=images[~first & readable],
        held_out_labels=labels[~first & readable],
        classes=len(classes),
    )


def _find(path: Path, seed: int) -> tuple[list[str], Labelled, Labelled, str]:
    """Return the classes, the training files, the held-out files, and how they were split."""
    if not path.is_dir():
        raise DataError(f"imagefolder: {path} is not a folder")
    if (path / "train").is_dir() and (path / "val").is_dir():
        train, held_out = _class_files(path / "train"), _class_files(path / "val")
        if alone := sorted(train.keys() ^ held_out.keys()):
            raise DataError(
                f"imagefolder: train and val in {path} hold different classes: {alone[0]!r} is in "
                "one of them only"
            )
        split = "its folders train and val"
    else:
        train, held_out = {}, {}
        for name, files in _class_files(path).items():
            if len(files) < 2:
                raise DataError(
                    f"imagefolder: the class {name!r} in {path} has one image, none to hold out"
                )
            order = torch.randperm(len(files), generator=stream(seed, "image-folder", name))
            number = max(1, round(HELD_OUT_SHARE * len(files)))
            held_out[name] = [files[i] for i in order[:number]]
            train[name] = [files[i] for i in order[number:]]
        split = f"split class by class with seed {seed}"
    classes = sorted(train)
    if len(classes) < 2:
        raise DataError(f"imagefolder: {path} holds one class only, {classes[0]!r}; {WANTED}")
    return classes, _labelled(train), _labelled(held_out), split


def _labelled(files: dict[str, list[Path]]) -> Labelled:
    return [(file, label) for label, name in enumerate(sorted(files)) for file in files[name]]


def _class_files(folder: Path) -> dict[str, list[Path]]:
    """Image files in and under each class folder."""
    found = {
        inside.name: sorted(
            file
            for file in inside.rglob("*")
            if file.name.lower().endswith(ENDINGS) and not file.name.startswith(".")
        )
        for inside in sorted(folder.iterdir())
        if inside.is_dir() and not inside.name.startswith(".")
    }
    if not any(found.values()):
        raise DataError(f"imagefolder: {folder} holds no class folders with images; {WANTED}")
    for name, files in found.items():
        if not files:
            raise DataError(f"imagefolder: the class folder {folder / name} holds no images")
    return found


def _drawn(files: Labelled, generator: torch.Generator, share: float) -> Labelled:
    kept = torch.randperm(len(files), generator=generator)[: int(share * len(files))]
    return [files[i] for i in kept.sort().values]


def _read_all(files: Sequence[Path], size: int) -> tuple[Tensor, Tensor, int]:
    """Return the images, which of them could be read, and how many had to be enlarged."""
    images = np.zeros((len(files), 3, size, size), np.uint8)
    readable = np.zeros(len(files), bool)

    def read(number: int) -> bool:
        try:
            images[number], enlarged = _read(files[number], size)
        except Exception:  # a decoder can raise anything on broken bytes
            return False
        readable[number] = True
        return enlarged

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # decoders release Python's lock
        enlarged = sum(pool.map(read, range(len(files))))
    return torch.from_numpy(images), torch.from_numpy(readable), enlarged


def _read(file: Path, size: int) -> tuple[NDArray[np.uint8], bool]:
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


def _notes(path: Path, files: Sequence[Path], readable: Tensor, enlarged: int) -> str:
    """Tell of unreadable and of small images; refuse too many unreadable ones."""
    notes = f"; {enlarged:,} smaller ones were enlarged" if enlarged else ""
    lost = [
        file.relative_to(path).as_posix()
        for file, fine in sorted(zip(files, readable.tolist(), strict=True))
        if not fine
    ]
    if not lost:
        return notes
    names = ", ".join(lost[:NAMED]) + (f" and {len(lost) - NAMED:,} more" if lost[NAMED:] else "")
    told = f"{len(lost):,} of {len(files):,} image files in {path} cannot be read"
    if len(lost) > UNREADABLE_SHARE * len(files):
        raise DataError(f"imagefolder: {told}, more than {UNREADABLE_SHARE:.0%}: {names}")
    warnings.warn(f"{told} and are left out: {names}", stacklevel=4)
    return f"{notes}; {len(lost):,} unreadable files were left out"
