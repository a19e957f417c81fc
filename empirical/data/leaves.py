"""Leaves that fall on one another: the law of dead leaves (Lee, Mumford & Huang 2001).

Their radii have the density r^-3 between the smallest and the largest leaf, so that each octave of
radii covers the same area. Outlines and textures are given in units of a leaf's radius, and radii
in sides of the image: nothing here knows of pixels.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from running.streams import stream

OUTLINES = ("disc", "square", "ellipse")
TEXTURES = ("stripes", "checks", "rings", "spokes")

MOST_CLASSES = len(OUTLINES) * len(TEXTURES)
"""As many as in the data set of the paper's Figure 1."""

SMALLEST, LARGEST = 1 / 128, 1.0
"""Radii of the smallest and the largest leaf, in sides of the image.

With 1/64, power fell with the frequency to the -3.7 in the last octave of images of 256 pixels.
"""

DEPTH = 4.0
"""Leaves over each point, on average; where none is (1 point in 50), the ground shows."""

ASPECT = 3.0
"""Length of an ellipse over its width."""

CONTRAST = 0.15
"""Standard deviation of a texture times √2, the same for all, in a range of pixels of 1."""

REACH = math.sqrt(ASPECT)
"""How far a leaf reaches from its centre at most, in radii of the disc of the same area."""

_COLUMNS = 9
"""Random numbers for each leaf."""


@dataclass(frozen=True, kw_only=True)
class Leaves:
    """Leaves of some images, the topmost first and the ground last.

    Attributes
    ----------
    x, y : centre, in sides of the image; all entries have shape (images, leaves).
    radius : that of the disc of the same area.
    angle : by which the leaf is turned.
    outline, texture : which of `OUTLINES` and `TEXTURES`.
    colours : mean colour, in [0, 1], shape (images, leaves, 3).
    """

    x: Tensor
    y: Tensor
    radius: Tensor
    angle: Tensor
    outline: Tensor
    texture: Tensor
    colours: Tensor


def fallen_leaves(
    seed: int, name: str, indices: range, classes: int, device: torch.device | str
) -> Leaves:
    """Draw the leaves of images: all that fall on an image, in their order, are independent.

    Those of image i have the texture k mod 4 and the outline k // 4 of its class k = i mod
    `classes`. A leaf can show if its centre is within its reach e = REACH r of the image: the
    number of such leaves of radius r is proportional to r^-3 (1 + 2e)^2, a mixture of three powers
    of e.

    Parameters
    ----------
    seed, name : name an endless row of images.
    indices : which of its images.
    classes : number of classes, 2 to 12.
    device : where the leaves are wanted. The random numbers are drawn on the CPU.
    """
    low, high = REACH * SMALLEST, REACH * LARGEST
    masses = [(low**-2 - high**-2) / 2, 4 * (1 / low - 1 / high), 4 * math.log(high / low)]
    covered = math.pi * math.log(high / low) / (REACH**2 * sum(masses))  # by one leaf, on average
    number = math.ceil(DEPTH / covered)
    streams = [stream(seed, "dead-leaves", name, index) for index in indices]
    drawn = torch.stack([torch.rand(number + 1, _COLUMNS, generator=one) for one in streams])
    pick, u, x, y, angle, *shades = drawn.to(device).unbind(-1)
    cube = (low**-2 - u * (low**-2 - high**-2)).rsqrt()
    square = 1 / (1 / low - u * (1 / low - 1 / high))
    inverse = low * (high / low) ** u
    pick = pick * sum(masses)
    reach = cube.where(pick < masses[0], square.where(pick < masses[0] + masses[1], inverse))
    label = (torch.tensor(indices, device=device).unsqueeze(1) % classes).expand_as(reach)
    light, hue = shades[0].unsqueeze(-1), torch.stack(shades[1:], dim=-1)
    lowest = math.sqrt(2) * CONTRAST  # so that textures stay in [0, 1]
    return Leaves(
        x=x * (1 + 2 * reach) - reach,
        y=y * (1 + 2 * reach) - reach,
        radius=reach / REACH,
        angle=2 * math.pi * angle,
        outline=label // len(TEXTURES),
        texture=label % len(TEXTURES),
        colours=lowest + (1 - 2 * lowest) * (0.7 * light + 0.3 * hue),
    )
