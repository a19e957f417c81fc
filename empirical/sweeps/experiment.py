"""Experiments: which networks are trained, on which images, and how they are measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from empirical.measures.trained import Cell
from empirical.training.recipe import Recipe
from evidence.errors import UserError

FIGURES = ("figure-1", "figure-2", "figure-3")
"""Figures of the paper that an experiment can be of."""


class ExperimentError(UserError):
    """An experiment that cannot be run."""


@dataclass(frozen=True, kw_only=True)
class Images:
    """Which images are trained on and measured on.

    Attributes
    ----------
    data : a specification of `empirical.data.load.load_data`.
    train, held_out : how many are drawn at most; None for all.
    validation : how many of the training images are drawn to take the place of the held-out ones,
        for choices that must not see these; None measures on the held-out ones.
    """

    data: str
    train: int | None = None
    held_out: int | None = None
    validation: int | None = None


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """One sweep over kinds of networks.

    Attributes
    ----------
    name : of its folder of results, such as "figure-3-cpu".
    figure : one of `FIGURES`, whose claims it tests; None for a user's own sweep.
    images : what is trained on.
    epsilon : l_∞-size of the measuring attacks, in standard deviations of a pixel.
    pgd : whether PGD attacks, too.
    recipe : how networks are trained.
    cells : each kind of network, and how many of it.
    paired : whether networks of one index, alike in all but the size, share their initial weights
        and the order of the images. Their architecture needs the same weights at every size. A
        comparison of sizes is then one of pairs, in which what they share cancels.
    """

    name: str
    figure: str | None
    images: Images
    epsilon: float
    pgd: bool
    recipe: Recipe
    cells: Sequence[tuple[Cell, int]]
    paired: bool = False

    @property
    def sizes(self) -> list[int]:
        """Pixels along one side, ascending."""
        return sorted({cell.size for cell, _ in self.cells})

    @property
    def networks(self) -> int:
        """How many networks there are in all."""
        return sum(repeats for _, repeats in self.cells)

    def times(self, budget: float, *, least: int = 1) -> "Experiment":
        """Return the experiment with `budget` times as many networks of each kind, `least` each."""
        cells = [(cell, max(least, round(repeats * budget))) for cell, repeats in self.cells]
        return replace(self, cells=cells)
