"""Plots in the manner of the paper's figures."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from empirical.measures.image_measures import Floats
from empirical.measures.trained import Sweep
from running.plots import COLOURS, legend_outside, readable


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
    figure = Figure(figsize=(9, 4.6), layout="constrained")
    roots = np.sqrt(dimensions)
    for axes, (label, values) in zip(figure.subplots(1, len(panels)), panels.items(), strict=True):
        low, median, high = np.transpose([np.quantile(some, (0.1, 0.5, 0.9)) for some in values])
        # The points stand beside the bars, or one would hide the other.
        axes.plot(
            np.repeat(roots - 0.02 * roots[-1], [len(some) for some in values]),
            np.concatenate(values),
            linestyle="none",
            marker="o",
            markersize=4,
            color=COLOURS[0],
            alpha=0.5,
            markeredgewidth=0,
            label="one network",
        )
        axes.errorbar(
            roots,
            median,
            (median - low, high - median),
            color=COLOURS[0],
            linestyle="--",
            marker="s",
            markersize=5,
            capsize=5,
            label="median, 10th to 90th percentile",
        )
        line = np.array([0.0, roots[-1] * 1.05])
        axes.plot(
            line,
            line * median.sum() / roots.sum(),
            color="0.45",
            linewidth=1.2,
            label="proportional to √d",
        )
        axes.set_xlim(0, line[-1])
        axes.set_ylim(0, None)
        axes.set_xticks(roots, [f"{root:.3g}" for root in roots])
        readable(axes, x_label="√d, d = number of input values", y_label=label)
    figure.suptitle(title, fontsize=12)
    legend_outside(figure, "lower", *axes.get_legend_handles_labels(), columns=3)
    return figure


def sweep_title(sweep: Sweep) -> str:
    """Name a sweep in a figure's title: the experiment, and which images in their first words."""
    images = sweep.data.partition(",")[0]
    return f"{sweep.name}: {len(sweep.networks)} networks, {images}"
