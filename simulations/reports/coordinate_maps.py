"""Where in an image the gradient is large: maps of E[(∂_x f_0)²] over the pixels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from running.plots import new_figure, typeset

MOST_MAPS = 4

Map = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class CoordinateMap:
    """One size of an image, each map relative to its own mean.

    Attributes
    ----------
    measured : shape (height, width).
    predicted : of the same shape; None without a prediction.
    networks : how many were averaged.
    """

    measured: Map
    predicted: Map | None
    networks: int


def relative_map(moments: NDArray[np.floating], shape: Sequence[int]) -> Map:
    """Average E[(∂_x f_0)²] over the channels and divide it by its mean over the pixels.

    Parameters
    ----------
    moments : of each coordinate, up to a constant factor, (channels · height · width) in all.
    shape : (channels, height, width).

    Raises
    ------
    ValueError : moments that are 0 everywhere.
    """
    pixels = np.asarray(moments, dtype=np.float64).reshape(tuple(shape)).mean(axis=0)
    if not pixels.any():
        raise ValueError("a map needs a gradient that is not 0 everywhere")
    return np.asarray(pixels / pixels.mean())


def coordinate_map_plot(maps: Sequence[CoordinateMap]) -> Figure:
    """Draw measured maps, and the predicted ones underneath, with one scale of colours.

    Parameters
    ----------
    maps : from left to right, `MOST_MAPS` at most.

    Raises
    ------
    ValueError : no maps, or too many.
    """
    if not 1 <= len(maps) <= MOST_MAPS:
        raise ValueError(f"a figure holds 1 to {MOST_MAPS} maps, not {len(maps)}")
    rows: list[list[Map | None]] = [[each.measured for each in maps]]
    if any(each.predicted is not None for each in maps):
        rows.append([each.predicted for each in maps])
    highest = max(float(shown.max()) for row in rows for shown in row if shown is not None)
    edge = 0.78 / max(len(maps), 2)  # of the width, beside the colour bar
    figure = new_figure((edge + 0.03) * len(rows) + 0.1)
    grid = figure.subplots(len(rows), len(maps), squeeze=False)
    for row, name, line in zip(grid, ("measured", "predicted"), rows, strict=False):
        for axes, drawn in zip(row, line, strict=True):
            axes.set_xticks([])
            axes.set_yticks([])
            if drawn is None:
                axes.set_frame_on(False)
                axes.text(0.5, 0.5, "no prediction", ha="center", transform=axes.transAxes)
                continue
            image = axes.imshow(drawn, vmin=0, vmax=highest, interpolation="nearest")
        row[0].set_ylabel(name)
    for axes, one in zip(grid[0], maps, strict=True):
        height, width = one.measured.shape
        axes.set_title(f"{height} × {width} pixels")
    bar = figure.colorbar(image, ax=grid, shrink=0.85)
    bar.set_label(typeset("E[(∂_x f)²], relative to its mean"))
    figure.suptitle(f"averages over {maps[0].networks:,} networks and the channels")
    return figure
