"""Experiments of seconds, for the tests of sweeps."""

from empirical.measures.trained import Cell
from empirical.sweeps.experiment import Experiment, Images
from empirical.training.recipe import Recipe

WIDTHS = (4,) * 5


def tiny_cell(*, method="plain", epsilon=0.0, network="paper-figure-2", widths=WIDTHS):
    return Cell(network=network, size=8, widths=widths, method=method, epsilon=epsilon)


def tiny_experiment(*cells, repeats=1, epochs=2, pgd=False, images=None, figure=None):
    return Experiment(
        name="tiny",
        figure=figure,
        images=images or Images(data="digits", train=96, held_out=50),
        epsilon=0.05,
        pgd=pgd,
        recipe=Recipe(epochs=epochs, batch=32, learning_rate=0.02),
        cells=tuple((cell, repeats) for cell in cells or (tiny_cell(),)),
    )


KILLED_EXPERIMENT = tiny_experiment(tiny_cell(), repeats=3, epochs=40)
"""Long enough to be killed in its middle."""
