"""What there is to be shown of the recorded networks: lines of cells, and their intervals."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from empirical.measures import cell_intervals
from empirical.measures.figure_cells import POOLINGS
from empirical.measures.trained import Cell
from empirical.sweeps import recorded
from empirical.sweeps.record import RecordError
from empirical.sweeps.recorded import Recorded
from evidence.intervals import Interval
from evidence.levels import FIGURE_ERROR
from teaching.lessons.after_training.settings import MEASURES, NAMES, Settings
from teaching.words import Words
from theory.attacks import attack_growth

TEXT = Words.beside(__name__)


def find(figure: str) -> Recorded | str:
    """Return the recorded networks of a figure, or why there are none.

    They are looked for here, then among those that come with the package.
    """
    name = f"figure-{figure}"
    try:
        found = recorded.read_recorded(name, recorded.usual_places())
    except RecordError as error:
        return TEXT("says.unread", error=str(error))
    if found is None:
        return TEXT("says.untrained", name=name)
    return found


@dataclass(frozen=True)
class Shown:
    """The networks of a figure, and what is asked of them.

    Attributes
    ----------
    settings : which figure, which axes.
    record : the networks.
    """

    settings: Settings
    record: Recorded
    _intervals: dict[tuple[Cell, str], Interval | None] = field(default_factory=dict)

    @cached_property
    def cells(self) -> Sequence[Cell]:
        """The kinds of networks, in the sweep's order, by which the address names them."""
        return self.record.sweep.cells()

    @cached_property
    def lines(self) -> Mapping[str, Sequence[Cell]]:
        """The cells that belong together: of one method, or in Figure 3 of one pooling."""
        lines: dict[str, list[Cell]] = {}
        for cell in sorted(self.cells, key=lambda cell: (cell.size, cell.epsilon)):
            lines.setdefault(self.line_of(cell), []).append(cell)
        return lines

    @cached_property
    def numbers(self) -> Mapping[Cell, int]:
        """The places of the cells, by which links and events name them."""
        return {cell: number for number, cell in enumerate(self.cells)}

    @property
    def visible(self) -> Mapping[str, Sequence[Cell]]:
        """The lines that are not filtered out."""
        only = self.settings.only
        return {only: self.lines[only]} if only in self.lines else self.lines

    @property
    def chosen(self) -> Sequence[Cell]:
        """The cells that are chosen, the last one first."""
        places = (self.settings.cell, self.settings.other)
        return [self.cells[place] for place in places if 0 <= place < len(self.cells)]

    def line_of(self, cell: Cell) -> str:
        """Return the line that a cell belongs to."""
        if self.settings.figure == "3":
            of_network = {network: pooling for pooling, network in POOLINGS.items()}
            return of_network.get(cell.network, cell.network)
        return cell.method

    def name(self, cell: Cell) -> str:
        """Return a cell's name in a few words."""
        if self.settings.figure == "1":
            return TEXT("says.pixels", size=cell.size)
        line, strength = self.line_of(cell), self.strength(cell)
        return NAMES.get(line, line) + (f", {strength}" if strength else "")

    def strength(self, cell: Cell) -> str:
        """Return how strong a cell's method is; nothing of plain training."""
        return TEXT("says.strength", epsilon=f"{cell.epsilon:g}") if cell.epsilon else ""

    def interval(self, cell: Cell, name: str) -> Interval | None:
        """Return the interval of one of `MEASURES`; None where a network's norms are all 0."""
        if (cell, name) not in self._intervals:
            try:
                found = cell_intervals.cell_interval(
                    self.record.sweep, cell, MEASURES[name], FIGURE_ERROR
                )
            except ValueError:
                found = None
            self._intervals[cell, name] = found
        return self._intervals[cell, name]

    def own(self, cell: Cell) -> float:
        """Return what the figure's networks differ in: d, the strength ε, or their line's number.

        The strength is ε_∞ of Eq. 5, or unscaled the ε_p that the objective itself takes.
        """
        if self.settings.figure == "3":
            return 1.0 + list(self.lines).index(self.line_of(cell))
        d = self.record.sweep.of(cell)[0].d
        if self.settings.figure == "1":
            return float(d)
        p = 2.0 if cell.method.startswith("l2") and self.settings.unscaled else math.inf
        return cell.epsilon * attack_growth.threshold(p, d)

    def at(self, cell: Cell, axis: str) -> float | None:
        """Return where a cell stands on an axis: "own" or one of `MEASURES`."""
        if axis == "own":
            return self.own(cell)
        found = self.interval(cell, axis)
        return None if found is None else found.estimate
