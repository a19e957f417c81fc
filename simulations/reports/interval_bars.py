"""Error bars of intervals, also of those without an end."""

import math
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from evidence.intervals import Equivalence, Interval

ARROWS = "; an arrow: no end on that side"
"""For a legend that says what the bars are."""

ROOM = 0.2
"""Of the axis, on either side of the data, for arrows to be seen."""


def error_bars(
    axes: Axes,
    places: Sequence[float],
    intervals: Sequence[Interval] | Sequence[Equivalence],
    *,
    upright: bool,
    **style: Any,  # noqa: ANN401
) -> bool:
    """Draw estimates with bars; one without an end is an arrow to the edge of the axes.

    Parameters
    ----------
    axes : where they are drawn.
    places : on the other axis, one an interval.
    intervals : whose estimates are numbers, above 0 if upright.
    upright : whether the bars are. They are of positive quantities then, for which an end at 0 or
        below says nothing, and is none.
    style : of `Axes.errorbar`.

    Returns
    -------
    Whether there are arrows, of which the legend must say `ARROWS`.
    """
    lowest = 0.0 if upright else -math.inf
    lengths = np.zeros((2, len(intervals)))
    arrows = []
    for index, (place, one) in enumerate(zip(places, intervals, strict=True)):
        has_ends = one.low > lowest, one.high < math.inf
        for side, (has_end, end) in enumerate(zip(has_ends, (one.low, one.high), strict=True)):
            if has_end:
                lengths[side, index] = abs(end - one.estimate)
            else:
                arrows.append((place, one.estimate, side))
    estimates = [one.estimate for one in intervals]
    if upright:
        axes.errorbar(places, estimates, yerr=lengths, **style)
    else:
        axes.errorbar(estimates, places, xerr=lengths, **style)
    for place, estimate, edge in arrows:
        arrow = axes.annotate(
            "",
            xy=(place, edge) if upright else (edge, place),
            xycoords=axes.get_xaxis_transform() if upright else axes.get_yaxis_transform(),
            xytext=(place, estimate) if upright else (estimate, place),
            textcoords="data",
            arrowprops={
                "arrowstyle": "->",
                "color": style["color"],
                "linewidth": mpl.rcParams["lines.linewidth"],
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
        arrow.set_in_layout(False)
    if arrows:
        (axes.set_ymargin if upright else axes.set_xmargin)(ROOM)
    return bool(arrows)
