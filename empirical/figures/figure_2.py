"""Figure 2: gradient norm, vulnerability and accuracy of six ways to train, in six panels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from empirical.measures.cell_intervals import cell_interval
from empirical.measures.curves import plain
from empirical.measures.figure_cells import require_drawable
from empirical.measures.trained import Cell, Sweep
from evidence.intervals import Interval
from evidence.levels import FIGURE_ERROR
from running.plots import COLOURS, PAGE, bar_style, legend_outside, new_figure, together

CROSS_LIPSCHITZ = "cross-lipschitz"


class Style(NamedTuple):
    """How matplotlib draws the networks of one method."""

    label: str
    colour: str
    marker: str
    line: str


_INFINITE, _SQUARE, _CROSS = COLOURS[0], COLOURS[1], COLOURS[2]
STYLES = {
    "linf-augmentation": Style("adversarial augmentation, p = ∞", _INFINITE, "s", "-"),
    "l1-penalty": Style("gradient penalty, q = 1", _INFINITE, "o", "--"),
    "linf-through-attack": Style("through the attack, p = ∞", _INFINITE, "^", ":"),
    "linf-pgd": Style("PGD, p = ∞", _INFINITE, "D", "-."),
    "l2-augmentation": Style("adversarial augmentation, p = 2", _SQUARE, "s", "-"),
    "l2-penalty": Style("gradient penalty, q = 2", _SQUARE, "o", "--"),
    "l2-through-attack": Style("through the attack, p = 2", _SQUARE, "^", ":"),
    "l2-pgd": Style("PGD, p = 2", _SQUARE, "D", "-."),
    CROSS_LIPSCHITZ: Style("cross-Lipschitz (its own ε: upper axes)", _CROSS, "v", "-"),
}
"""Of each method: one colour a norm, one line a way to train."""

PLAIN = Style("plain training", "black", "*", "")


@dataclass(frozen=True, kw_only=True)
class _Quantity:
    label: str
    measure: str


_UNIT = together("(nats per s.d.)")
_NORM = _Quantity(
    label=f"mean l$_1$-norm of ∂$_x$L {_UNIT}",
    measure="gradient_norm",
)
_NORM_2 = _Quantity(
    label=f"mean l$_2$-norm of ∂$_x$L {_UNIT}",
    measure="gradient_norm_l2",
)
_SHARE = _Quantity(label="vulnerability (%)", measure="changed")
_RIGHT = _Quantity(label="accuracy before attack (%)", measure="correct")

_AGAINST_STRENGTH = (_NORM, _SHARE, _RIGHT)
_AGAINST_EACH_OTHER = ((_NORM, _SHARE), (_NORM, _NORM_2), (_SHARE, _RIGHT))

_Points: TypeAlias = Sequence[Interval]


def figure_2(sweep: Sweep) -> Figure:
    """Draw Figure 2 from a sweep.

    Panels a to c show the mean l1-norm, vulnerability and accuracy over ε_∞ of Eq. 5; d to f show
    vulnerability over l1-norm, l2-norm over l1-norm, and accuracy over vulnerability. A point is a
    cell's mean over networks and held-out images, with its two-level 95 % interval as bars, which
    reach beyond a panel where a cell has few networks. Plain training is a line above and a star
    below. The strength of cross-Lipschitz has another unit and an axis of its own.

    Parameters
    ----------
    sweep : networks of plain training and of one regularizer or more.

    Raises
    ------
    ValueError : no plain training, no regularized cell, or a mean gradient that is 0.
    """
    require_drawable("figure-2", sweep.cells())
    start = plain(sweep)
    cells = sorted(sweep.cells(), key=lambda cell: cell.epsilon)
    methods = {cell.method for cell in cells}
    by_method = {m: [cell for cell in cells if cell.method == m] for m in STYLES if m in methods}
    figure = new_figure(0.75, least=PAGE)  # six panels find no room in a column
    panels = figure.subplots(2, 3)
    for axes, quantity in zip(panels[0], _AGAINST_STRENGTH, strict=True):
        _over_strength(axes, sweep, by_method, start, quantity)
    for axes, (across, up) in zip(panels[1], _AGAINST_EACH_OTHER, strict=True):
        _over_each_other(axes, sweep, by_method, start, across, up)
    for axes, letter in zip(panels.ravel(), "abcdef", strict=True):
        axes.set_title(f"({letter})", loc="left")
        axes.grid(True, color="0.92")
        axes.set_axisbelow(True)
    legend_outside(
        figure,
        "lower",
        *panels[1, 0].get_legend_handles_labels(),
        columns=4,
        title="points: means over networks and held-out images; bars, and grey for plain training: "
        f"95 % intervals over both; FGSM of size {sweep.epsilon:g} s.d. of a pixel",
    )
    figure.suptitle(f"{sweep.name}: {start.network}, {start.size} px")
    return figure


def _over_strength(
    axes: Axes, sweep: Sweep, by_method: dict[str, list[Cell]], start: Cell, quantity: _Quantity
) -> None:
    """Draw one of panels a to c, with plain training as a line and a band."""
    line = _interval(sweep, start, quantity)
    points = {
        method: [_interval(sweep, cell, quantity) for cell in cells]
        for method, cells in by_method.items()
    }
    _limits(axes, "y", [line, *chain.from_iterable(points.values())], quantity)
    axes.axhspan(line.low, _high(line, axes.get_ylim()[1]), color="0.88", linewidth=0)
    axes.axhline(line.estimate, color="black", linestyle=(0, (4, 3)))
    axes.set_xscale("log")
    strengths = sorted(
        {
            cell.epsilon
            for method, cells in by_method.items()
            if method != CROSS_LIPSCHITZ
            for cell in cells
        }
    )
    if len(strengths) == 1:  # from which no width of an axis follows
        axes.set_xlim(strengths[0] / 2, 2 * strengths[0])
    own = axes.twiny() if CROSS_LIPSCHITZ in by_method else None
    for index, (method, cells) in enumerate(by_method.items()):
        on = own if method == CROSS_LIPSCHITZ and own is not None else axes
        # Side by side, or the bars of equal strengths would hide each other.
        apart = 1.025 ** (index - (len(by_method) - 1) / 2)
        _curve(on, method, [apart * cell.epsilon for cell in cells], points[method])
    axes.set_xticks(strengths, [f"{epsilon:g}" for epsilon in strengths])
    axes.tick_params(axis="x", which="minor", bottom=False, labelbottom=False)
    axes.set_xlabel(f"ε$_∞$ = ε$_p$ d$^{{-1/p}}$ {together('(s.d. of a pixel)')}")
    if own is not None:
        own.set_xscale("log")
        own.set_xlabel(f"ε of cross-Lipschitz {together('(nats s.d.²)')}", color=_CROSS)
        own.tick_params(axis="x", colors=_CROSS)


def _over_each_other(
    axes: Axes,
    sweep: Sweep,
    by_method: dict[str, list[Cell]],
    start: Cell,
    across: _Quantity,
    up: _Quantity,
) -> None:
    """Draw one of panels d to f, with plain training as a star."""
    drawn: dict[str, tuple[_Points, _Points]] = {}
    for method, cells in {**by_method, "plain": [start]}.items():
        x, y = ([_interval(sweep, cell, quantity) for cell in cells] for quantity in (across, up))
        drawn[method] = (x, y)
    for letter, quantity, which in (("x", across, 0), ("y", up, 1)):
        _limits(axes, letter, [p for both in drawn.values() for p in both[which]], quantity)
    for method, (wide, high) in drawn.items():
        _curve(axes, method, [point.estimate for point in wide], high, x_bars=wide)
    axes.set_xlabel(across.label)


def _curve(
    axes: Axes, method: str, x: Sequence[float], points: _Points, *, x_bars: _Points | None = None
) -> None:
    """Draw one method's points in a panel whose limits are set."""
    style = STYLES.get(method, PLAIN)
    y = [point.estimate for point in points]
    bars = axes.errorbar(
        x,
        y,
        yerr=_lengths(points, axes.get_ylim()[1]),
        xerr=None if x_bars is None else _lengths(x_bars, axes.get_xlim()[1]),
        **bar_style() | {"linestyle": style.line or "none"},
        color=style.colour,
        marker=style.marker,
        markersize=mpl.rcParams["lines.markersize"] * (2 if method == "plain" else 1),
        markerfacecolor=style.colour if style.line in ("-", "") else "white",
        elinewidth=0.6 * mpl.rcParams["lines.linewidth"],
        label=style.label,
        zorder=4 if method == "plain" else 3,
    )
    for part in (*bars[1], *bars[2]):
        part.set_alpha(0.55)


def _interval(sweep: Sweep, cell: Cell, quantity: _Quantity) -> Interval:
    return cell_interval(sweep, cell, quantity.measure, FIGURE_ERROR)


def _lengths(points: _Points, end: float) -> list[list[float]]:
    """Lengths of the bars below and above, in a panel with that upper end."""
    return [
        [p.estimate - p.low for p in points],
        [_high(p, end) - p.estimate for p in points],
    ]


def _high(point: Interval, end: float) -> float:
    """Return the upper end of an interval; where it is infinite, one beyond the panel's."""
    return point.high if math.isfinite(point.high) else 2 * end


def _limits(axes: Axes, letter: str, points: _Points, quantity: _Quantity) -> None:
    """Show every point, and of the bars what lies not too far from them."""
    estimates = np.array([point.estimate for point in points])
    low, high = estimates.min(), estimates.max()
    room = 0.15 * max(high - low, 0.02 * high, 1e-9)
    # Norms and shares of changes start at 0; accuracies far from it.
    bottom = low - room if quantity is _RIGHT else 0.0
    axes.set(**{f"{letter}lim": (bottom, high + room)})
    if letter == "y":
        axes.set_ylabel(quantity.label)
