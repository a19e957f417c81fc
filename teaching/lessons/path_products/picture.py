"""The network with the two chosen paths drawn on it, what they are in figures, and the handles."""

from collections.abc import Hashable

from htpy import Element, Node, figcaption, figure, p

from teaching.lesson import Reader
from teaching.lessons.path_products.matrix import matrix
from teaching.lessons.path_products.network import (
    ARCHITECTURES,
    CORRELATED,
    Network,
    Path,
    edges,
)
from teaching.lessons.path_products.settings import Settings
from teaching.lessons.path_products.terms import OMEGA, OMEGA_PRIME, expected, link, linked, signed
from teaching.pictures import svg
from teaching.pictures.handles import choose, part
from teaching.pictures.mathml import formula, rational
from teaching.words import Words
from theory.paths import parting_paths, weight_laws

TEXT = Words.beside(__name__)
HIGH, SIDE, RADIUS = 248.0, 40.0, 17.0
"""Units from the first input to the last one, from them to the rim, and of a node."""
WORDS_AT = 0.68
"""How far along an edge its weight stands: nearer to the neuron that it enters."""
APART = 4.0
"""Units between an edge's middle and the path drawn beside it."""


def picture(settings: Settings, net: Network, reader: Reader) -> Node:
    """Draw the network and the two paths."""
    places = _places(net)
    node_at = parting(settings)
    product = net.product(settings.p) + net.product(settings.q)
    return figure[
        svg.canvas(
            _along(settings.p, places, -APART, "one"),
            _along(settings.q, places, APART, "two", dashed=True),
            [_edge(net, edge, places, settings) for edge in net.factors],
            [_node(node, place, settings, node_at, net) for node, place in places.items()],
            label=TEXT("caption.label"),
            height=2 * SIDE + HIGH,
        ),
        figcaption[TEXT("caption.picture")],
        p[
            formula(OMEGA, "=", *linked(net, edges(settings.p))), ", ",
            formula(OMEGA_PRIME, "=", *linked(net, edges(settings.q))),
            reader.answered and [
                ", ",
                formula(
                    expected(OMEGA, OMEGA_PRIME), "=",
                    rational(weight_laws.expectation(net.law, product)),
                ),
            ],
            ".",
        ],
        reader.answered and matrix(settings, net),
    ]  # fmt: skip


def parting(settings: Settings) -> Hashable | None:
    """Return the node where p and p' part, looked for as the student chose; None if nowhere."""
    try:
        return parting_paths.parting_node(
            settings.p, settings.q, forward=settings.walk == "forward"
        )
    except ValueError:
        return None


def handles(settings: Settings, net: Network) -> Node:
    """Return what moves the paths, and what drops an assumption."""
    architecture = ARCHITECTURES[settings.network]
    columns = architecture.columns[1:]
    rho, mean = net.law.correlation, net.law.mean
    new, old = ", ".join(architecture.tied), ", ".join(architecture.tied.values())
    return [
        TEXT.group(
            "paths",
            TEXT.handle(settings, "active"),
            choose(
                settings, "end", TEXT("caption.ends_at", name=_name(settings)),
                {c: c if c == "o" else TEXT("caption.neuron", column=c) for c in columns},
                value=settings.path[-1][0],
            ),
            TEXT.handle(settings, "walk"),
        ),
        TEXT.group(
            "network",
            TEXT.handle(settings, "network"),
            TEXT.handle(settings, "own"),
            None if settings.own else _shared(net),
        ),
        TEXT.group(
            "assumptions",
            TEXT.handle(settings, "rho", shown=signed(rho)),
            TEXT.handle(settings, "mean", shown=signed(mean)),
            TEXT.handle(settings, "tied", new=new, old=old)
            if architecture.tied
            else p(".note")[TEXT("caption.untied")],
        ),
    ]  # fmt: skip


def _shared(net: Network) -> Node:
    """Say that one weight on two edges is against H5 as printed."""
    a = CORRELATED[0]
    one, other = [edge for edge, factor in net.factors.items() if factor == a][:2]
    square = weight_laws.average(net.law, (a, a))
    return p(".note")[
        TEXT("caption.shared", one=" → ".join(one), other=" → ".join(other), a=a, square=square)
    ]


def _places(net: Network) -> dict[str, tuple[float, float]]:
    """Stand the layers in columns, each spread over the height so that edges stay apart."""
    across = (svg.WIDTH - 2 * SIDE) / (len(net.columns) - 1)
    places = {}
    for n, column in enumerate(net.columns):
        gap = HIGH / (len(column) - (n == 0)) if len(column) > 1 else 0.0
        top = SIDE + HIGH / 2 - gap * (len(column) - 1) / 2
        for place, node in enumerate(column):
            places[node] = SIDE + n * across, top + place * gap
    return places


def _along(
    path: Path,
    places: dict[str, tuple[float, float]],
    apart: float,
    kind: str,
    *,
    dashed: bool = False,
) -> Element:
    points = [(places[node][0], places[node][1] + apart) for node in path]
    return svg.g(class_=kind)[svg.polygonal(points, class_="way dashed" if dashed else "way")]


def _edge(
    net: Network,
    edge: tuple[str, str],
    places: dict[str, tuple[float, float]],
    settings: Settings,
) -> Element:
    (x1, y1), (x2, y2) = places[edge[0]], places[edge[1]]
    x, y = x1 + WORDS_AT * (x2 - x1), y1 + WORDS_AT * (y2 - y1)
    factor = net.factors[edge]
    on = [name for name, path in (("p", settings.p), ("p′", settings.q)) if edge in edges(path)]
    names = TEXT("caption.both") if len(on) > 1 else "".join(on)
    wide = 12 if isinstance(factor, str) else 28
    d = f"M{x1:.1f},{y1:.1f} L{x2:.1f},{y2:.1f}"
    return part(
        [
            svg.path(".hit", d=d, fill="none"),
            svg.path(".edge", d=d),
            svg.rect(
                ".ground", x=f"{x - wide / 2:.1f}", y=f"{y - 8:.1f}", width=f"{wide}",
                height="16", rx="4",
            ),
            svg.words(x, y + 5, str(factor), kind="strong" if on else ""),
        ],
        "through",
        "-".join(edge),
        label=TEXT(
            "caption.edge", tail=edge[0], head=edge[1], weight=str(factor),
            on=TEXT("caption.on", names=names) if on else "", name=_name(settings),
        ),
        link=f"{link(edge)} weight-{factor}",
    )  # fmt: skip


def _node(
    node: str,
    place: tuple[float, float],
    settings: Settings,
    parts_here: Hashable | None,
    net: Network,
) -> Element:
    x, y = place
    kind = "node chosen" if node == parts_here else "node"
    rim = svg.square if node in net.columns[0] else svg.disc
    return part(
        [rim(x, y, RADIUS, class_=kind), svg.words(x, y + 5, node, kind="small")],
        "through",
        node,
        label=TEXT(
            "caption.node",
            node=node,
            name=_name(settings),
            parts=TEXT("caption.parts") if node == parts_here else "",
        ),
    )


def _name(settings: Settings) -> str:
    return "p" if settings.active == "p" else "p′"
