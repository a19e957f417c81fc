"""A statement tested case by case, smallest case first."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from evidence.findings import Exact

Case = TypeVar("Case")


def compare(statement: str, cases: Sequence[Case], wrong: Callable[[Case], str]) -> Exact:
    """Test a statement on all cases; the counterexample is the first that fails.

    Parameters
    ----------
    statement : what is tested, in words.
    cases : ordered from small to large, so that the first that fails is the one to show.
    wrong : says in words how a case contradicts the statement; empty where it does not.
    """
    for case in cases:
        if described := wrong(case):
            return Exact(statement=statement, cases=len(cases), counterexample=described)
    return Exact(statement=statement, cases=len(cases))
