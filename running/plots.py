"""What all plots have in common: the page, colours, tick labels, labels with indices, legends."""

import io
import logging
import math
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeAlias

import matplotlib as mpl
from matplotlib import rc_params_from_file
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.style import context
from matplotlib.ticker import LogFormatter

from evidence.errors import UserError, reason_of
from running.places import require_file

# Okabe and Ito's palette, told apart with every common colour-vision deficiency (Okabe & Ito 2008,
# "Color Universal Design"); yellow is left out, too pale on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P")

COLUMN, PAGE = 3.25, 6.75
"""Inches that a column and a page of two columns are wide, as in ICML's proceedings."""

IN_PRINT: dict[str, Any] = {
    "figure.figsize": (PAGE, PAGE),
    "font.size": 8.4,  # which "small" makes 7
    "axes.titlesize": "medium",
    "figure.titlesize": "medium",
    "legend.fontsize": "small",
    "legend.title_fontsize": "small",
    "xtick.labelsize": "small",
    "ytick.labelsize": "small",
    "axes.linewidth": 0.6,
    "grid.linewidth": 0.5,
    "lines.linewidth": 0.9,
    "lines.markersize": 3.5,
    "patch.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
}
"""Matplotlib's settings for a figure that is printed in its own size; sizes are in points."""

MOST_INCHES = 40
"""Of a figure's width; one of many metres would take all memory."""

FALLBACK = "DejaVu Sans"
"""Comes with matplotlib, and has every sign of our labels."""

NARROW = 5.0
"""Inches: narrower figures stand in one column of two."""

LEAST_PLAIN, MOST_PLAIN = 5e-4, 5e4
"""An axis that reaches farther has powers of ten."""

LETTER = 0.55
"""Mean width of a letter, over the size of the font."""

Grid: TypeAlias = Literal["both", "x", "y"]


@contextmanager
def page(*, width: float | None = None, style: Path | None = None) -> Iterator[None]:
    """Draw and save figures for a printed page: in a `with` block, for both.

    Text stays text in SVG, and fonts are embedded as TrueType in PDF.

    Parameters
    ----------
    width : of a figure, in inches; the style's `figure.figsize`, or that of a page, if None.
    style : a matplotlib style file, whose settings replace ours.

    Raises
    ------
    UserError : a style that cannot be read or drawn, or that asks for a font that is not there.
    """
    last = {"svg.fonttype": "none", "pdf.fonttype": 42}
    if width is not None:
        last["figure.figsize"] = (width, width)
    settings = [IN_PRINT, {} if style is None else _settings(style), last]
    try:
        with context(settings):
            _set_fonts(style)
            _require_width()
            yield
    except RuntimeError as error:  # such as no LaTeX
        if style is None:
            raise
        raise _undrawable(style, error) from error


def check_page(*, width: float | None, style: Path | None) -> None:
    """Draw one point with bars and labels in every form, before any long work.

    Raises
    ------
    UserError : as `page`.
    """
    try:
        with page(width=width, style=style), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what does not fit, which is drawn nevertheless
            _draw_one_point()
    except UserError:
        raise
    except Exception as error:  # whatever matplotlib meets on the way
        if style is None:
            raise
        raise _undrawable(style, error) from error


def _draw_one_point() -> None:
    figure = new_figure(0.5)
    axes = figure.subplots()
    axes.errorbar([1], [1], yerr=[0.5], marker="o", label=typeset("E‖∂_x L‖_∞, ε"))
    axes.set(xscale="log", yscale="log")
    readable(axes, x_label="d", y_label="d", grid="both")
    legend_outside(figure, "lower", *axes.get_legend_handles_labels(), columns=1)
    fit_labels(figure)
    for form in ("png", "svg", "pdf"):
        figure.savefig(io.BytesIO(), format=form)


def _undrawable(style: Path, error: Exception) -> UserError:
    return UserError(f"cannot draw with the style {str(style)!r}: {reason_of(error)}")


def _require_width() -> None:
    inches = float(mpl.rcParams["figure.figsize"][0])
    if not 1 <= inches <= MOST_INCHES:
        raise UserError(
            f"figures of {inches:g} in; give a style, or a --width, of 1 to {MOST_INCHES} in"
        )


def _settings(style: Path) -> dict[str, Any]:
    log = logging.getLogger("matplotlib")
    log.addFilter(_refused)
    try:
        require_file(style)
        read: Any = rc_params_from_file(style, fail_on_error=True, use_default_template=False)
        return dict(read)
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read the style {str(style)!r}: {reason_of(error)}") from error
    finally:
        log.removeFilter(_refused)


def _refused(record: logging.LogRecord) -> bool:
    """Raise where matplotlib would log that it leaves a line out."""
    raise ValueError(record.getMessage())


def _set_fonts(style: Path | None) -> None:
    """Have a font behind the style's for signs that it lacks, and indices in the style's font."""
    settings: Any = mpl.rcParams
    families = list(settings["font.family"])
    fonts = [_font(family, style) for family in families]
    settings["font.family"] = [*families, FALLBACK]
    if fonts[0] != FALLBACK and settings["mathtext.fontset"] == "dejavusans":
        pattern = re.sub(r"([\\:,-])", r"\\\1", fonts[0])
        settings["mathtext.fontset"] = "custom"
        for which, kind in (("rm", ""), ("cal", ""), ("it", ":italic"), ("bf", ":bold")):
            settings[f"mathtext.{which}"] = f"{pattern}{kind}"


def _font(family: str, style: Path | None) -> str:
    """Return the font that matplotlib takes for a family, such as "serif"."""
    settings: Any = mpl.rcParams
    names = settings.get(f"font.{family}", [family])
    for name in names:
        if name in fontManager.get_font_names():
            return str(name)
    raise UserError(
        f"the style {str(style)!r} asks for the font {' or '.join(names)}, which is not installed "
        "here; install it, or give another"
    )


def new_figure(height: float, *, narrow: float | None = None, least: float = 0.0) -> Figure:
    """Return an empty figure as wide as the page says.

    Parameters
    ----------
    height : over the width.
    narrow : the same where the figure is no wider than a column; as `height` if None.
    least : width in inches, if that of the page is smaller.
    """
    width = max(mpl.rcParams["figure.figsize"][0], least)
    ratio = narrow if narrow is not None and is_narrow() else height
    return Figure(figsize=(width, ratio * width), layout="constrained")


def is_narrow() -> bool:
    """Say whether the page's figures are as narrow as a column: two panels find no room."""
    return bool(mpl.rcParams["figure.figsize"][0] < NARROW)


def readable(axes: Axes, *, x_label: str = "", y_label: str = "", grid: Grid = "both") -> None:
    """Write the labels of axes, and draw a grid behind the data.

    Parameters
    ----------
    axes : which ones.
    x_label, y_label : with units where there are any.
    grid : "both", "x" or "y": across which axes there are lines, at major ticks.
    """
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(True, which="major", axis=grid, color="0.9")
    axes.set_axisbelow(True)


def bar_style() -> dict[str, Any]:
    """Return how error bars without a line between them are drawn, in proportion to the markers."""
    return {"linestyle": "none", "capsize": mpl.rcParams["lines.markersize"] * 2 / 3}


def legend_outside(
    figure: Figure,
    where: Literal["upper", "lower"],
    handles: Sequence[Any],
    labels: Sequence[str],
    *,
    columns: int,
    title: str = "",
) -> None:
    """Put a legend above or below all axes, so that it can never lie over the data.

    Parameters
    ----------
    figure, where, handles, labels : of the legend.
    columns : at most so many, as far as they find room.
    title : broken into lines where the figure is narrow.
    """
    letters = _letters(figure.get_figwidth(), mpl.rcParams["legend.fontsize"])
    longest = max(map(_length, labels))
    figure.legend(
        handles,
        labels,
        loc="outside upper center" if where == "upper" else "outside lower center",
        ncols=max(1, min(columns, int(letters / (longest + 7)))),  # with a handle before each
        title=broken(title, 0.95 * letters) or None,
        frameon=False,
    )


def broken(text: str, letters: float) -> str:
    """Break a text between words into lines of at most so many letters, if its words allow it.

    Parameters
    ----------
    text : with indices as `typeset` writes them, or without.
    letters : in a line.
    """
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _length(longer) > letters:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def together(text: str) -> str:
    """Keep the words of a part of a label on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def fit_labels(figure: Figure) -> None:
    """Break titles, and labels that are longer than their axes, into lines."""
    for _ in range(2):  # lines take room, so that the axes shrink
        figure.draw_without_rendering()
        rooms = [(text, figure.bbox.width) for text in figure.texts]
        for axes in figure.axes:
            rooms += [(axes.xaxis.label, axes.bbox.width), (axes.yaxis.label, axes.bbox.height)]
        for label, room in rooms:
            extent = label.get_window_extent()
            length = max(extent.width, extent.height)
            if length > room:
                text = label.get_text().replace("\n", " ")
                longest = max(map(_length, label.get_text().split("\n")))
                label.set_text(broken(text, longest * room / length))


def _letters(room: float, size: float | str) -> float:
    """Return about how many letters find room in so many inches."""
    points = FontProperties(size=size).get_size_in_points()
    return float(72 * room / (LETTER * points))


def _length(text: str) -> int:
    """Count the letters that are seen."""
    return len(re.sub(r"[${}_^]", "", text))


def slanted_where_close(figure: Figure, axes: Axes, ticks: Sequence[float]) -> None:
    """Slant the labels of a logarithmic x-axis at some ticks if they would touch.

    Parameters
    ----------
    figure, axes : the axes take most of the figure's width.
    ticks : ascending.
    """
    if len(ticks) < 2:
        return
    width = 0.75 * figure.get_figwidth() / math.log(ticks[-1] / ticks[0])
    for left, right in pairwise(ticks):
        needed = (len(with_separators(left)) + len(with_separators(right))) / 2 + 1
        if needed > _letters(width * math.log(right / left), mpl.rcParams["xtick.labelsize"]):
            axes.tick_params(axis="x", labelrotation=30)


def with_separators(value: float) -> str:
    """Write a size such as 12,288."""
    return f"{value:,.10g}"


class PlainLogFormatter(LogFormatter):
    """Labels the ticks that matplotlib would, in one notation on an axis.

    Plain numbers such as 0.02, or where some would be long, powers such as 2 x 10^-5 for all.
    """

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the label of a tick at x, empty where there is none."""
        if not super().__call__(x, pos):
            return ""
        low, high = self.axis.get_view_interval()  # type: ignore[union-attr]
        if low >= LEAST_PLAIN and high <= MOST_PLAIN:
            return f"{x:.6g}"
        exponent = math.floor(math.log10(x) + 1e-9)
        factor = f"{x / 10.0**exponent:.3g}"
        power = f"10^{{{exponent}}}"
        return f"${power}$" if factor == "1" else rf"${factor}\times{power}$"


def typeset(label: str) -> str:
    """Lower what follows "_" and raise what follows "^", unless there is mathematics already."""
    if "$" in label:
        return label
    return re.sub(r"([_^])(\w|∞)", r"$\1{\2}$", label)
