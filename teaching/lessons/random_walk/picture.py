"""The network with its walker, exact fractions, where a crowd ended, and the handles."""

from collections.abc import Hashable
from dataclasses import replace
from fractions import Fraction

from htpy import Node, figcaption, figure

from evidence.levels import STRICT_LESSON_ERROR
from teaching.lesson import Reader
from teaching.lessons.random_walk.settings import INPUTS, NETWORK, O, taken
from teaching.lessons.random_walk.walkers import WALKS, Walk
from teaching.pictures import svg
from teaching.pictures.dag_picture import Look, dag_picture, links_of_edges
from teaching.pictures.handles import another_sample, press, rows
from teaching.words import Words
from theory.paths import enumerated_paths

TEXT = Words.beside(__name__)
HIDDEN = "?"
"""Stands for a share until the question has been answered."""

CERTAINTY = f"{100 * (1 - STRICT_LESSON_ERROR):g}"
"""Of the crowd's intervals, in percent."""


def picture(walk: Walk, reader: Reader) -> Node:
    """Draw the network, and tell where walkers end."""
    settings, dag = walk.settings, walk.dag
    steps = taken(dag, settings)
    walked = {edge for edge, _ in steps}
    here = steps[-1][1] if steps else O
    paths = enumerated_paths.edge_paths(dag, settings.end, O)
    links = links_of_edges((f"path-{number}", path) for number, path in enumerate(paths))

    def node(name: Hashable) -> Look:
        share = walk.walked[name]
        below = (str(share) if reader.answered else HIDDEN) if share else None
        look = NETWORK.node(dag, str(name), settings.tail, below=below, here=name == here)
        kinds = {
            "ends": name in dag.inputs, "inputs": name in INPUTS, "chosen": name == settings.end,
            "o": name == O,
        }  # fmt: skip
        return replace(look, link=" ".join(kind for kind, is_so in kinds.items() if is_so))

    def edge(number: int) -> Look:
        weight = str(Fraction(1, walk.degrees[dag.edge_lists.heads[number]]))
        link = " ".join(["weights", f"edge-{number}", *links.get(number, [])])
        return NETWORK.edge(dag, number, inside=weight, link=link, chosen=number in walked)

    def walker(places: dict[Hashable, tuple[float, float]]) -> Node:
        x, y = places[here]
        return svg.disc(x + 20, y - 18, 7, class_="dot two moves", aria_hidden="true")

    return figure[
        dag_picture(dag, label=TEXT("caption.label"), node=node, edge=edge, extra=walker),
        NETWORK.waiting(settings.tail),
        figcaption[
            TEXT(
                "caption.picture",
                kind=settings.degrees,
                until=TEXT("caption.shown" if reader.answered else "caption.hidden"),
            )
        ],
        _table(walk, reader),
    ]


def handles(walk: Walk) -> Node:
    """Return what moves the walkers and what drops an assumption."""
    settings = walk.settings
    steps = taken(walk.dag, settings)
    ended = bool(steps) and not walk.dag.in_degree(steps[-1][1])
    return [
        press(TEXT("caption.next" if ended else "caption.step"), "climb", kind="main"),
        TEXT.handle(settings, "crowd", shown=f"{WALKS * settings.crowd:,}"),
        settings.crowd > 0 and another_sample(settings),
        TEXT.handle(settings, "end"),
        TEXT.group("assumptions", TEXT.handle(settings, "bias"), TEXT.handle(settings, "degrees")),
    ]


def _table(walk: Walk, reader: Reader) -> Node:
    heads = [TEXT("caption.end"), TEXT("caption.exact")]
    if walk.seen:
        heads += [TEXT("caption.seen"), TEXT("caption.interval", certainty=CERTAINTY)]
    lines: list[list[Node]] = []
    for end in walk.dag.inputs:
        lines.append([str(end), str(walk.walked[end]) if reader.answered else HIDDEN])
        if walk.seen:
            found = walk.seen[end]
            lines[-1] += [f"{found.estimate:.3f}", f"{found.low:.3f} to {found.high:.3f}"]
    return rows(heads, lines, title=TEXT("caption.table"))
