"""The form of an exact check, and the finding on a statement that one example refutes."""

from typing import Protocol

from evidence.findings import Evidence, Exact, Progress, silent


class ExactCheck(Protocol):
    """A check of one claim that samples no networks: `check_equation_2(seed=0)`, say.

    It compares in fractions, in symbols, or to a stated rounding. The same seed gives the same
    evidence. Its docstring says what is tested; how it is tested stands in `Evidence.method`.
    """

    def __call__(self, *, seed: int, progress: Progress = silent) -> Evidence:
        """Test the claim.

        Parameters
        ----------
        seed : draws the examples; a check whose examples are fixed does not use it.
        progress : called with the fraction done, which never falls.

        Returns
        -------
        Findings on the statement as printed, on a correction where the print fails, and on false
        neighbours, which must all fail.
        """


def refuted_by(statement: str, example: str) -> Exact:
    """Return the finding on a statement that one example refutes, worked out by hand."""
    return Exact(statement=statement, cases=1, counterexample=example)
