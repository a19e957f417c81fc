"""How a statement of several findings is decided, so that its error is known.

For instance, "the gradient's norm grows like √d for q = 1, 2 and 4" has three findings, each an
interval held against the exponent 1/2. Let the statement be decided wrongly with probability at
most α, in either direction.

- *It holds* when all three intervals lie inside their margins. If the statement is false, one of
  them has to lie inside wrongly, always the same one. So each interval may have the level α
  at either end, 2α in all: an intersection of equivalence tests needs no correction for their
  number (Berger 1982, Technometrics 24; Schuirmann 1987, J. Pharmacokin. Biopharm. 15).
- *It fails* when one interval lies outside its margin. If the statement is true, any of the three
  may do so wrongly. So each has the level α/3 (Bonferroni).

False neighbours share the level of the first kind: they only can keep a statement from holding.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from evidence.findings import Exact, Finding, Findings, Outcome
from evidence.levels import error_of_each

G = TypeVar("G", bound=Findings)


def decide(
    findings_at: Callable[[float], G], error: float, *, failing_error: float | None = None
) -> G:
    """Return findings that decide each group's statement wrongly with probability `error` at most.

    Parameters
    ----------
    findings_at : makes the findings with intervals of a given level, the same findings in the same
        order at each level, with narrower intervals at higher ones.
    error : of each direction, and of each of the groups `stated`, `literal` and `corrected`.
    failing_error : of the direction "it fails", where that is another one.

    Returns
    -------
    What `findings_at` returns. A finding that holds has the interval by which it holds, any other
    the wider one by which it may fail.
    """
    holding = findings_at(min(2 * error, 0.5))
    groups = ("stated", "literal", "corrected")
    most = max(_intervals(getattr(holding, group)) for group in groups)
    if not most:
        return holding
    if all(f.outcome is Outcome.HOLDS for group in groups for f in getattr(holding, group)):
        return holding
    failing = findings_at(error_of_each(failing_error or error, most))
    return replace(
        holding,
        **{
            group: [
                held if held.outcome is Outcome.HOLDS else failed
                for held, failed in zip(
                    getattr(holding, group), getattr(failing, group), strict=True
                )
            ]
            for group in groups
        },
    )


def _intervals(findings: Sequence[Finding]) -> int:
    return sum(not isinstance(finding, Exact) for finding in findings)
