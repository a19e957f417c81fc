"""Inputs at which networks are differentiated: noise, smooth, constant, images."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from running.draws import Draws
from simulations.networks.image_inputs import images_of_shape

LAWS = ("noise", "smooth", "constant")
IMAGES = "images:"
"""What stands before the folder of images."""

COARSE = 4
"""Pixels along an edge of the noise that smooth inputs interpolate."""


def image_folder(law: str) -> Path | None:
    """Return FOLDER of the law "images:FOLDER", and None for every other law."""
    return Path(law.removeprefix(IMAGES)) if law.startswith(IMAGES) else None


def draw_inputs(law: str, shape: Sequence[int], draws: Draws) -> Tensor:
    """Draw one input a network, shape (networks, *shape).

    Parameters
    ----------
    law : "noise" draws each coordinate independently from N(0, 1); "smooth" interpolates noise of
        `COARSE` pixels along each edge, so that neighbours are alike at every size; "constant" is
        1 everywhere; "images:FOLDER" gives network i the image i, modulo their number (see
        `simulations.networks.image_inputs`).
    shape : of one input: (d,), (channels, length) or (channels, height, width).

    Raises
    ------
    ValueError : another law, or smooth inputs of more than two spatial dimensions.
    DataError : images that cannot be read, or do not fit the shape.
    """
    if folder := image_folder(law):
        images = images_of_shape(folder, tuple(shape))
        return images[[index % len(images) for index in draws.networks]].to(draws.device)
    if law == "noise":
        return draws.normal(*shape)
    if law == "constant":
        return torch.ones(len(draws), *shape, device=draws.device)
    if law != "smooth":
        raise ValueError(f"unknown input {law!r}; give {', '.join(LAWS)} or images:PATH")
    if len(shape) > 3:
        raise ValueError(f"smooth inputs have one or two spatial dimensions, not shape {shape}")
    channels = shape[:-2] if len(shape) == 3 else shape[:-1]
    positions = tuple(shape[len(channels) :])
    coarse = draws.normal(*(channels or (1,)), *(min(COARSE, size) for size in positions))
    mode = "bilinear" if len(positions) == 2 else "linear"
    return functional.interpolate(
        coarse, size=positions, mode=mode, align_corners=len(positions) == 1
    ).view(len(draws), *shape)
