"""Folders of images, a folder for each class, as users of ImageNet have them."""

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import torch

from empirical.data.images import ImageData
from evidence.errors import one_line
from evidence.findings import Progress, silent
from running.image_decoding import DataError, Decoded, decode
from running.image_files import image_paths
from running.places import is_folder
from running.streams import stream

TRAIN = "train"
HELD_OUT = ("val", "valid", "validation", "test")
"""Names of the folders of a split, in capitals or not; the first of `HELD_OUT` that is there."""

HELD_OUT_SHARE = 0.2
"""Share of each class that is held out where the folders do not tell."""

UNREADABLE_SHARE = 0.05
"""Share of unreadable files above which something is wrong with all of them."""

NAMED = 10
"""How many unreadable files a message names."""

WANTED = "wanted are PATH/CLASS/*.jpg, or PATH/train/CLASS/*.jpg and PATH/val/CLASS/*.jpg"

Labelled: TypeAlias = list[tuple[str, int]]
"""Image files and their classes."""


def read_image_folder(
    path: Path,
    *,
    seed: int,
    size: int,
    train: int = 100_000,
    held_out: int = 10_000,
    progress: Progress = silent,
) -> ImageData:
    """Read a folder of class folders: short edge resized to `size`, centre cropped, in colour.

    Where the folder holds folders `train` and `val` (or another of `HELD_OUT`) of the same classes,
    these are the training and the held-out images. Otherwise a fifth of each class is held out.
    Classes are numbered in the order of their names. Files in subfolders of a class count, also
    behind links; hidden ones do not (`running.image_files.image_paths`).

    Parameters
    ----------
    path : the folder.
    seed : decides which images are held out and drawn.
    size : pixels along one side.
    train, held_out : how many images are drawn, where there are more. The paper's Figure 1 has
        80,000; at 128 pixels, 100,000 take 5 GB.
    progress : called every hundred files.

    Warns
    -----
    UserWarning : once, with the names of files that cannot be read and are left out.

    Raises
    ------
    DataError : no such folder, no images in it or in one of its classes, one class only, classes
        that differ between `train` and `val`, more than 5 % unreadable files, or no
        training image of a class that can be read.
    """
    try:
        folder = _find(path, seed)
    except OSError as error:
        where = error.filename or path
        raise DataError(f"imagefolder: cannot read {where}: {error.strerror}") from error
    split = folder.split
    all_files = len(folder.train), len(folder.held_out)
    training = _drawn(folder.train, stream(seed, "image-folder", "train"), train)
    holding = _drawn(folder.held_out, stream(seed, "image-folder", "held-out"), held_out)
    if (len(training), len(holding)) != all_files:
        split += f", drawn from {all_files[0]:,} and {all_files[1]:,} with seed {seed}"
    files = training + holding
    decoded = decode([file for file, _ in files], (3, size, size), progress=progress)
    notes = _notes(path, [file for file, _ in files], decoded)
    labels = torch.tensor([label for _, label in files])[decoded.readable]
    kept = int(decoded.readable[: len(training)].sum())
    if lost := {label for _, label in training} - set(labels[:kept].tolist()):
        raise DataError(
            f"imagefolder: no training image of the class {folder.classes[min(lost)]!r} in {path} "
            "can be read"
        )
    name = one_line(Path(os.path.realpath(path)).name)
    return ImageData(
        name=name,
        description=(
            f"images of the folder {name}, {len(folder.classes)} classes, short edge resized to "
            f"{size} pixels and centre cropped, {kept:,} training and {len(labels) - kept:,} "
            f"held-out images ({split}){notes}"
        ),
        train_images=decoded.images[:kept],
        train_labels=labels[:kept],
        held_out_images=decoded.images[kept:],
        held_out_labels=labels[kept:],
        classes=len(folder.classes),
    )


@dataclass(frozen=True, kw_only=True)
class _Found:
    classes: list[str]
    train: Labelled
    held_out: Labelled
    split: str  # how they were split, in words


def _find(path: Path, seed: int) -> _Found:
    if not is_folder(path, error=DataError):
        raise DataError(f"imagefolder: {path} is not a folder")
    folders = {folder.name.lower(): folder for folder in _folders(path)}
    # Images in it would make it a class, of trains.
    if TRAIN in folders and not any(image_paths(folders[TRAIN], below=False)):
        train, held_out, split = _as_split(path, folders)
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
    return _Found(
        classes=classes, train=_labelled(train), held_out=_labelled(held_out), split=split
    )


def _as_split(
    path: Path, folders: dict[str, Path]
) -> tuple[dict[str, list[str]], dict[str, list[str]], str]:
    """Return training and held-out files by class, and their folders in words."""
    first = folders.pop(TRAIN)
    names = [name for name in HELD_OUT if name in folders]
    if not names:
        raise DataError(
            f"imagefolder: {path} holds the folder {first.name}, but none of "
            f"{', '.join(HELD_OUT)}; give {first} to have a fifth of its images held out"
        )
    second = folders.pop(names[0])
    train, held_out = _class_files(first), _class_files(second)
    if alone := sorted(train.keys() ^ held_out.keys()):
        raise DataError(
            f"imagefolder: {first.name} and {second.name} in {path} hold different classes: "
            f"{alone[0]!r} is in one of them only"
        )
    split = f"its folders {first.name} and {second.name}"
    if folders:
        others = ", ".join(sorted(folder.name for folder in folders.values()))
        split += f"; not read: {one_line(others)}"
    return train, held_out, split


def _class_files(folder: Path) -> dict[str, list[str]]:
    """Image files in and under each class folder."""
    files = {inside.name: sorted(image_paths(inside)) for inside in _folders(folder)}
    if not any(files.values()):
        raise DataError(f"imagefolder: {folder} holds no class folders with images; {WANTED}")
    for name, in_class in files.items():
        if not in_class:
            raise DataError(f"imagefolder: the class folder {folder / name} holds no images")
    return files


def _folders(folder: Path) -> list[Path]:
    return [
        inside
        for inside in sorted(folder.iterdir())
        if not inside.name.startswith(".") and inside.is_dir()
    ]


def _labelled(files: dict[str, list[str]]) -> Labelled:
    return [(file, label) for label, name in enumerate(sorted(files)) for file in files[name]]


def _drawn(files: Labelled, generator: torch.Generator, most: int) -> Labelled:
    kept = torch.randperm(len(files), generator=generator)[:most]
    return [files[i] for i in kept.sort().values]


def _notes(path: Path, files: list[str], decoded: Decoded) -> str:
    """Tell of unreadable and of small images; refuse too many unreadable ones."""
    notes = f"; {decoded.enlarged:,} smaller ones were enlarged" if decoded.enlarged else ""
    reasons = decoded.reasons
    if not reasons:
        return notes
    lost = sorted(
        f"{Path(files[number]).relative_to(path).as_posix()} ({reason})"
        for number, reason in reasons.items()
    )
    names = ", ".join(lost[:NAMED]) + (f" and {len(lost) - NAMED:,} more" if lost[NAMED:] else "")
    summary = f"{len(lost):,} of {len(files):,} image files in {path} cannot be read"
    if len(lost) > UNREADABLE_SHARE * len(files):
        raise DataError(f"imagefolder: {summary}, more than {UNREADABLE_SHARE:.0%}: {names}")
    warnings.warn(one_line(f"{summary} and are left out: {names}"), stacklevel=4)
    return f"{notes}; {len(lost):,} unreadable files were left out"
