"""Coordinate maps, and the other figures of a simulation with their numbers."""

import numpy as np
import pytest

from running.plots import typeset
from simulations.engine.configurations import configure
from simulations.engine.sampler import Sampler
from simulations.engine.simulation_run import SimulationRun
from simulations.reports.coordinate_maps import CoordinateMap, coordinate_map_plot, relative_map
from simulations.reports.growth_plots import simulation_plots
from simulations.reports.simulate import simulate

MAP = CoordinateMap(measured=np.array([[0.5, 1.5]]), predicted=np.array([[1.0, 1.0]]), networks=64)


def test_maps_average_the_channels_and_have_the_mean_1():
    moments = np.arange(1.0, 13).reshape(3, 2, 2)
    found = relative_map(moments.ravel(), (3, 2, 2))
    assert np.allclose(found, moments.mean(0) / moments.mean())
    with pytest.raises(ValueError, match="not 0 everywhere"):
        relative_map(np.zeros(12), (3, 2, 2))


def test_measured_and_predicted_share_one_scale():
    figure = coordinate_map_plot([MAP, MAP])
    *maps, bar = figure.axes
    assert len(maps) == 4
    assert {axes.images[0].get_clim() for axes in maps} == {(0, 1.5)}
    assert bar.get_ylabel() == typeset("E[(∂_x f)²], relative to its mean")
    assert [axes.get_title() for axes in maps[:2]] == ["1 × 2 pixels"] * 2
    assert (maps[0].get_ylabel(), maps[2].get_ylabel()) == ("measured", "predicted")
    assert np.array_equal(maps[0].images[0].get_array(), MAP.measured)
    figure.canvas.draw()


def test_without_a_prediction_there_is_one_row():
    alone = CoordinateMap(measured=MAP.measured, predicted=None, networks=64)
    assert len(coordinate_map_plot([alone]).axes) == 2
    mixed = coordinate_map_plot([alone, MAP])
    assert mixed.axes[2].texts[0].get_text() == "no prediction"
    for number in (0, 5):
        with pytest.raises(ValueError, match="1 to 4 maps"):
            coordinate_map_plot([MAP] * number)


def plots(network, **options):
    ensembles = configure(SimulationRun(network=network, **options))
    simulation = simulate(ensembles, Sampler(seed=0), networks=64)
    return simulation, simulation_plots(simulation, network)


def test_a_simulation_of_images_has_all_figures_with_their_numbers():
    simulation, found = plots("conv", sizes=[4, 8])
    assert list(found) == ["norms", "second-moment", "coordinate-maps"]
    for plot in found.values():
        plot.figure.canvas.draw()
        assert all(len(row) == len(plot.data.columns) for row in plot.data.rows)
    assert len(found["norms"].data.rows) == 3 * 2
    moments = found["second-moment"].data
    assert [row[-2] for row in moments.rows] == pytest.approx([2 / 48, 2 / 192])
    pixels = np.array([row[4] for row in found["coordinate-maps"].data.rows])
    assert len(pixels) == 16 + 64
    assert pixels[:16].mean() == pytest.approx(1)
    upper = found["norms"].figure.axes[0]
    labels = [text.get_text() for text in found["norms"].figure.legends[0].get_texts()]
    assert any(label.startswith(typeset("typical ‖∂_x L‖_∞") + ": ") for label in labels)
    assert upper.get_xscale() == "log"
    assert simulation.dims == [48, 192]


def test_without_a_prediction_a_power_law_is_drawn():
    _, found = plots("max-pool", sizes=[4, 8])
    labels = [text.get_text() for text in found["norms"].figure.legends[0].get_texts()]
    assert "fitted power law" in labels
    assert {row[-1] for row in found["norms"].data.rows} == {"fitted power law"}
    # Two sizes: the fitted line goes through both.
    assert all(row[3] == pytest.approx(row[-2]) for row in found["norms"].data.rows)


def test_vectors_have_no_map_and_dead_networks_no_figures(tmp_path):
    assert list(plots("dense", sizes=[8, 16])[1]) == ["norms", "second-moment"]
    file = tmp_path / "dead.py"
    file.write_text(
        "from torch import nn\n"
        "class Dead(nn.Module):\n"
        "    def __init__(self, size):\n"
        "        super().__init__()\n"
        "        self.dense = nn.Linear(size, 2)\n"
        "    def forward(self, x):\n"
        "        return self.dense(x * 0)* 0\n"
        "def dead(size):\n"
        "    return Dead(size), (size,)\n"
    )
    simulation, found = plots(f"{file}:dead", sizes=[8, 16])
    assert found == {}
    assert simulation.without_gradient == [64, 64]
    assert simulation.spreads == [None, None]
    assert "fewer than two networks have a gradient other than 0" in simulation.notes
