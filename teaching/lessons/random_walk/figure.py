"""The network with its walker, exact fractions, and where a crowd of walkers ended."""

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import pairwise

from htpy import Node, figcaption, figure, p

from simulations.shares import share_interval
from teaching import svg
from teaching.dag_picture import Look, dag_picture
from teaching.handles import choose, group, press, rows, slider, switch
from teaching.lessons.random_walk.network import INPUTS, NODES, O, network, write_edges
from teaching.lessons.random_walk.settings import Settings, taken
from theory.dag import Dag

Counts = Counter[Hashable]


def picture(settings: Settings, pieces: Sequence[Counts]) -> Node:
    """Draw the network, and tell where walkers end."""
    dag, dead = network(settings.edges, bias=settings.bias)
    sums = dag.path_sums(O)
    steps = taken(settings)
    walked = {edge for edge, _ in steps}
    here = steps[-1][1] if steps else O
    links = path_links(dag, settings.end)

    def node(name: Hashable) -> Look:
        is_source = dag.position(name) < dag.number_of_inputs
        in_degree = dag.in_degree(name)
        return Look(
            inside=str(name),
            below=str(sums[name]) if is_source else None,
            link=f"node-{name}",
            chosen=name in (here, settings.tail),
            press=("node", str(name)),
            says=_says(str(name), settings, in_degree, dead),
        )

    def edge(number: int) -> Look:
        tail, head = dag.nodes[dag.tails[number]], dag.nodes[dag.heads[number]]
        ends = (str(tail), str(head))
        real = all(end in NODES for end in ends)
        pair = write_edges(((NODES.index(ends[0]), NODES.index(ends[1])),)) if real else ""
        return Look(
            inside=str(Fraction(1, dag.in_degree(head))),
            link=" ".join([f"edge-{number}", *links.get(number, [])]),
            chosen=number in walked,
            press=("cut", pair) if real else None,
            says=f"cut the edge from {tail} to {head}, taken with probability "
            f"1/{dag.in_degree(head)}",
        )

    def walker(places: dict[Hashable, tuple[float, float]]) -> Node:
        x, y = places[here]
        return svg.circle(
            ".dot.two.moves", cx=f"{x + 21:.1f}", cy=f"{y - 19:.1f}", r="7", aria_hidden="true"
        )

    return figure[
        dag_picture(
            dag, label="the network; a walker climbs from o", node=node, edge=edge, extra=walker
        ),
        figcaption[
            "The walker (dot) starts at o. Beside an edge: the probability that it is the one "
            "climbed, 1/in-degree. Below an input: the exact probability that the walk ends there. "
            "Press an edge to cut it, two nodes to join them."
        ],
        rows(
            ["end", "exact", *(["of the crowd", "99 % interval"] if pieces else [])],
            [_ending(name, sums[name], pieces) for name in dag.inputs],
            title="Where walks end",
        ),
    ]


def path_links(dag: Dag, end: str) -> dict[int, list[str]]:
    """Name, for each edge, the paths from an input that it lies on, in `Dag.paths`' order."""
    links: dict[int, list[str]] = {}
    for number, path in enumerate(dag.paths(end, O)):
        for edge, (tail, head) in enumerate(zip(dag.tails, dag.heads, strict=True)):
            if (dag.nodes[tail], dag.nodes[head]) in pairwise(path):
                links.setdefault(edge, []).append(f"path-{number}")
    return links


def handles(settings: Settings) -> Node:
    """Return what moves the walkers and what drops an assumption."""
    steps = taken(settings)
    return [
        press("Climb one step" if not steps or steps[-1][1] not in NODES[:INPUTS]
              else "Send the next walker", "climb", kind="main"),
        slider(
            "A crowd of walkers:", "crowd", settings.crowd, low=0, high=20,
            shown=f"{100 * settings.crowd:,}",
        ),
        choose(
            "Show the paths from", "end", settings.end, {x: x for x in NODES[:INPUTS]}
        ),
        group(
            "Assumptions",
            switch(
                "a bias node", "bias", settings.bias,
                note="Lemma 7 knows no neuron without incoming edges but the inputs.",
            ),
            choose(
                "a path is weighed by 1 over each", "degrees", settings.degrees,
                {"in": "in-degree", "out": "out-degree"},
            ),
        ),
        settings.tail and p(".note")[f"Press the node that {settings.tail} is to be joined with."],
    ]  # fmt: skip


def _says(name: str, settings: Settings, in_degree: int, dead: Sequence[str]) -> str:
    what = f"{name}, {'no incoming edge' if not in_degree else f'in-degree {in_degree}'}"
    if name in dead:
        what += ", a dead end for walks"
    if settings.tail and settings.tail != name:
        return f"{what}; join it with {settings.tail}"
    return f"{what}; draw an edge from here"


def _ending(name: Hashable, exact: Fraction, pieces: Sequence[Counts]) -> list[Node]:
    cells: list[Node] = [str(name), str(exact)]
    if pieces:
        walks = sum(piece.total() for piece in pieces)
        found = share_interval(sum(piece[name] for piece in pieces), walks, 0.01)
        cells += [f"{found.estimate:.3f}", f"[{found.low:.3f}, {found.high:.3f}]"]
    return cells
