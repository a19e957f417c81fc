"""Dead leaves: procedural images with the scale-invariant statistics of natural ones.

Opaque leaves fall on one another at uniform places. Where their radii have the density r^-3, each
octave of radii covers the same area, and the image looks alike at all scales between the smallest
and the largest leaf (Lee, Mumford & Huang 2001, Int. J. Comput. Vision 41). Appendix C of the
paper rests on this invariance. The scene, and with it the class, is the same at every resolution.

The classes are textures, and outlines where more than four are wanted. At 32 pixels, of four
classes (chance 25 %), a linear classifier of the pixels finds 30 % after 2,000 training images, and
`figure_3_average` with 16 channels 49 % after 8 epochs.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from empirical.data.images import ImageData
from empirical.data.leaf_rendering import coloured, visible_leaves
from empirical.data.leaves import MOST_CLASSES, TEXTURES, fallen_leaves
from evidence.findings import Progress, silent
from running.image_decoding import DataError
from running.memory import require_memory

CLASSES = len(TEXTURES)
"""Unless more are wanted: discs of each texture. Outlines are much harder to tell at 32 pixels."""

TRAINING_IMAGES = 4_000
HELD_OUT_IMAGES = 1_200

GRID = 192
"""Points along one side of the coarsest grid.

With it, pixels at 16 to 256 px are off by less than 12 % of their standard deviation from what a
very fine grid gives; with 128 points those at 64 px were off by 20 %.
"""

_AT_ONCE = 2**18
"""Points that are rendered at once: a few MB for each number that a point has."""


def read_dead_leaves(
    seed: int,
    *,
    size: int,
    classes: int = CLASSES,
    train: int = TRAINING_IMAGES,
    held_out: int = HELD_OUT_IMAGES,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> ImageData:
    """Render training and held-out images, as many of each class as of another.

    Parameters
    ----------
    seed : decides all leaves. Training and held-out images have random streams of their own.
    size : pixels along one side.
    classes : 2 to 12; class k has leaves of texture k mod 4 and outline k // 4.
    train, held_out : how many images.
    device : where to render. The images come back to the CPU.
    progress : called every few images.

    Raises
    ------
    DataError : another number of classes.
    """
    if not 2 <= classes <= MOST_CLASSES:
        raise DataError(f"dead leaves have 2 to {MOST_CLASSES} classes, not {classes}")

    require_memory(
        3.0 * (train + held_out) * size**2,
        f"{train + held_out:,} images of {size:,} × {size:,} pixels",
        "take fewer, or a smaller size",
        error=DataError,
    )

    def render(name: str, number: int, before: int) -> Tensor:
        def report(share: float, activity: str) -> None:
            progress((before + share * number) / (train + held_out), activity)

        rows = range(number)
        return dead_leaves(
            seed, name, rows, size=size, classes=classes, device=device, progress=report
        ).cpu()

    return ImageData(
        name="dead leaves",
        description=(
            f"dead leaves rendered at {size} × {size} pixels from seed {seed}, {classes} classes "
            f"by outline and texture, {train:,} training and {held_out:,} held-out images"
        ),
        train_images=render("train", train, 0),
        train_labels=torch.arange(train) % classes,
        held_out_images=render("held-out", held_out, train),
        held_out_labels=torch.arange(held_out) % classes,
        classes=classes,
    )


def dead_leaves(
    seed: int,
    name: str,
    indices: range,
    *,
    size: int,
    classes: int,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> Tensor:
    """Render some images of an endless row, uint8 of shape (len(indices), 3, size, size).

    Image i is of class i mod `classes`, and the same scene whatever the other indices and at every
    size. Pixels are means over at least 2 x 2 points (see `GRID`), which is the antialiasing.

    Parameters
    ----------
    seed, name : the row.
    indices : which of its images.
    size : pixels along one side.
    classes : number of classes.
    device : where to render. The random numbers are drawn on the CPU, so all devices show the
        same scenes, up to rounding.
    progress : called every few images.
    """
    points = size * max(2, math.ceil(GRID / size))
    images = torch.empty(len(indices), 3, size, size, dtype=torch.uint8, device=device)
    step = max(1, _AT_ONCE // points**2)
    for start in range(0, len(indices), step):
        batch = indices[start : start + step]
        leaves = fallen_leaves(seed, name, batch, classes, device)
        colours = coloured(leaves, visible_leaves(leaves, points))
        pixels = functional.avg_pool2d(colours, points // size)
        images[start : start + len(batch)] = (255 * pixels).round().to(torch.uint8)
        progress((start + len(batch)) / len(indices), "rendering dead leaves")
    return images
