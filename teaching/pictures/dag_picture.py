"""A network's DAG, drawn so that its nodes, edges and paths can be pressed and lit.

Inputs stand on the left, outputs on the right, a column a level. Edges are told by their number in
`dag.tails` and `dag.heads`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from htpy import Element, Node

from teaching.pictures import svg
from teaching.pictures.edge_words import sampled, width, word_places
from teaching.pictures.handles import part
from theory.dag import Dag
from theory.drawing.layered_layout import layered_layout

ROW, RADIUS, SIDE = 72.0, 17.0, 40.0
APART = 26.0
"""Units between two parallel edges' middles, before they are drawn together."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a node or an edge is drawn.

    Attributes
    ----------
    inside : words in the node, or beside the edge.
    below : words below the node.
    link : names of what lights up together with it (see `teaching.pictures.mathml.row`).
    chosen : whether it is marked.
    press : name and text of the event that pressing it sends; None where it sends none.
    says : what pressing it does, or what it is, in words.
    is_neuron : draws one of the DAG's inputs as a neuron, which it is but for a missing edge.
    """

    inside: Node = None
    below: Node = None
    link: str = ""
    chosen: bool = False
    press: tuple[str, str] | None = None
    says: str = ""
    is_neuron: bool = False


def dag_picture(
    dag: Dag,
    *,
    label: str,
    node: Callable[[Hashable], Look],
    edge: Callable[[int], Look],
    extra: Callable[[dict[Hashable, tuple[float, float]]], Node] = lambda places: None,  # noqa: ARG005
) -> Element:
    """Draw a DAG.

    Parameters
    ----------
    dag : of at most some 30 nodes.
    label : says in words what is to be seen.
    node : how a node is drawn.
    edge : how edge number e is drawn.
    extra : more elements, given the places of the nodes.
    """
    levels = list(dag.edge_lists.levels)
    # Outputs stand in the last column, however short the way to them.
    for o in dag.outputs:
        levels[dag.position(o)] = max(levels)
    ends = list(zip(dag.edge_lists.tails, dag.edge_lists.heads, strict=True))
    layout = layered_layout(levels, set(ends))
    highest, lowest = layout.ends
    column = (svg.WIDTH - 2 * SIDE) / max(1, max(levels))

    def at(level: int, height: float) -> tuple[float, float]:
        return SIDE + level * column, SIDE + (height - highest) * ROW

    places = [at(level, height) for level, height in zip(levels, layout.heights, strict=True)]
    parallel, seen = Counter(ends), defaultdict[tuple[int, int], int](int)
    looks = [edge(number) for number in range(len(ends))]
    ways: list[tuple[list[tuple[float, float]], float]] = []
    numbers: list[int] = []
    for tail, head in ends:
        seen[tail, head] += 1
        numbers.append(seen[tail, head])
        apart = (seen[tail, head] - (parallel[tail, head] + 1) / 2) * APART
        points = [at(levels[tail] + n, height) for n, height in enumerate(layout.way(tail, head))]
        ways.append((points, apart))
    node_looks = [node(name) for name in dag.nodes]
    nodes = [
        _node(place, look, is_input=n < dag.number_of_inputs, is_output=name in dag.outputs)
        for n, (name, place, look) in enumerate(zip(dag.nodes, places, node_looks, strict=True))
    ]
    return svg.canvas(
        [_edge(*way, look, number) for way, look, number in zip(ways, looks, numbers, strict=True)],
        _words(ways, looks, _taken(places, node_looks)),
        nodes,
        extra(dict(zip(dag.nodes, places, strict=True))),
        label=label,
        height=2 * SIDE + (lowest - highest) * ROW + 12,
    )


def links_of_edges(paths: Iterable[tuple[str, Iterable[int]]]) -> dict[int, list[str]]:
    """Name, for each edge, the paths that it lies on, for `Look.link`.

    Parameters
    ----------
    paths : of each, its name and the numbers of its edges. Paths of one name count as one.
    """
    links: dict[int, dict[str, None]] = {}
    for name, edges in paths:
        for edge in edges:
            links.setdefault(edge, {})[name] = None
    return {edge: list(names) for edge, names in links.items()}


def _edge(points: list[tuple[float, float]], apart: float, look: Look, number: int) -> Node:
    d = svg.smooth(points, apart=apart)
    kind = "edge chosen" if look.chosen else "edge"
    if look.press:
        lines = [svg.path(".hit", d=d, fill="none"), svg.path(class_=kind, d=d)]
        return _part(lines, look, number=number)
    return svg.path(class_=kind, d=d, **_link(look))


def _words(
    ways: list[tuple[list[tuple[float, float]], float]],
    looks: list[Look],
    taken: list[tuple[float, float, float]],
) -> Node:
    """Put the edges' words on top of all edges, out of the pointer's way."""
    words = [str(look.inside or "") for look in looks]
    if not any(words):
        return None
    places = word_places([sampled(*way) for way in ways], words, taken)
    drawn = []
    for (x, y), shown, look in zip(places, words, looks, strict=True):
        if shown:
            across = width(shown)
            ground = svg.rect(
                ".ground", x=f"{x - across / 2:.1f}", y=f"{y - 10:.1f}", width=f"{across:g}",
                height="20", rx="5",
            )  # fmt: skip
            drawn.append(
                svg.g(data_link=look.link or None)[ground, svg.words(x, y + 5, shown, kind="small")]
            )
    return svg.g(pointer_events="none", aria_hidden="true")[drawn]


def _taken(
    places: list[tuple[float, float]], looks: list[Look]
) -> list[tuple[float, float, float]]:
    """Return the rounds of the nodes, and of the words below them."""
    rounds = [(x, y, RADIUS) for x, y in places]
    below = [
        (x, y + RADIUS + 14, 8.0)
        for (x, y), look in zip(places, looks, strict=True)
        if look.below is not None
    ]
    return rounds + below


def _node(place: tuple[float, float], look: Look, *, is_input: bool, is_output: bool) -> Node:
    x, y = place
    kind = "node chosen" if look.chosen else "node"

    def rim(radius: float) -> Node:
        if look.is_neuron or not is_input:
            return svg.disc(x, y, radius, class_=kind)
        return svg.square(x, y, radius, class_=kind)

    shapes = [
        rim(RADIUS + 3 if is_output else RADIUS),
        is_output and rim(RADIUS - 1),
        svg.words(x, y + 5, look.inside, kind="small"),
        " ",  # else both would be read as one word
        look.below is not None and svg.words(x, y + RADIUS + 18, look.below, kind="small strong"),
    ]
    return _part(shapes, look)


def _part(shapes: Node, look: Look, *, number: int = 1) -> Element:
    if look.press:
        name, text = look.press
        # Parallel edges send the same.
        key = f"{text}-{number}" if number > 1 else text
        return part(
            shapes, name, text, label=look.says, link=look.link, chosen=look.chosen, key=key
        )
    return svg.g(**_link(look))[shapes]


def _link(look: Look) -> dict[str, str | None]:
    """Return the attributes of what is lit and told, but not pressed."""
    return {
        "data_link": look.link or None,
        "tabindex": "0" if look.link else None,
        "role": "img" if look.says else None,
        "aria_label": look.says or None,
    }
