"""The network, the paths of the chosen input, and which inputs have the same multiset."""

from collections import Counter
from collections.abc import Hashable

from htpy import Node, div, figcaption, figure, p

from teaching.lessons.path_degrees.found import Found, O
from teaching.lessons.path_degrees.polynomial import ordered, written
from teaching.lessons.path_degrees.settings import Settings, chosen
from teaching.pictures import svg
from teaching.pictures.dag_picture import Look, dag_picture, links_of_edges
from teaching.pictures.handles import choose, group, rows, slider
from teaching.pictures.mathml import formula, rational, sub
from theory.dag import Dag
from theory.paths import enumerated_paths

NOTES = {
    "none": "Nothing stands beyond the border: each layer is smaller than the one below.",
    "zeros": "Zeros stand beyond the border: neurons there have fewer incoming edges.",
    "circular": "Periodic: beyond the last neuron comes the first one.",
    "reflect": "torch's mirror: x1 is the mirror, and beyond it comes x2.",
    "replicate": "Beyond the border the last neuron is repeated.",
    "symmetric": "A mirror beside the border: beyond x1 comes x1 again, then x2.",
}
"""What stands beyond the border, by padding."""


def picture(found: Found, settings: Settings) -> Node:
    """Draw the network, with the chosen input's paths."""
    x, dag = chosen(settings), found.dag
    links = edge_links(dag, x)
    witnesses = found.symmetry.witnesses

    def node(name: Hashable) -> Look:
        degree = dag.in_degree(name)
        if degree:
            return Look(inside=str(degree), says=f"{name}, in-degree {degree}")
        return Look(
            inside=str(name),
            below=str(found.sums[name]),
            chosen=name == x,
            press=("x", str(name)[1:]),
            says=f"show the paths from {name}",
        )

    ends = list(dag.edges())

    def edge(number: int) -> Look:
        found = links.get(number, [])
        tail, head = ends[number]
        says = f"edge from {tail} to {head}"
        return Look(link=" ".join(found), chosen=bool(found), says=says)

    def rings(places: dict[Hashable, tuple[float, float]]) -> Node:
        return [
            svg.square(*places[name], 22, rx="6", class_="curve four", aria_hidden="true")
            for name in witnesses or ()
        ]

    return figure[
        dag_picture(
            dag, label=f"the network, with the paths from {x}", node=node, edge=edge, extra=rings
        ),
        div(".formula")[formula(sub("G", x), "=", written(found.multisets[x], linked=True))],
        figcaption[
            "Press an input: its paths light up, and G counts them by the in-degrees that they "
            "meet, which stand in the neurons. Below an input: its sum of the products of "
            "1/in-degree.",
            witnesses and " Framed: two inputs whose multisets differ.",
        ],
        _classes(found),
    ]


def edge_links(dag: Dag, x: str) -> dict[int, list[str]]:
    """Name, for each edge on a path from `x`, the terms of its polynomial that the edge serves."""
    met = enumerated_paths.edge_path_degrees(dag, x, O)
    places = {each: number for number, each in enumerate(ordered(Counter(met)))}
    paths = enumerated_paths.edge_paths(dag, x, O)
    return links_of_edges(
        (f"term-{places[path_degree]}", path) for path, path_degree in zip(paths, met, strict=True)
    )


def handles(settings: Settings) -> Node:
    """Return what chooses the architecture."""
    convolves = settings.kind == "convolution"
    return [
        choose(settings, "kind", "Layers are", {"convolution": "convolutions", "dense": "dense"}),
        slider(settings, "size", "Inputs, d:"),
        slider(settings, "layers", "Layers before the output:"),
        convolves and group(
            "What (S) depends on",
            slider(settings, "kernel", "Kernel:"),
            slider(settings, "stride", "Stride:"),
            choose(settings, "padding", "Padding", tuple(NOTES)),
            p(".note")[NOTES[settings.padding]],
        ),
    ]  # fmt: skip


def _classes(found: Found) -> Node:
    """List the distinct multisets, with the inputs that have each."""
    return rows(
        ["inputs", "G", "sum"],
        [
            [
                ", ".join(map(str, inputs)),
                formula(written(found.multisets[inputs[0]])),
                formula(rational(found.sums[inputs[0]])),
            ]
            for inputs in found.classes
        ],
        title="Inputs with the same multiset of path-degrees",
    )
