"""The shares by four ways: paths one by one, node by node, the odds, and a crowd."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from evidence import shares
from evidence.intervals import Interval
from evidence.levels import STRICT_LESSON_ERROR, error_of_each
from simulations.small_samples import random_walks
from teaching.lesson import Sampling
from teaching.lessons.random_walk.settings import INPUTS, O, Settings, dag_of
from theory.dag import Dag
from theory.paths import enumerated_paths, path_polynomial

WALKS = 200
"""Walkers in a piece of the crowd."""

Shares = Mapping[Hashable, Fraction]


@dataclass(frozen=True)
class Walk:
    """The walk on the network at hand.

    Attributes
    ----------
    settings : the student's.
    pieces : of the crowd, where its walkers ended.
    """

    settings: Settings
    pieces: Sequence[Counter[Hashable]] = ()

    @cached_property
    def dag(self) -> Dag:
        """The network's DAG."""
        return dag_of(self.settings)

    @cached_property
    def degrees(self) -> list[int]:
        """The degree that each node counts with; a node that has none counts 1."""
        edges = self.dag.edge_lists
        degrees = edges.in_degrees if self.settings.degrees == "in" else edges.out_degrees
        return [degree or 1 for degree in degrees]

    @cached_property
    def listed(self) -> Shares:
        """The sum over the paths from each node to o, one by one."""
        dag = self.dag
        leaving = Counter(tail for tail, _ in dag.edges())
        degree = dag.in_degree if self.settings.degrees == "in" else leaving.__getitem__
        return {
            node: enumerated_paths.enumerated_sum(dag, node, O, lambda each: degree(each) or 1)
            for node in dag.nodes
        }

    @cached_property
    def swept(self) -> Shares:
        """The same from each end of a walk, node by node."""
        if self.settings.degrees == "in":
            return self.dag.path_sums(O)
        return path_polynomial.path_sums_with(self.dag, O, self.degrees)

    @cached_property
    def walked(self) -> Shares:
        """The probability that the walk comes by each node."""
        return path_polynomial.walk_probabilities(self.dag, O)

    @cached_property
    def dead_ends(self) -> list[str]:
        """Where walks end that is no input."""
        return [str(end) for end in self.dag.inputs[len(INPUTS) :] if self.walked[end]]

    @cached_property
    def seen(self) -> Mapping[Hashable, Interval]:
        """The share of the crowd at each end; nothing without a crowd.

        The intervals all hold at once with probability 1 - `STRICT_LESSON_ERROR`.
        """
        if not self.pieces:
            return {}
        ends, walks = self.dag.inputs, sum(piece.total() for piece in self.pieces)
        error = error_of_each(STRICT_LESSON_ERROR, len(ends))
        return {
            end: shares.share_interval(sum(piece[end] for piece in self.pieces), walks, error)
            for end in ends
        }

    def inputs_share(self, shares: Shares) -> Fraction:
        """Add the shares of all inputs."""
        return sum((shares[x] for x in INPUTS), Fraction(0))


def sampling(settings: Settings) -> Sampling[Counter[Hashable]]:
    """Send the crowd."""

    def draw(number: int) -> Counter[Hashable]:
        rng = random_walks.walker("crowd", settings.sample, number)
        return random_walks.ends_of_walks(dag_of(settings), O, WALKS, rng)

    key = (settings.edges, settings.bias, settings.sample)
    return Sampling(key=key, wanted=settings.crowd, draw=draw)
