"""The network, the chosen input's paths, inputs with the same multiset, the puzzle's board."""

from collections import Counter
from collections.abc import Hashable
from functools import partial

from htpy import Node, div, figcaption, figure, p

from teaching.lessons.path_degrees.degrees import Found, O, written
from teaching.lessons.path_degrees.settings import INPUTS, PUZZLE, Settings, chosen
from teaching.pictures import svg
from teaching.pictures.dag_picture import Look, dag_picture, links_of_edges
from teaching.pictures.handles import rows
from teaching.pictures.mathml import formula, rational, sub
from teaching.words import Words
from theory.dag import Dag
from theory.paths import enumerated_paths

TEXT = Words.beside(__name__)


def picture(found: Found, settings: Settings) -> Node:
    """Draw the network, with the chosen input's paths."""
    x, dag, witnesses = chosen(settings), found.dag, found.symmetry.witnesses
    links, ends = edge_links(dag, x), list(dag.edges())

    def node(name: Hashable) -> Look:
        degree = dag.in_degree(name)
        if degree:
            says = TEXT("caption.neuron", name=str(name), degree=degree)
            return Look(inside=str(degree), link="degrees", says=says)
        return Look(
            inside=str(name),
            below=str(found.sums[name]),
            link="sums sum" if name == x else "sums",
            chosen=name == x,
            press=("x", str(name)[1:]),
            says=TEXT("caption.press", name=str(name)),
        )

    def edge(number: int) -> Look:
        on = links.get(number, [])
        tail, head = ends[number]
        says = TEXT("caption.edge", tail=str(tail), head=str(head))
        return Look(link=" ".join(on), chosen=bool(on), says=says)

    def rings(places: dict[Hashable, tuple[float, float]]) -> Node:
        return [
            svg.square(*places[name], 22, rx="6", class_="curve four", aria_hidden="true")
            for name in witnesses or ()
        ]

    label, framed = TEXT("caption.label", x=x), TEXT("caption.framed") if witnesses else ""
    return figure[
        dag_picture(dag, label=label, node=node, edge=edge, extra=rings),
        div(".formula")[formula(sub("G", x), "=", written(found.multisets[x], linked=True))],
        figcaption[TEXT("caption.picture", framed=framed)],
        rows(
            [TEXT("caption.inputs"), "G", TEXT("caption.sum")],
            [
                [
                    ", ".join(map(str, inputs)),
                    formula(written(found.multisets[inputs[0]])),
                    formula(rational(found.sums[inputs[0]])),
                ]
                for inputs in found.classes
            ],
            title=TEXT("caption.table"),
        ),
    ]


def edge_links(dag: Dag, x: str) -> dict[int, list[str]]:
    """Name, for each edge on a path from `x`, the terms of its polynomial that the edge serves."""
    met = enumerated_paths.edge_path_degrees(dag, x, O)
    places = {each: number for number, each in enumerate(sorted(Counter(met)))}
    paths = enumerated_paths.edge_paths(dag, x, O)
    return links_of_edges(
        (f"term-{places[path_degree]}", path) for path, path_degree in zip(paths, met, strict=True)
    )


def handles(settings: Settings) -> Node:
    """Return what chooses the architecture."""
    convolutions = ("kernel", "stride", "padding")
    return [
        [TEXT.handle(settings, name) for name in ("kind", "size", "layers")],
        settings.kind == "convolution"
        and TEXT.group("depends", *(TEXT.handle(settings, name) for name in convolutions)),
    ]


def board(settings: Settings) -> Node:
    """Draw the puzzle's network."""
    dag = PUZZLE.dag(settings.edges)
    sums = dag.path_sums(PUZZLE.o)

    def node(name: Hashable) -> Look:
        below = str(sums[name]) if name in INPUTS else None
        return PUZZLE.node(dag, str(name), settings.tail, below=below)

    return [
        dag_picture(dag, label=TEXT("caption.board"), node=node, edge=partial(PUZZLE.edge, dag)),
        PUZZLE.waiting(settings.tail) or p(".note")[TEXT("caption.how")],
    ]
