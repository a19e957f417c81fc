"""What all plots have in common: colours, tick labels, labels with indices, legends."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

if TYPE_CHECKING:
    from matplotlib.artist import Artist

# Okabe and Ito's palette, told apart with every common colour-vision deficiency (Okabe & Ito 2008,
# "Color Universal Design"); yellow is left out, too pale on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P")


Grid: TypeAlias = Literal["both", "x", "y"]


def readable(axes: Axes, *, x_label: str = "", y_label: str = "", grid: Grid = "both") -> None:
    """Write labels and ticks large enough to print, and draw a grid behind the data.

    Parameters
    ----------
    axes : which ones.
    x_label, y_label : with units where there are any.
    grid : "both", "x" or "y": across which axes there are lines, at major ticks.
    """
    axes.set_xlabel(x_label, fontsize=12)
    axes.set_ylabel(y_label, fontsize=12)
    axes.tick_params(labelsize=11)
    axes.grid(True, which="major", axis=grid, color="0.9")
    axes.set_axisbelow(True)


def legend_outside(
    figure: Figure,
    where: Literal["upper", "lower"],
    handles: "Sequence[Artist]",
    labels: Sequence[str],
    *,
    columns: int,
    title: str | None = None,
) -> None:
    """Put a legend above or below all axes, so that it can never lie over the data."""
    figure.legend(
        handles,
        labels,
        loc="outside upper center" if where == "upper" else "outside lower center",
        ncols=columns,
        fontsize=11,
        title=title,
        title_fontsize=11,
        frameon=False,
    )


class PlainLogFormatter(LogFormatter):
    """Labels the ticks that matplotlib would, with plain numbers: 20, not 2 x 10^1."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the label of a tick at x, empty where there is none."""
        return f"{x:.4g}" if super().__call__(x, pos) else ""


def typeset(label: str) -> str:
    """Lower what follows "_" and raise what follows "^", unless there is mathematics already."""
    if "$" in label:
        return label
    return re.sub(r"([_^])(\w|∞)", r"$\1{\2}$", label)
