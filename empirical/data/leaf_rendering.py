"""Leaves painted on a grid of points: which one shows at each point, and its colour there."""

import math

import torch
from torch import Tensor

from empirical.data.leaves import CONTRAST, OUTLINES, REACH, Leaves

WAVELENGTH = 1.0
"""Of stripes, checks and rings, in radii."""

SPOKES = 4
"""Waves around the centre of a leaf with spokes."""

_AT_ONCE = 2**18
"""Fragments that are laid at once: a few MB."""


def visible_leaves(leaves: Leaves, points: int) -> Tensor:
    """Return which leaf shows at each point of a grid, int64 of shape (images, points, points).

    Leaves of like size are laid into boxes of one size, a fragment for each point of a box, and of
    all fragments at a point the topmost stays. So the work is a few times the leaves' area, not
    points times leaves.

    Parameters
    ----------
    leaves : of the images; the last one of each, the ground, shows where no other does.
    points : along one side of the grid.
    """
    ground = leaves.x.shape[1] - 1
    wide, high = _half_extents(leaves)
    left, columns = _span(leaves.x, wide, points)
    upper, rows = _span(leaves.y, high, points)
    side = torch.maximum(columns, rows)
    side[(columns <= 0) | (rows <= 0)] = 0  # beside the image
    side[:, ground] = 0
    top = torch.full((len(side), points, points), ground, dtype=torch.int32, device=side.device)
    boxes = sorted({min(points, math.ceil(1.2**power)) for power in range(4 * points.bit_length())})
    box_of = torch.bucketize(side, torch.tensor([0, *boxes], device=side.device))
    for number, box in enumerate(boxes, start=1):
        image, rank = (box_of == number).nonzero(as_tuple=True)
        for start in range(0, len(rank), step := max(1, _AT_ONCE // box**2)):
            some = image[start : start + step], rank[start : start + step]
            corner = [one[some].clamp(max=points - box) for one in (left, upper)]
            _lay(top, leaves, some, corner, box)
    return top.long()


def _axes(leaves: Leaves) -> tuple[Tensor, Tensor]:
    """Half the length and half the width of leaves: the area is that of the disc."""
    edge = math.sqrt(math.pi) / 2
    shapes = [(1.0, 1.0), (edge, edge), (REACH, 1 / REACH)]
    axes = torch.tensor(shapes, device=leaves.radius.device)[leaves.outline]
    return leaves.radius * axes[..., 0], leaves.radius * axes[..., 1]


def _half_extents(leaves: Leaves) -> tuple[Tensor, Tensor]:
    """Half the width and half the height of the upright rectangle around each leaf."""
    length, width = _axes(leaves)
    cos, sin = leaves.angle.cos().abs(), leaves.angle.sin().abs()
    square = leaves.outline == OUTLINES.index("square")
    return (
        (length * cos + width * sin).where(square, torch.hypot(length * cos, width * sin)),
        (length * sin + width * cos).where(square, torch.hypot(length * sin, width * cos)),
    )


def _span(centre: Tensor, half: Tensor, points: int) -> tuple[Tensor, Tensor]:
    """First grid point, and number of grid points, that a leaf can cover along one edge."""
    half = half + 1e-3 / points  # for rounding
    first = ((centre - half) * points - 0.5).ceil().clamp(min=0).long()
    last = ((centre + half) * points - 0.5).floor().clamp(max=points - 1).long()
    return first, last - first + 1


def _lay(
    top: Tensor, leaves: Leaves, some: tuple[Tensor, Tensor], corner: list[Tensor], box: int
) -> None:
    """Lay some leaves, each into a box of `box` x `box` points, onto the topmost so far.

    `some` are their images and ranks, `corner` the first column and the first row of each box.
    """
    image, rank = (one[:, None, None] for one in some)
    points, ground = top.shape[-1], leaves.x.shape[1] - 1
    offsets = torch.arange(box, device=top.device)
    columns, rows = corner[0][:, None, None] + offsets, corner[1][:, None, None] + offsets[:, None]
    inside = _cover(leaves, (image, rank), (columns + 0.5) / points, (rows + 0.5) / points)
    fragments = rank.int().where(inside, ground)
    places = (image * points + rows) * points + columns
    top.view(-1).scatter_reduce_(0, places.flatten(), fragments.flatten(), "amin")


def _cover(leaves: Leaves, which: tuple[Tensor, Tensor], x: Tensor, y: Tensor) -> Tensor:
    """Whether some leaves cover points, all broadcast against each other."""
    length, width = (one[which] for one in _axes(leaves))
    right, down = x - leaves.x[which], y - leaves.y[which]
    cos, sin = leaves.angle[which].cos(), leaves.angle[which].sin()
    # Products are of columns and of rows, so each point costs sums only.
    along = (right * (cos / length) + down * (sin / length)).square()
    across = (down * (cos / width) - right * (sin / width)).square()
    rounded = (leaves.outline[which] != OUTLINES.index("square")).float()
    return torch.maximum(along, across) + rounded * torch.minimum(along, across) <= 1


def coloured(leaves: Leaves, visible: Tensor) -> Tensor:
    """Colour each point by its leaf, float32 in [0, 1] of shape (images, 3, points, points).

    Parameters
    ----------
    leaves : of the images.
    visible : which leaf shows at each point, shape (images, points, points).
    """
    points = visible.shape[-1]
    which = visible.flatten(1)
    x = (torch.arange(points, device=which.device) + 0.5) / points
    y = x[:, None]
    # Positions along and across a leaf, in wavelengths: first what is common to all its points.
    wave = 2 * math.pi / (WAVELENGTH * leaves.radius)
    cos, sin = wave * leaves.angle.cos(), wave * leaves.angle.sin()
    common = (cos, sin, cos * leaves.x + sin * leaves.y, cos * leaves.y - sin * leaves.x)
    cos, sin, along, across = (one.gather(1, which).reshape(visible.shape) for one in common)
    along, across = cos * x + sin * y - along, cos * y - sin * x - across
    stripes, checks = along.cos(), math.sqrt(2) * along.cos() * across.cos()
    rings = torch.hypot(along, across).cos()
    spokes = (SPOKES * torch.atan2(across, along)).cos()
    texture = leaves.texture.gather(1, which).reshape(1, *visible.shape)
    pattern = torch.stack([stripes, checks, rings, spokes]).gather(0, texture)
    colours = leaves.colours.transpose(1, 2).gather(2, which.unsqueeze(1).expand(-1, 3, -1))
    return colours.reshape(-1, 3, points, points) + CONTRAST * pattern.transpose(0, 1)
