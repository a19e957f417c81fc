"""Trained and measured networks, as sweeps return and the checks of Section 4 take them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from empirical.measures.image_measures import ImageMeasures


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What networks that differ by chance alone have in common.

    Attributes
    ----------
    network : a family of `empirical.sweeps.architectures`, or FILE.py:factory.
    size : pixels along one side of the images.
    widths : channels of each convolution; None for the factory's own.
    method : a name in `empirical.training.methods.METHODS`.
    epsilon : ε_∞ of the method; 0 for plain training.
    """

    network: str
    size: int
    widths: tuple[int, ...] | None = None
    method: str = "plain"
    epsilon: float = 0.0

    def __str__(self) -> str:
        """Name the cell in a few words."""
        strength = "" if self.method == "plain" else f" at ε = {self.epsilon:g}"
        return f"{self.network}, {self.size} px, {self.method}{strength}"


@dataclass(frozen=True)
class NetworkId:
    """Which network of an experiment; those of one cell have the indices 0, 1, 2 ..."""

    cell: Cell
    index: int


@dataclass(frozen=True, kw_only=True)
class TrainedNetwork:
    """One trained network, measured on each of N held-out images.

    Attributes
    ----------
    cell, index : which network, as in `NetworkId`.
    d : input dimension.
    measures : on each held-out image.
    training_loss : the objective in the last step of the training, in nats.
    seconds : what the training took, interruptions left out; see `train_network`.
    """

    cell: Cell
    index: int
    d: int
    measures: ImageMeasures
    training_loss: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """All networks of an experiment, measured on the same N held-out images.

    Attributes
    ----------
    name : of the experiment, such as "figure-3-cpu".
    data : which images, in words.
    epsilon : l_∞-size of the measuring attacks, in standard deviations of a pixel.
    networks : in the experiment's order.
    paired : whether networks of one index, alike in all but the size, were trained from the same
        initial weights and on the same order of the images; the others are independent.
    looked : of each cell, how many networks it had at each time that verdicts were read from it,
        this time included; 0 where nobody knows. Each look at more networks has a smaller error
        level (`evidence.levels.error_of_round`). None if this is the first look at all of them.
    """

    name: str
    data: str
    epsilon: float
    networks: Sequence[TrainedNetwork]
    paired: bool = False
    looked: Mapping[Cell, Sequence[int]] | None = None

    def cells(self) -> list[Cell]:
        """Return the cells in the experiment's order."""
        return list(self._by_cell)

    def groups(self) -> Iterator[tuple[Cell, Sequence[TrainedNetwork]]]:
        """Yield each cell with its networks."""
        for cell in self.cells():
            yield cell, self.of(cell)

    def of(self, cell: Cell) -> list[TrainedNetwork]:
        """Return the networks of a cell."""
        return list(self._by_cell.get(cell, ()))

    @cached_property
    def _by_cell(self) -> Mapping[Cell, Sequence[TrainedNetwork]]:
        found: dict[Cell, list[TrainedNetwork]] = {}
        for one in self.networks:
            found.setdefault(one.cell, []).append(one)
        return found

    def only(self, cells: Sequence[Cell]) -> "Sweep":
        """Return the sweep of these cells alone."""
        return replace(self, networks=[one for one in self.networks if one.cell in set(cells)])

    def array(self, cell: Cell, measure: str) -> NDArray[np.float64]:
        """Return one measure of a cell, shape (networks, N).

        Parameters
        ----------
        cell : which networks.
        measure : an attribute of `ImageMeasures` such as "gradient_norm" or "changed", as floats.
        """
        return np.array(
            [getattr(network.measures, measure) for network in self.of(cell)], dtype=np.float64
        )
