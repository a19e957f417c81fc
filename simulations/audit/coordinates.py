"""Whether every input coordinate counts the same, as (S) says, and which pixels count more."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.intervals import Interval
from evidence.spread import LEAST_IN_A_BLOCK, group_ratio_interval, spread_interval
from simulations.audit.sampling import AuditSample
from simulations.reports.coordinate_maps import Map, relative_map

INTERVALS = 2
"""Of `symmetry`: the spread, and the border's share."""

EVEN = 0.1
"""Spread over the coordinates up to which (S) is said to hold."""

BORDER = 8
"""The border is as many pixels wide as an edge has, divided by this."""

PERIOD = 8
"""Pixels after which the pattern that strides leave is taken to repeat itself."""

MOST_PARTS = 64
"""Parts of the networks that intervals over coordinates are computed from."""


@dataclass(frozen=True, kw_only=True)
class Symmetry:
    """How much E[(∂_i L)²] differs over the input's coordinates i.

    Attributes
    ----------
    networks : how many it is from.
    spread : its standard deviation over its mean, 0 under (S); None where it was not kept apart.
    border : its mean over the pixels near the border, over that of the others; None for inputs
        that are no images.
    """

    networks: int
    spread: Interval | None
    border: Interval | None = None

    @property
    def verdict(self) -> str:
        """What the spread says of (S): "holds", "fails" or "cannot be told"."""
        if self.spread is None:
            return "cannot be told"
        if self.spread.low > EVEN:
            return "fails"
        return "holds" if self.spread.high <= EVEN else "cannot be told"


@dataclass(frozen=True, kw_only=True)
class PixelMap:
    """Where in an image of one size the gradient is large.

    Attributes
    ----------
    networks : how many it is from.
    pixels : E[(∂_i L)²], averaged over the channels and divided by its mean, shape (height, width).
    pattern : `pixels` averaged over all that lie equally in the grid of `PERIOD` x `PERIOD`
        pixels, the border left out and divided by their mean; None for small images.
    """

    networks: int
    pixels: Map
    pattern: Map | None


def symmetry(sample: AuditSample, shape: Sequence[int], error: float) -> Symmetry:
    """Compare the coordinates of one size.

    Parameters
    ----------
    sample : of the network as it is.
    shape : of one input.
    error : level of each interval.
    """
    networks = int(sample.counts.sum())
    if not sample.squares.any():
        return Symmetry(networks=networks, spread=None)
    # As equal as blocks allow, none below what the intervals were measured with.
    parts = min(MOST_PARTS, max(1, networks // LEAST_IN_A_BLOCK))
    starts = np.arange(parts) * len(sample.counts) // parts
    sums = np.add.reduceat(sample.squares, starts, axis=0, dtype=np.float64)
    counts = np.add.reduceat(sample.counts, starts)
    border = None
    if _is_image(shape):
        near = np.broadcast_to(_near_border(shape[1:]), tuple(shape)).ravel()
        if all(np.count_nonzero(sums[:, group].any(1)) > 1 for group in (near, ~near)):
            border = group_ratio_interval(sums, counts, near, ~near, error)
    return Symmetry(networks=networks, spread=spread_interval(sums, counts, error), border=border)


def pixel_map(sample: AuditSample, shape: Sequence[int]) -> PixelMap | None:
    """Map the pixels of one size; None for what is no image, and where no gradient was kept.

    Parameters
    ----------
    sample, shape : as in `symmetry`.
    """
    if not _is_image(shape) or not sample.squares.any():
        return None
    pixels = relative_map(sample.squares.sum(0, dtype=np.float64), shape)
    return PixelMap(
        networks=int(sample.counts.sum()),
        pixels=pixels,
        pattern=_pattern(pixels, _near_border(pixels.shape)),
    )


def _is_image(shape: Sequence[int]) -> bool:
    return len(shape) == 3 and min(shape[1:]) >= 4


def _near_border(shape: Sequence[int]) -> NDArray[np.bool_]:
    near = np.ones(tuple(shape), dtype=bool)
    inside = tuple(slice(max(1, edge // BORDER), edge - max(1, edge // BORDER)) for edge in shape)
    near[inside] = False
    return near


def _pattern(pixels: Map, near: NDArray[np.bool_]) -> Map | None:
    if min(pixels.shape) < 4 * PERIOD:
        return None
    inside = np.where(near, np.nan, pixels)
    rows, columns = (edge // PERIOD for edge in pixels.shape)
    tiles = inside[: rows * PERIOD, : columns * PERIOD].reshape(rows, PERIOD, columns, PERIOD)
    pattern = np.nanmean(tiles, axis=(0, 2))
    return np.asarray(pattern / pattern.mean()) if pattern.any() else None
