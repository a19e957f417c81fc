"""One notation on an axis, labels that find room, and settings that end with the page."""

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from benchmarks.robustness.malformed_results import STYLES
from evidence.errors import UserError
from running.plots import (
    COLUMN,
    PlainLogFormatter,
    broken,
    check_page,
    fit_labels,
    new_figure,
    page,
)


def labels(low, high):
    axes = Figure().subplots()
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.yaxis.set_major_formatter(PlainLogFormatter())
    axes.yaxis.set_minor_formatter(
        PlainLogFormatter(labelOnlyBase=False, minor_thresholds=(1, 0.4))
    )
    axes.figure.draw_without_rendering()
    return [text.get_text() for text in axes.get_yticklabels(which="both") if text.get_text()]


@pytest.mark.parametrize(
    ("ends", "is_plain"),
    [((0.001, 0.1), True), ((1, 3), True), ((1e-6, 1e-2), False), ((2e-5, 7e-5), False),
     ((10, 1e6), False), ((0.9, 9000), True)],
)  # fmt: skip
def test_an_axis_has_one_notation(ends, is_plain):
    found = labels(*ends)
    assert found
    assert {"10^" not in label for label in found} == {is_plain}
    assert not any("e" in label.replace("times", "") for label in found)


def test_a_power_has_its_value():
    assert set(labels(2e-5, 7e-5)) > {r"$2\times10^{-5}$", r"$3\times10^{-5}$"}


def test_lines_break_between_words():
    assert broken("mean l$_1$-norm of ∂$_x$L", 11) == "mean\nl$_1$-norm of\n∂$_x$L"
    assert broken("unbreakable", 3) == "unbreakable"


def test_long_labels_are_broken_and_short_ones_are_not():
    with page(width=COLUMN):
        figure = new_figure(0.5)
        upper, lower = figure.subplots(2, 1)
        upper.set_ylabel("a label that is longer than its axes")
        lower.set_ylabel("short")
        fit_labels(figure)
    assert "\n" in upper.get_ylabel()
    assert lower.get_ylabel() == "short"


@pytest.mark.parametrize("line", STYLES)
def test_an_odd_style_is_drawn_or_refused_in_one_line(line, tmp_path):
    style = tmp_path / "odd.mplstyle"
    style.write_text(f"{line}\n")
    try:
        check_page(width=None, style=style)
    except UserError as refused:
        assert str(refused).isprintable()  # noqa: PT017
    else:
        assert not line.startswith(("figure.", "lines.", "svg.", "path."))


@pytest.mark.parametrize("width", [0.0, 0.5, 40.5, 1e9, float("inf"), float("nan")])
def test_a_width_that_no_figure_has_is_refused(width):
    with pytest.raises(UserError, match=r"in; give a style, or a --width, of 1 to 40 in$"):
        check_page(width=width, style=None)


def test_faults_of_ours_are_none_of_the_style(tmp_path):
    style = tmp_path / "plain.mplstyle"
    style.write_text("font.size: 8\n")
    for given in (None, style):
        with pytest.raises(ZeroDivisionError), page(width=COLUMN, style=given):
            raise ZeroDivisionError
    with (
        pytest.raises(UserError, match="cannot draw with the style"),
        page(width=COLUMN, style=style),
    ):
        raise RuntimeError("no LaTeX")


def test_a_page_leaves_no_setting_behind():
    before = dict(mpl.rcParams)
    with page(width=COLUMN):
        assert new_figure(1).get_figwidth() == COLUMN
        assert mpl.rcParams["svg.fonttype"] == "none"
    assert dict(mpl.rcParams) == before
