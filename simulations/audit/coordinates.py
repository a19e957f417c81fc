"""Whether every input coordinate counts the same, as (S) says, and which pixels count more."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.intervals import Interval
from evidence.spread import group_ratio_interval, spread_interval
from simulations.audit.sampling import AuditSample
from simulations.reports.coordinate_maps import Map, relative_map

INTERVALS = 2
"""Of each size: the spread, and the border's share."""

EVEN = 0.1
"""Spread over the coordinates up to which (S) is said to hold."""

BORDER = 8
"""The border is as many pixels wide as an edge has, divided by this."""

PERIOD = 8
"""Pixels after which the pattern that strides leave is taken to repeat itself."""

MOST_PARTS = 64
"""Parts of the networks that intervals over coordinates are computed from."""


@dataclass(frozen=True, kw_only=True)
class Coordinates:
    """E[(∂_i L)²] over the input's coordinates i, at one size.

    Attributes
    ----------
    spread : its standard deviation over its mean, 0 under (S); None where it was not kept apart.
    border : its mean over the pixels near the border, over that of the others; None for inputs
        that are no images.
    pixels : averaged over the channels and divided by its mean, shape (height, width).
    pattern : `pixels` averaged over all that lie equally in the grid of `PERIOD` x `PERIOD`
        pixels, the border left out and divided by their mean; None for small images.
    """

    spread: Interval | None
    border: Interval | None = None
    pixels: Map | None = None
    pattern: Map | None = None

    @property
    def symmetry(self) -> str:
        """What the spread says of (S): "holds", "fails" or "cannot be told"."""
        if self.spread is None:
            return "cannot be told"
        if self.spread.low > EVEN:
            return "fails"
        return "holds" if self.spread.high <= EVEN else "cannot be told"


def coordinates(sample: AuditSample, shape: Sequence[int], error: float) -> Coordinates:
    """Compare the coordinates of one size.

    Parameters
    ----------
    sample : of the network as it is.
    shape : of one input.
    error : level of each interval.
    """
    if not sample.squares.any():
        return Coordinates(spread=None)
    starts = np.arange(0, len(sample.squares), -(-len(sample.squares) // MOST_PARTS))
    sums = np.add.reduceat(sample.squares, starts, axis=0, dtype=np.float64)
    counts = np.add.reduceat(sample.counts, starts)
    spread = spread_interval(sums, counts, error)
    if len(shape) != 3 or min(shape[1:]) < 4:
        return Coordinates(spread=spread)
    pixels = relative_map(sums.sum(0), shape)
    near = _near_border(pixels.shape)
    channels = np.broadcast_to(near, tuple(shape)).ravel()
    are_positive = [np.count_nonzero(sums[:, group].any(1)) > 1 for group in (channels, ~channels)]
    return Coordinates(
        spread=spread,
        border=(
            group_ratio_interval(sums, counts, channels, ~channels, error)
            if all(are_positive)
            else None
        ),
        pixels=pixels,
        pattern=_pattern(pixels, near),
    )


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
