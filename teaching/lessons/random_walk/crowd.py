"""A crowd of walkers, drawn in pieces, and what it says of the exact shares."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from evidence.findings import Outcome
from simulations.small_samples import random_walks
from teaching.lesson import Check
from teaching.lessons.random_walk.network import O
from theory.dag import Dag

if TYPE_CHECKING:
    from evidence.intervals import Interval

Counts: TypeAlias = Counter[Hashable]
"""Where the walkers of one piece ended."""

Seen: TypeAlias = Mapping[Hashable, "Interval"]
"""The share of a crowd that ended at each node where walks can end; nothing without a crowd."""

WALKS = 200
"""Walkers in a piece."""

ERROR = 0.001
"""Probability, at most, that any of the intervals misses the share that it is for."""

WIDEST = 0.05
"""What an interval may reach to either side of the share seen, for the crowd to be enough."""


def piece(dag: Dag, number: int) -> Counts:
    """Let the walkers of a piece climb."""
    return random_walks.ends_of_walks(dag, O, WALKS, np.random.default_rng([4, 1, number]))


def intervals(dag: Dag, pieces: Sequence[Counts]) -> Seen:
    """Return intervals that hold all at once with probability 1 - `ERROR` (Bonferroni)."""
    if not pieces:
        return {}
    from evidence.shares import share_interval  # scipy.stats takes a while to load

    ends, walks = dag.inputs, sum(piece.total() for piece in pieces)
    return {
        end: share_interval(sum(piece[end] for piece in pieces), walks, ERROR / len(ends))
        for end in ends
    }


def crowd_check(seen: Seen, shares: Mapping[Hashable, Fraction]) -> Check:
    """Hold where a crowd ended against the shares that a line of the proof claims."""
    if not seen:
        return Check(outcome=Outcome.UNDECIDED, says="send a crowd of walkers")
    walks = next(iter(seen.values())).samples
    missed = [
        f"the share of {end} is between {found.low:.3f} and {found.high:.3f}, not {shares[end]}"
        for end, found in seen.items()
        if not found.low <= shares[end] <= found.high
    ]
    if missed:
        return Check(outcome=Outcome.FAILS, says=f"of {walks:,} walkers, {'; '.join(missed)}")
    widest = max(
        max(found.estimate - found.low, found.high - found.estimate) for found in seen.values()
    )
    says = f"{walks:,} walkers agree, to {widest:.3f} (with certainty {100 * (1 - ERROR):g} %)"
    if widest > WIDEST:
        return Check(outcome=Outcome.UNDECIDED, says=f"{says}; {WIDEST} would do: send more")
    return Check(outcome=Outcome.HOLDS, says=says)
