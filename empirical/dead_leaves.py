"""Dead leaves: procedural images with the scale-invariant statistics of natural ones.

Opaque leaves fall on one another at uniform places. Where their radii have the density r^-3, each
octave of radii covers the same area, and the image looks alike at all scales between the smallest
and the largest leaf (Lee, Mumford & Huang 2001, Int. J. Comput. Vision 41). Appendix C of the
paper rests on this invariance. Outlines and textures are given in units of a leaf's radius, and
radii in sides of the image, so the scene, and with it the class, is the same at every resolution.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from empirical.images import ImageData
from simulations.image_files import DataError
from simulations.randomness import stream

OUTLINES = ("disc", "square", "ellipse")
TEXTURES = ("stripes", "checks", "rings", "spokes")

MOST_CLASSES = len(OUTLINES) * len(TEXTURES)
"""As many as in the data set of the paper's Figure 1."""

CLASSES = len(TEXTURES)
"""Unless more are wanted: discs of each texture. Outlines are much harder to tell at 32 pixels."""

TRAINING_IMAGES = 4_000
HELD_OUT_IMAGES = 1_200

SMALLEST, LARGEST = 1 / 64, 1.0
"""Radii of the smallest and the largest leaf, in sides of the image."""

PURE = 0.8
"""Share of the leaves that show the class of the image; the others show any, at random."""

DEPTH = 6.0
"""Leaves over each point, on average; where none is (1 point in 400), the ground shows."""

ASPECT = 3.0
"""Length of an ellipse over its width."""

WAVELENGTH = 1.0
"""Of stripes, checks and rings, in radii."""

SPOKES = 4
"""Waves around the centre of a leaf with spokes."""

CONTRAST = 0.15
"""Standard deviation of a texture times √2, the same for all, in a range of pixels of 1."""

REACH = math.sqrt(ASPECT)
"""How far a leaf reaches from its centre at most, in radii of the disc of the same area."""

GRID = 192
"""Points along one side of the coarsest grid, three to a smallest radius.

With it, pixels at 16 to 256 px are off by less than 9 % of their standard deviation from what a
very fine grid gives; with 64 points those at 32 px were off by 24 %.
"""

_AT_ONCE = 2**18  # points, or fragments: a few MB
_COLUMNS = 11  # random numbers for each leaf


def read_dead_leaves(
    seed: int,
    *,
    size: int,
    classes: int = CLASSES,
    train: int = TRAINING_IMAGES,
    held_out: int = HELD_OUT_IMAGES,
    device: torch.device | str = "cpu",
) -> ImageData:
    """Render training and held-out images, as many of each class as of another.

    Parameters
    ----------
    seed : decides all leaves. Training and held-out images have random streams of their own.
    size : pixels along one side.
    classes : 2 to 12; class k has leaves of texture k mod 4 and outline k // 4.
    train, held_out : how many images.
    device : where to render. The images come back to the CPU.

    Raises
    ------
    DataError : another number of classes.
    """
    if not 2 <= classes <= MOST_CLASSES:
        raise DataError(f"dead leaves have 2 to {MOST_CLASSES} classes, not {classes}")
    images = {
        name: dead_leaves(
            seed, name, range(number), size=size, classes=classes, device=device
        ).cpu()
        for name, number in (("train", train), ("held-out", held_out))
    }
    return ImageData(
        name="dead leaves",
        description=(
            f"dead leaves rendered at {size} × {size} pixels from seed {seed}, {classes} classes "
            f"by outline and texture, {train:,} training and {held_out:,} held-out images"
        ),
        train_images=images["train"],
        train_labels=torch.arange(train) % classes,
        held_out_images=images["held-out"],
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
    """
    points = size * max(2, math.ceil(GRID / size))
    images = torch.empty(len(indices), 3, size, size, dtype=torch.uint8, device=device)
    step = max(1, _AT_ONCE // points**2)
    for start in range(0, len(indices), step):
        batch = indices[start : start + step]
        leaves = _fallen(seed, name, batch, classes, device)
        colours = _coloured(leaves, _visible(leaves, points))
        pixels = functional.avg_pool2d(colours, points // size)
        images[start : start + len(batch)] = (255 * pixels).round().to(torch.uint8)
    return images


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


def _fallen(
    seed: int, name: str, indices: range, classes: int, device: torch.device | str
) -> Leaves:
    """Draw the leaves of images: all that fall on an image, in their order, are independent.

    A leaf can show if its centre is within its reach e = REACH r of the image: the number of such
    leaves of radius r is proportional to r^-3 (1 + 2e)^2, a mixture of three powers of e.
    """
    low, high = REACH * SMALLEST, REACH * LARGEST
    masses = [(low**-2 - high**-2) / 2, 4 * (1 / low - 1 / high), 4 * math.log(high / low)]
    covered = math.pi * math.log(high / low) / (REACH**2 * sum(masses))  # by one leaf, on average
    number = math.ceil(DEPTH / covered)
    streams = [stream(seed, "dead-leaves", name, index) for index in indices]
    drawn = torch.stack([torch.rand(number + 1, _COLUMNS, generator=one) for one in streams])
    pick, u, x, y, angle, stray, which, *shades = drawn.to(device).unbind(-1)
    cube = (low**-2 - u * (low**-2 - high**-2)).rsqrt()
    square = 1 / (1 / low - u * (1 / low - 1 / high))
    inverse = low * (high / low) ** u
    pick = pick * sum(masses)
    reach = cube.where(pick < masses[0], square.where(pick < masses[0] + masses[1], inverse))
    own = torch.tensor(indices, device=device).unsqueeze(1) % classes
    label = own.where(stray < PURE, (which * classes).long())
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


def _visible(leaves: Leaves, points: int) -> Tensor:
    """Which leaf shows at each point of a grid, int64 of shape (images, points, points).

    Leaves of like size are laid into boxes of one size, a fragment for each point of a box, and of
    all fragments at a point the topmost stays. So the work is a few times the leaves' area, not
    points times leaves.
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


def _coloured(leaves: Leaves, visible: Tensor) -> Tensor:
    """Colour each point by its leaf, float32 in [0, 1] of shape (images, 3, points, points)."""
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
