"""Places for the nodes of a layered drawing (Sugiyama, Tagawa and Toda 1981, IEEE SMC 11).

Nodes stand in columns, one a level. An edge that skips levels gets a place in every column it
passes, so that it runs around the nodes there; columns are then ordered so that neighbours stand
at similar heights.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Edge: TypeAlias = tuple[int, int]

SWEEPS = 12
NODE_GAP = 1.0
BEND_GAP = 0.5


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Heights in units of one row, downwards; columns are the levels.

    Attributes
    ----------
    heights : one a node.
    bends : by edge, its height in every column between its ends.
    """

    heights: Sequence[float]
    bends: dict[Edge, list[float]]

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest height."""
        all_heights = [*self.heights, *(height for bend in self.bends.values() for height in bend)]
        return min(all_heights), max(all_heights)

    def way(self, tail: int, head: int) -> list[float]:
        """Return the heights of an edge, column by column, from its tail to its head."""
        return [self.heights[tail], *self.bends[tail, head], self.heights[head]]


def layered_layout(levels: Sequence[int], edges: Collection[Edge]) -> Layout:
    """Place nodes and edges.

    Parameters
    ----------
    levels : column of each node. The nodes of level 0 keep their order.
    edges : distinct pairs of nodes, each from a lower to a higher level.
    """
    columns: list[list[int]] = [[] for _ in range(max(levels) + 1)]
    for node, level in enumerate(levels):
        columns[level].append(node)
    places = len(levels)
    links: list[Edge] = []
    passed: dict[Edge, list[int]] = {}
    for tail, head in sorted(edges):
        chain = []
        for level in range(levels[tail] + 1, levels[head]):
            columns[level].append(places)
            chain.append(places)
            places += 1
        passed[tail, head] = chain
        links += zip([tail, *chain], [*chain, head], strict=True)
    heights = _heights(columns, links, places, nodes=len(levels))
    return Layout(
        heights=heights[: len(levels)],
        bends={edge: [heights[place] for place in chain] for edge, chain in passed.items()},
    )


def _heights(
    columns: list[list[int]], links: Sequence[Edge], places: int, *, nodes: int
) -> list[float]:
    """Pull every place towards the mean of its neighbours, first in order, then in height."""
    before: list[list[int]] = [[] for _ in range(places)]
    after: list[list[int]] = [[] for _ in range(places)]
    for tail, head in links:
        before[head].append(tail)
        after[tail].append(head)
    heights = [0.0] * places
    for column in columns:
        _spread(column, heights, nodes)

    def wanted(place: int, neighbours: list[list[int]]) -> float:
        found = neighbours[place]
        return sum(heights[n] for n in found) / len(found) if found else heights[place]

    for _ in range(SWEEPS):
        for neighbours, order in ((before, columns[1:]), (after, columns[-2:0:-1])):
            for column in order:
                column.sort(key=lambda place, side=neighbours: wanted(place, side))  # type: ignore[misc]
                _spread(column, heights, nodes)
    for _ in range(SWEEPS):
        for column in columns[1:]:
            for place in column:
                near = [before[place], after[place]]
                both = [sum(heights[n] for n in side) / len(side) for side in near if side]
                heights[place] = sum(both) / len(both) if both else heights[place]
            _separate(column, heights, nodes)
    return heights


def _gap(above: int, below: int, nodes: int) -> float:
    return NODE_GAP if above < nodes or below < nodes else BEND_GAP


def _spread(column: Sequence[int], heights: list[float], nodes: int) -> None:
    """Stand a column's places one below the other, centred on 0."""
    height = 0.0
    for number, place in enumerate(column):
        height += _gap(column[number - 1], place, nodes) if number else 0.0
        heights[place] = height
    for place in column:
        heights[place] -= height / 2


def _separate(column: Sequence[int], heights: list[float], nodes: int) -> None:
    """Move the places of a column apart where they are too close, keeping their order."""
    down = [heights[place] for place in column]
    up = list(down)
    for n in range(1, len(column)):
        gap = _gap(column[n - 1], column[n], nodes)
        down[n] = max(down[n], down[n - 1] + gap)
    for n in range(len(column) - 2, -1, -1):
        gap = _gap(column[n], column[n + 1], nodes)
        up[n] = min(up[n], up[n + 1] - gap)
    for n, place in enumerate(column):
        heights[place] = (down[n] + up[n]) / 2
