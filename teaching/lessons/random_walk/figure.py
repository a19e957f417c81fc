"""The network with its walker, exact fractions, and where a crowd of walkers ended."""

from collections.abc import Hashable, Mapping
from fractions import Fraction

from htpy import Node, figcaption, figure, p

from evidence.levels import STRICT_LESSON_ERROR
from teaching.edited_network import BIAS
from teaching.lesson import Reader
from teaching.lessons.random_walk.crowd import WALKS, Seen
from teaching.lessons.random_walk.network import INPUTS, NETWORK, O, counted_degrees
from teaching.lessons.random_walk.settings import Settings, taken
from teaching.pictures import svg
from teaching.pictures.dag_picture import Look, dag_picture, links_of_edges
from teaching.pictures.handles import choose, group, press, rows, slider, switch
from theory.dag import Dag
from theory.paths import enumerated_paths, path_polynomial

HIDDEN = "?"
"""Stands for a share until the question has been answered."""


def picture(dag: Dag, settings: Settings, reader: Reader, seen: Seen) -> Node:
    """Draw the network, and tell where walkers end."""
    shares = path_polynomial.walk_probabilities(dag, O)
    degrees = counted_degrees(dag, settings.degrees)
    steps = taken(dag, settings)
    walked = {edge for edge, _ in steps}
    here = steps[-1][1] if steps else O
    links = path_links(dag, settings.end)

    def node(name: Hashable) -> Look:
        return Look(
            inside=str(name),
            below=(str(shares[name]) if reader.answered else HIDDEN) if shares[name] else None,
            chosen=name in (here, settings.tail),
            press=None if name == BIAS else ("node", str(name)),
            says=NETWORK.says(dag, str(name), settings.tail),
            is_neuron=name not in INPUTS,
        )

    def edge(number: int) -> Look:
        tail, head = (
            dag.nodes[dag.edge_lists.tails[number]],
            dag.nodes[dag.edge_lists.heads[number]],
        )
        pair = NETWORK.text(dag, number)
        weight = str(Fraction(1, degrees[dag.edge_lists.heads[number]]))
        return Look(
            inside=weight,
            link=" ".join([f"edge-{number}", *links.get(number, [])]),
            chosen=number in walked,
            press=("cut", pair) if pair else None,
            says=f"{'cut the' if pair else 'the'} edge from {tail} to {head}, {weight}",
        )

    def walker(places: dict[Hashable, tuple[float, float]]) -> Node:
        x, y = places[here]
        return svg.disc(x + 20, y - 18, 7, class_="dot two moves", aria_hidden="true")

    return figure[
        dag_picture(
            dag, label="the network; a walker climbs from o", node=node, edge=edge, extra=walker
        ),
        settings.tail
        and p(".verdict")[
            f"An edge starts at {settings.tail}: press the node it joins, or {settings.tail} again."
        ],
        figcaption[
            "The walker (dot) starts at o and climbs. On an edge: 1/",
            "in" if settings.degrees == "in" else "out",
            "-degree of the neuron it enters. Below a node: the exact probability that the walk "
            "comes by",
            "." if reader.answered else ", shown when you have answered the question.",
            " Press two nodes to join them, an edge to cut it.",
        ],
        _table(dag, reader, shares, seen),
    ]


def path_links(dag: Dag, end: str) -> dict[int, list[str]]:
    """Name, for each edge, the paths from an input that it lies on, in `edge_paths`' order."""
    paths = enumerated_paths.edge_paths(dag, end, O)
    return links_of_edges((f"path-{number}", path) for number, path in enumerate(paths))


def handles(dag: Dag, settings: Settings) -> Node:
    """Return what moves the walkers and what drops an assumption."""
    steps = taken(dag, settings)
    ended = bool(steps) and not dag.in_degree(steps[-1][1])
    return [
        press("Send the next walker" if ended else "Climb one step", "climb", kind="main"),
        slider(settings, "crowd", "A crowd of walkers:", shown=f"{WALKS * settings.crowd:,}"),
        choose(settings, "end", "Show the paths from", INPUTS),
        group(
            "Assumptions",
            switch(
                settings, "bias", "a bias node",
                note="Lemma 7 knows no neuron without incoming edges but the inputs.",
            ),
            choose(
                settings, "degrees", "each neuron counts 1 over its",
                {"in": "in-degree", "out": "out-degree"},
            ),
        ),
    ]  # fmt: skip


def _table(dag: Dag, reader: Reader, shares: Mapping[Hashable, Fraction], seen: Seen) -> Node:
    heads = [
        "end",
        "exact",
        *(["seen", f"{100 * (1 - STRICT_LESSON_ERROR):g} % interval"] if seen else []),
    ]
    lines: list[list[Node]] = []
    for end in dag.inputs:
        line = [str(end), str(shares[end]) if reader.answered else HIDDEN]
        if seen:
            found = seen[end]
            line += [f"{found.estimate:.3f}", f"{found.low:.3f} to {found.high:.3f}"]
        lines.append([*line])
    return rows(heads, lines, title="Where walks end")
