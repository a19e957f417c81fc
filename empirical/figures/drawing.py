"""Plots in the manner of the paper's figures."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from empirical.measures.image_measures import Floats
from empirical.measures.trained import Sweep
from running.plots import (
    COLOURS,
    bar_style,
    is_narrow,
    legend_outside,
    new_figure,
    readable,
)


def growth_figure(
    dimensions: Sequence[int], panels: Mapping[str, Sequence[Floats]], *, title: str
) -> Figure:
    """Quantities of trained networks against sqrt(d), one panel each, as in Figure 1.

    Parameters
    ----------
    dimensions : input dimensions d.
    panels : for each y-label the values of all networks at each dimension.
    title : over both panels.
    """
    figure, places = side_by_side(len(panels))
    roots = np.sqrt(dimensions)
    for axes, (label, values) in zip(places, panels.items(), strict=True):
        low, median, high = np.transpose([np.quantile(some, (0.1, 0.5, 0.9)) for some in values])
        # The points stand beside the bars, or one would hide the other.
        axes.plot(
            np.repeat(roots - 0.02 * roots[-1], [len(some) for some in values]),
            np.concatenate(values),
            linestyle="none",
            marker="o",
            color=COLOURS[0],
            alpha=0.5,
            markeredgewidth=0,
            label="one network",
        )
        axes.errorbar(
            roots,
            median,
            (median - low, high - median),
            **bar_style() | {"linestyle": "--"},
            color=COLOURS[0],
            marker="s",
            label="median, 10th to 90th percentile",
        )
        line = np.array([0.0, roots[-1] * 1.05])
        axes.plot(
            line,
            line * median.sum() / roots.sum(),
            color="0.45",
            label="proportional to √d",
        )
        axes.set_xlim(0, line[-1])
        axes.set_ylim(0, None)
        axes.set_xticks(roots, [f"{root:.3g}" for root in roots])
        readable(axes, x_label="√d, d = number of input values", y_label=label)
    figure.suptitle(title)
    legend_outside(figure, "lower", *axes.get_legend_handles_labels(), columns=3)
    return figure


def side_by_side(panels: int) -> tuple[Figure, Sequence[Axes]]:
    """Return a figure with panels in a row, or on a narrow page one below the other."""
    figure = new_figure(0.51, narrow=0.75 * panels)
    grid = figure.subplots(panels, 1) if is_narrow() else figure.subplots(1, panels)
    return figure, list(grid)


def sweep_title(sweep: Sweep) -> str:
    """Name a sweep in a figure's title: the experiment, and which images in their first words."""
    images = sweep.data.partition(",")[0]
    return f"{sweep.name}: {len(sweep.networks)} networks, {images}"
