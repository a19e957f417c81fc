"""Error levels: how often an interval may miss, for each use, and how intervals share a level.

An error level is the probability, at most, that an interval does not contain what it is for. At
level 0.05 one interval in twenty may miss. When ten intervals have to hold at once with probability
0.95, each is computed at level 0.005: the union bound, called Bonferroni's correction.
"""

import math

LEDGER_ERROR = 0.05
"""All verdicts of a ledger together: the probability, at most, that a run decides any of its
sampled statements wrongly. `evidence.decisions` and `statement_error` share it out."""

SIMULATION_ERROR = 1e-3
"""All intervals of one simulation together: a user acts on them without repeating the run."""

AUDIT_ERROR = 0.01
"""All intervals of one audit together, hundreds where a network has many layers: it points a
designer to a layer, and the layer can be looked at again with more networks."""

FIGURE_ERROR = 0.05
"""Each interval that is drawn for trained networks, in plots and in the lesson on training: the
usual error bar. There are 2 to 20 networks behind one; a stricter level would hide what differs."""

LESSON_ERROR = 0.01
"""Each interval on a lesson's page, from samples that are drawn while a student reads."""

STRICT_LESSON_ERROR = 1e-3
"""A lesson's samples that choose between several candidates, and all intervals together where a
lesson shows one for each end of a walk."""


def error_of_each(error: float, intervals: int) -> float:
    """Return the level at which each of several intervals is computed, so that all hold at once.

    Parameters
    ----------
    error : probability, at most, that any of them misses; Bonferroni's correction.
    intervals : how many there are, 1 or more.
    """
    return error / intervals


def error_of_round(error: float, number: int) -> float:
    """Return the level of round `number` = 1, 2, 3, ..., when nobody knows how many there will be.

    The parts error / (k (k + 1)) add up to exactly `error` over all k (Darling and Robbins 1967,
    PNAS 58). So the intervals of all rounds hold at once with probability 1 - error, whatever rule
    ends the sampling.
    """
    return error / (number * (number + 1))


def statement_error(error: float, statements: int) -> float:
    """Return the level at which each statement of a ledger is decided in either direction.

    Half of the error is for statements that hold wrongly, half for those that fail wrongly.

    Parameters
    ----------
    error : probability, at most, that any statement is decided wrongly.
    statements : that are not decided yet in the direction at hand, of the whole ledger, whichever
        of them are tested in a run. Fewer than all of them is Holm's method (1979, Scand. J.
        Statist. 6).
    """
    return error_of_each(error / 2, max(statements, 1))


def doublings(budget: float) -> int:
    """Return how often a budget doubles: the looks before it, if there was one at each power of 2.

    Parameters
    ----------
    budget : positive; at most 1 is the first look.
    """
    return max(0, math.ceil(math.log2(budget)))


def require_error_level(error: float) -> None:
    """Make sure that an error level is a probability that allows some misses and some hits.

    Raises
    ------
    ValueError : it is not in (0, 1).
    """
    if not 0 < error < 1:
        raise ValueError(f"the error level must lie between 0 and 1, not {error}")
