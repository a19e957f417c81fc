"""The network with the two chosen paths drawn on it, and what they are in figures."""

from collections.abc import Hashable

from htpy import Element, Node, figcaption, figure, p

from teaching.lesson import Reader
from teaching.lessons.path_products.matrix import matrix
from teaching.lessons.path_products.network import Network, Path, edges
from teaching.lessons.path_products.settings import Settings
from teaching.lessons.path_products.terms import OMEGA, OMEGA_PRIME, expected, link, linked
from teaching.pictures import svg
from teaching.pictures.handles import part
from teaching.pictures.mathml import formula, rational
from theory.paths import parting_paths, weight_laws

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
            label="a network, and two paths in it that start at inputs",
            height=2 * SIDE + HIGH,
        ),
        figcaption[
            "Blue: the path p. Orange, dashed: p′. One letter is one weight, on however many "
            "edges it stands. Press a node or an edge, and the path that is being moved goes there."
        ],
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
        label=f"edge {edge[0]} to {edge[1]}, weight {factor}"
        + (f", on {' and '.join(on)}" if on else "")
        + f"; lead {_name(settings)} over it",
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
        label=f"{node}{', where the paths part' if node == parts_here else ''}; "
        f"lead {_name(settings)} through it",
    )


def _name(settings: Settings) -> str:
    return "p" if settings.active == "p" else "p′"
