"""A crowd of walkers, drawn in pieces, and what it says of the exact shares."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from evidence.intervals import Interval
from evidence.levels import STRICT_LESSON_ERROR, error_of_each
from simulations.small_samples import random_walks
from teaching.lesson import Check, compared, not_yet
from teaching.lessons.random_walk.network import O
from theory.dag import Dag

Counts: TypeAlias = Counter[Hashable]
"""Where the walkers of one piece ended."""

Seen: TypeAlias = Mapping[Hashable, Interval]
"""The share of a crowd that ended at each node where walks can end; nothing without a crowd."""

WALKS = 200
"""Walkers in a piece."""

WIDEST = 0.05
"""What an interval may reach to either side of the share seen, for the crowd to be enough."""


def piece(dag: Dag, number: int) -> Counts:
    """Let the walkers of a piece climb."""
    return random_walks.ends_of_walks(dag, O, WALKS, random_walks.walker("crowd", number))


def intervals(dag: Dag, pieces: Sequence[Counts]) -> Seen:
    """Return intervals that all hold at once with probability 1 - `STRICT_LESSON_ERROR`."""
    if not pieces:
        return {}
    from evidence.shares import share_interval  # scipy.stats takes a while to load

    ends, walks = dag.inputs, sum(piece.total() for piece in pieces)
    return {
        end: share_interval(
            sum(piece[end] for piece in pieces),
            walks,
            error_of_each(STRICT_LESSON_ERROR, len(ends)),
        )
        for end in ends
    }


def crowd_check(seen: Seen, shares: Mapping[Hashable, Fraction]) -> Check:
    """Hold where a crowd ended against the shares that a line of the proof claims."""
    if not seen:
        return not_yet("send a crowd of walkers")
    walks = next(iter(seen.values())).samples
    missed = [
        f"the share of {end} is between {found.low:.3f} and {found.high:.3f}, not {shares[end]}"
        for end, found in seen.items()
        if not found.low <= shares[end] <= found.high
    ]
    if missed:
        return compared(False, f"of {walks:,} walkers, {'; '.join(missed)}")
    widest = max(
        max(found.estimate - found.low, found.high - found.estimate) for found in seen.values()
    )
    certainty = 100 * (1 - STRICT_LESSON_ERROR)
    says = f"{walks:,} walkers agree, to {widest:.3f} (with certainty {certainty:g} %)"
    if widest > WIDEST:
        return not_yet(f"{says}; {WIDEST} would do: send more")
    return compared(True, says)
