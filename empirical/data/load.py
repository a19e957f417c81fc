"""Data sets by the name that a user gives them, such as `digits` or `imagefolder:PATH`."""

import os
from dataclasses import replace
from pathlib import Path

import torch

from empirical.data.images import ImageData, without_duplicates
from evidence.findings import Progress, silent
from running.image_decoding import DataError
from running.streams import stream

__all__ = ["DataError", "ImageData", "load_data"]

KNOWN = "digits, cifar10, cifar10:PATH, imagefolder:PATH, dead-leaves and dead-leaves:CLASSES"

SIZE = 64
"""Pixels along one side where neither the data nor the user says otherwise."""


def load_data(
    specification: str,
    *,
    seed: int,
    size: int = SIZE,
    train: int | None = None,
    held_out: int | None = None,
    validation: int | None = None,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> ImageData:
    """Load the data set of a specification NAME or NAME:PATH.

    No training image equals a held-out one: those that do are dropped. The description tells all
    that was dropped and drawn, and from which seed.

    Parameters
    ----------
    specification : one of
        `digits`, the handwritten digits that come with scikit-learn;
        `cifar10:PATH`, CIFAR-10 in one of its official layouts at or under that folder;
        `cifar10`, the same, downloaded once into the user's cache;
        `imagefolder:PATH`, a folder of class folders;
        `dead-leaves` or `dead-leaves:CLASSES`, procedural images.
    seed : decides which images are held out and which are drawn, and the dead leaves. CIFAR-10 has
        an official split, and so have folders `train` and `val`.
    size : pixels along one side at which a folder of images is read and dead leaves are rendered;
        the largest that is wanted, for `at_resolution` to make the others of. Digits and CIFAR-10
        come as they are.
    train, held_out : at most so many images, drawn at random; of a folder, no others are read.
        None for all, for at most 100,000 and 10,000 of a folder, and for 4,000 and 1,200 dead
        leaves.
    validation : how many of the training images are drawn to take the place of the held-out ones,
        for choices that must not see these; they do not count in `train`.
    device : where dead leaves are rendered. All images are returned on the CPU.
    progress : called while a folder is read or dead leaves are rendered.

    Raises
    ------
    DataError : an unknown name, a path missing or not wanted, data that cannot be read or
        downloaded, one class only, or no images left to train on or to hold out.
    """
    for what, number in (
        ("size", size),
        ("train", train),
        ("held_out", held_out),
        ("validation", validation),
    ):
        if number is not None and number < 1:
            raise DataError(f"{what} must be 1 or more, not {number}")
    most = {"held_out": held_out, "train": train and train + (validation or 0)}
    limits = {name: number for name, number in most.items() if number is not None}
    data = without_duplicates(_read(specification, seed, size, limits, device, progress))
    drawn = data
    if validation is not None:
        drawn = drawn.for_validation(validation, stream(seed, "validation"))
    drawn = drawn.at_most(
        len(drawn.train_labels) if train is None else train,
        len(drawn.held_out_labels) if held_out is None else held_out,
        stream(seed, "images"),
    )
    if drawn is not data:
        drawn = replace(drawn, description=f"{drawn.description} (seed {seed})")
    if len(set(drawn.train_labels.tolist())) < 2:
        raise DataError(
            f"{drawn.name}: all training images are of one class, there is nothing to learn"
        )
    return drawn


def _read(
    specification: str,
    seed: int,
    size: int,
    limits: dict[str, int],
    device: torch.device | str,
    progress: Progress,
) -> ImageData:
    """Read the data; what has to be read or rendered image by image, within the limits.

    Each reader is imported when it is wanted: a machine with torch alone lacks the libraries of
    the others.
    """
    name, colon, rest = specification.partition(":")
    path = Path(os.path.expanduser(rest))  # noqa: PTH111 - Path's raises where nobody's home is
    if name == "digits":
        if colon:
            raise DataError(f"digits come with scikit-learn and take no path, not {rest!r}")
        from empirical.data.digits import read_digits

        return read_digits(seed)
    if name == "cifar10":
        if colon and not rest:
            raise DataError(
                "cifar10: names no folder; give cifar10:PATH, or cifar10 to download it"
            )
        from empirical.data import cifar10, download

        return cifar10.read_cifar10(path if rest else download.download(download.CIFAR10))
    if name == "imagefolder":
        if not rest:
            raise DataError("imagefolder needs the folder of class folders: imagefolder:PATH")
        from empirical.data.image_folder import read_image_folder

        return read_image_folder(path, seed=seed, size=size, progress=progress, **limits)
    if name == "dead-leaves":
        from empirical.data.dead_leaves import CLASSES, read_dead_leaves

        try:
            classes = int(rest) if colon else CLASSES
        except ValueError as error:
            raise DataError(
                f"dead-leaves:CLASSES takes a number of classes, not {rest[:20]!r}"
            ) from error
        return read_dead_leaves(
            seed, size=size, classes=classes, device=device, progress=progress, **limits
        )
    raise DataError(f"unknown data set {name!r}: known are {KNOWN}")
