"""Experiments: which networks are trained, on which images, and how they are measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from empirical.measures.figure_cells import require_drawable
from empirical.measures.trained import Cell
from empirical.training.recipe import Recipe
from evidence.errors import LackingRecordsError, UserError, require_whole_number

MOST_NETWORKS = 100_000
"""Networks of an experiment: each is an entry of its agenda, its store and its record."""

LARGEST_SIZE = 4096
"""Pixels along one side."""

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

    def __post_init__(self) -> None:
        """Make sure that nothing that is trained is trained in vain.

        Raises
        ------
        ExperimentError : more networks than `MOST_NETWORKS`, images larger than `LARGEST_SIZE`, or
            networks of which the experiment's figure cannot be drawn.
        """
        require_whole_number("the number of networks", self.networks, most=MOST_NETWORKS)
        for size in self.sizes:
            require_whole_number("a size in pixels", size, most=LARGEST_SIZE)
        if self.figure is not None:
            try:
                require_drawable(self.figure, [cell for cell, _ in self.cells])
            except LackingRecordsError as error:
                raise ExperimentError(f"{self.figure} cannot be drawn of it: {error}") from error

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
