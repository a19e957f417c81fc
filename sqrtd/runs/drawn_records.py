"""Results that are a table and a picture."""

import io
from abc import abstractmethod
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from evidence.records import Records

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class DrawnRecords(Records):
    """A result that can be had as rows of a table, and drawn; a notebook shows both."""

    @abstractmethod
    def draw(self, ax: "Axes") -> None:
        """Draw the result."""

    def plot(self, *, ax: "Axes | None" = None) -> "Axes":
        """Draw the result, and return where: `plot().figure.savefig("file.png")` saves it.

        Parameters
        ----------
        ax : where to draw; the axes of a new figure if None.
        """
        ax = ax or Figure(layout="constrained").subplots()
        self.draw(ax)
        return ax

    def _repr_svg_(self) -> str:
        figure, stream = Figure(layout="constrained"), io.StringIO()
        self.draw(figure.subplots())
        figure.savefig(stream, format="svg")
        return stream.getvalue()

    def _repr_html_(self) -> str:
        return super()._repr_html_() + self._repr_svg_()
