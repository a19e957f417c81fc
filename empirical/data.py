"""Data sets by the name that a user gives them, such as `digits` or `imagefolder:PATH`."""

from pathlib import Path

import torch

from empirical import download
from empirical.cifar10 import read_cifar10
from empirical.dead_leaves import CLASSES, read_dead_leaves
from empirical.digits import read_digits
from empirical.image_folder import read_image_folder
from empirical.images import ImageData, without_duplicates
from simulations.image_files import DataError

__all__ = ["DataError", "ImageData", "load_data"]

KNOWN = "digits, cifar10, cifar10:PATH, imagefolder:PATH, dead-leaves and dead-leaves:CLASSES"

SIZE = 64
"""Pixels along one side where neither the data nor the user says otherwise."""


def load_data(
    specification: str, *, seed: int, size: int = SIZE, device: torch.device | str = "cpu"
) -> ImageData:
    """Load the data set of a specification NAME or NAME:PATH.

    No training image equals a held-out one: those that do are dropped.

    Parameters
    ----------
    specification : one of
        `digits`, the handwritten digits that come with scikit-learn;
        `cifar10:PATH`, CIFAR-10 in one of its official layouts at or under that folder;
        `cifar10`, the same, downloaded once into the user's cache;
        `imagefolder:PATH`, a folder of class folders;
        `dead-leaves` or `dead-leaves:CLASSES`, procedural images.
    seed : decides which images are held out, and the dead leaves. CIFAR-10 has an official split.
    size : pixels along one side at which a folder of images is read and dead leaves are rendered;
        the largest that is wanted, for `at_resolution` to make the others of. Digits and CIFAR-10
        come as they are.
    device : where dead leaves are rendered. All images are returned on the CPU.

    Raises
    ------
    DataError : an unknown name, a path missing or not wanted, data that cannot be read or
        downloaded, or one class only.
    """
    if size < 1:
        raise DataError(f"images have 1 pixel or more a side, not {size}")
    data = without_duplicates(_read(specification, seed, size, device))
    if len(set(data.train_labels.tolist())) < 2:
        raise DataError(
            f"{data.name}: all training images are of one class, there is nothing to learn"
        )
    return data


def _read(specification: str, seed: int, size: int, device: torch.device | str) -> ImageData:
    name, colon, rest = specification.partition(":")
    if name == "digits":
        if rest:
            raise DataError(f"digits come with scikit-learn and take no path, not {rest!r}")
        return read_digits(seed)
    if name == "cifar10":
        if colon and not rest:
            raise DataError(
                "cifar10: names no folder; give cifar10:PATH, or cifar10 to download it"
            )
        return read_cifar10(Path(rest) if rest else download.download(download.CIFAR10))
    if name == "imagefolder":
        if not rest:
            raise DataError("imagefolder needs the folder of class folders: imagefolder:PATH")
        return read_image_folder(Path(rest), seed=seed, size=size)
    if name == "dead-leaves":
        if colon and not rest.isdecimal():
            raise DataError(f"dead-leaves:CLASSES takes a number of classes, not {rest!r}")
        classes = int(rest) if rest else CLASSES
        return read_dead_leaves(seed, size=size, classes=classes, device=device)
    raise DataError(f"unknown data set {name!r}: known are {KNOWN}")
