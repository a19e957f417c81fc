"""What is measured: a kind of interval, with a law and numbers of samples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .measured import Measured

LEVELS = (0.05, 1e-3, 5e-5, 1e-5)
"""From the error bars of figures to the strictest level in the ledger."""

Measurement = Callable[[float, int, float], Measured]
"""Miss rate for an error level, a number of runs and a factor that makes the interval shorter."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A line of the table.

    Attributes
    ----------
    kind : of interval, the name of its function in `evidence`.
    law : of the samples, in words.
    samples : how many, in words.
    measures : one or more; the table has the one that misses most often.
    runs : that each of them takes.
    excused : why the level cannot be held; empty where it is.
    """

    kind: str
    law: str
    samples: str
    measures: Sequence[Measurement]
    runs: int
    excused: str = ""

    def worst(self, error: float, *, share: float = 1.0, factor: float = 1.0) -> Measured:
        """Return the measured rate that is largest.

        Parameters
        ----------
        error : nominal level.
        share : of the runs that are taken.
        factor : that makes the interval shorter.
        """
        runs = max(200, round(share * self.runs))
        return max(
            (measure(error, runs, factor) for measure in self.measures), key=lambda one: one.ratio
        )
