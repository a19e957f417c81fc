"""Figure 2 redrawn: what stands in its six panels."""

from dataclasses import replace

import numpy as np
import pytest
from synthetic_sweeps import METHODS, OWN_UNIT, STRENGTHS, Law, paper, sweep

import empirical.figures.figure_2 as module
from empirical.figures.figure_2 import STYLES, figure_2
from evidence.two_level import log_of_mean, two_level_interval


@pytest.fixture(scope="module")
def drawn():
    one = sweep(Law(networks=4, images=200))
    return one, figure_2(one)


def panels(figure):
    return {axes.get_title(loc="left"): axes for axes in figure.axes if axes.get_title(loc="left")}


def test_six_panels_with_units_and_one_legend(drawn, tmp_path):
    _, figure = drawn
    found = panels(figure)
    assert list(found) == [f"({letter})" for letter in "abcdef"]
    for letter, axes in found.items():
        assert axes.get_ylabel()
        assert axes.get_xlabel()
        assert axes.get_legend() is None
        assert (axes.get_xscale() == "log") == (letter in ("(a)", "(b)", "(c)"))
    (legend,) = figure.legends
    assert len(legend.get_texts()) == len(METHODS) + 1
    figure.savefig(tmp_path / "figure-2.png", dpi=50)


def test_points_and_bars_are_the_cells_intervals(drawn):
    one, figure = drawn
    axes = panels(figure)["(d)"]
    labels = [container.get_label() for container in axes.containers]
    label = STYLES["l2-penalty"].label
    points, _, (_, upright) = axes.containers[labels.index(label)]
    cells = [cell for cell in one.cells() if cell.method == "l2-penalty"]
    norms = [
        two_level_interval(log_of_mean(one.array(cell, "gradient_norm")), 0.05).exponential()
        for cell in cells
    ]
    shares = [two_level_interval(one.array(cell, "changed"), 0.05) for cell in cells]
    assert points.get_xdata() == pytest.approx([norm.estimate for norm in norms])
    assert points.get_ydata() == pytest.approx([100 * share.estimate for share in shares])
    for segment, share in zip(upright.get_segments(), shares, strict=True):
        assert segment[:, 1] == pytest.approx([100 * max(share.low, 0), 100 * share.high])


def test_every_point_lies_inside_its_panel(drawn):
    _, figure = drawn
    for axes in panels(figure).values():
        low, high = axes.get_ylim()
        for container in axes.containers:
            y = container[0].get_ydata()
            assert low < np.min(y)
            assert np.max(y) < high


def test_cross_lipschitz_has_an_axis_of_its_own(drawn):
    _, figure = drawn
    own = [axes for axes in figure.axes if "cross-Lipschitz" in axes.get_xlabel()]
    assert len(own) == 3
    for axes in own:
        (container,) = axes.containers
        assert np.min(container[0].get_xdata()) > 40 * STRENGTHS[0]


def test_methods_that_are_missing_are_left_out_and_others_drawn():
    methods = ("linf-pgd", "l2-pgd", "linf-through-attack")
    figure = figure_2(sweep(Law(methods=methods, networks=2, images=60)))
    assert len(figure.legends[0].get_texts()) == 4
    assert len(figure.axes) == 6


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_cells_without_spread_are_drawn(share, tmp_path):
    law = Law(
        point=lambda m, e: replace(paper(m, e), vulnerability=1.2 * share, accuracy=1.2),
        spread=0.0,
        networks=2,
        images=30,
        methods=METHODS[:1],
    )
    figure = figure_2(sweep(law))
    figure.savefig(tmp_path / "figure-2.png", dpi=40)
    vulnerabilities = [line.get_ydata() for line in figure.axes[1].get_lines() if line.get_label()]
    drawn = np.concatenate([np.asarray(values, float) for values in vulnerabilities])
    assert set(drawn[np.isfinite(drawn)]) >= {100 * share}


@pytest.mark.parametrize("methods", [("l2-penalty",), ("cross-lipschitz",), METHODS])
@pytest.mark.parametrize("strengths", [1, 2])
def test_few_strengths_of_few_networks_are_drawn_without_a_warning(methods, strengths, tmp_path):
    """Warnings are errors here. Intervals of two networks have no upper end."""
    one = sweep(Law(methods=methods, networks=2, images=50))
    drawn = {STRENGTHS[0], STRENGTHS[-1]} if strengths == 2 else {STRENGTHS[2]}
    kept = drawn | {OWN_UNIT * epsilon for epsilon in drawn} | {0.0}
    figure = figure_2(one.only([cell for cell in one.cells() if cell.epsilon in kept]))
    figure.savefig(tmp_path / "figure-2.png", dpi=40)
    if methods != ("cross-lipschitz",):  # which has an axis of its own
        low, high = figure.axes[0].get_xlim()
        assert 0 < low < min(drawn)
        assert max(drawn) < high


def test_a_bar_without_an_end_leaves_the_panel_even_from_0(monkeypatch):
    true = module.cell_interval

    def endless(one, cell, *asked):
        found = true(one, cell, *asked)
        return (
            found if cell.method == "plain" else replace(found, estimate=0.0, low=0.0, high=np.inf)
        )

    monkeypatch.setattr(module, "cell_interval", endless)
    figure = figure_2(sweep(Law(methods=("l2-penalty",), networks=2, images=50)))
    for axes in figure.axes:
        _, _, bars = axes.containers[0]
        for segment in bars[-1].get_segments():  # upright
            assert segment[:, 1].max() > axes.get_ylim()[1]
        for segment in bars[0].get_segments() if len(bars) == 2 else ():
            assert segment[:, 0].max() > axes.get_xlim()[1]


def test_nothing_to_compare(drawn):
    one, _ = drawn
    start = [cell for cell in one.cells() if cell.method == "plain"]
    with pytest.raises(ValueError, match="no regularized networks"):
        figure_2(one.only(start))
    with pytest.raises(ValueError, match="networks of plain training are missing"):
        figure_2(one.only([cell for cell in one.cells() if cell not in start]))
