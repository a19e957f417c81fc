"""Figure 3, from a sweep over pooling layers."""

import numpy as np
from matplotlib.figure import Figure

from empirical.figures.drawing import side_by_side, sweep_title
from empirical.measures.figure_cells import cells_by_pooling
from empirical.measures.trained import Sweep
from evidence.levels import FIGURE_ERROR
from evidence.two_level import two_level_interval
from running.plots import COLOURS, bar_style, legend_outside, readable, together

_WIDTH = 0.24  # over which a cell's points are spread, left of its mean


def figure_3(sweep: Sweep) -> Figure:
    """Draw accuracy (left) and vulnerability (right) of each network by its pooling layers.

    Beside the points stand their mean and its 95 % interval over networks and images.

    Parameters
    ----------
    sweep : of the three networks of Figure 3, alike in all else.

    Raises
    ------
    ValueError : another sweep.
    """
    cells = cells_by_pooling(sweep)
    figure, places = side_by_side(2)
    labels = {
        "correct": "accuracy before the attack (%)",
        "changed": f"vulnerability to FGSM, {together(f'ε = {sweep.epsilon:.3g} (%)')}",
    }
    panels = zip(places, labels.items(), strict=True)
    for axes, (measure, label) in panels:
        for place, cell in enumerate(cells.values()):
            samples = 100 * sweep.array(cell, measure)
            values = np.sort(samples.mean(axis=1))
            (points,) = axes.plot(
                place - 0.05 - _WIDTH * np.linspace(1, 0, len(values)),
                values,
                linestyle="none",
                marker="o",
                color=COLOURS[0],
                alpha=0.5,
                markeredgewidth=0,
            )
            mean = two_level_interval(samples / 100, FIGURE_ERROR).scaled(100)
            low, high = max(0.0, mean.low), min(100.0, mean.high)  # infinite ends, too
            bars = axes.errorbar(
                place + 0.12,
                mean.estimate,
                [[mean.estimate - low], [high - mean.estimate]],
                color=COLOURS[1],
                marker="s",
                **bar_style(),
            )
        axes.set_xticks(range(len(cells)), list(cells))
        axes.set_xlim(-0.6, len(cells) - 0.4)
        readable(axes, x_label="pooling layers", y_label=label, grid="y")
    axes.set_ylim(0, None)
    figure.suptitle(sweep_title(sweep))
    names = ["one network, on held-out images", "mean, 95 % interval over networks and images"]
    legend_outside(figure, "lower", [points, bars], names, columns=2)
    return figure
