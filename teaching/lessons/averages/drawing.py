"""The twin, drawn: pixels on the left, the logit on the right, a chosen pixel's paths in colour.

Both twins have their neurons at the same places, and the strided one shows which ones it leaves
out, so that switching between them moves nothing.
"""

from collections.abc import Sequence

from htpy import Element, Node

from teaching.lessons.averages.instance import Instance, neuron
from teaching.lessons.averages.settings import REPLACED
from teaching.pictures import svg
from teaching.pictures.handles import part
from theory.networks.strided_twins import kept_neuron
from theory.paths.weighted_paths import WeightedPath

COLUMNS = {"input": 0, "convolution 0": 1, "pooling 0": 2, "convolution 1": 3, "pooling 1": 4,
           "logit": 5}  # fmt: skip
FIRST, LAST, TOP = 22.0, 396.0, 66.0
ROWS = {2: 46.0, 3: 33.0, 4: 26.0}
"""Units between two pixels, by n."""

RADIUS, SIDE, BEND = 8.0, 11.0, 9.0

Place = tuple[float, float]


def twin_picture(instance: Instance) -> Element:
    """Draw the twin that is shown."""
    dag, settings = instance.shown.dag, instance.settings
    names = [neuron(dag, position) for position in range(len(dag.nodes))]
    places = [_place(instance, *name) for name in names]
    curves = _curves(instance, places)
    own = sorted({edge for path in instance.chosen_paths for edge in path.edges})
    chosen = instance.chosen_paths[instance.chosen_path]
    pooled = [names[head][0].startswith("pooling") for head in dag.edge_lists.heads]
    copied = instance.copied if settings.shown == "averaged" else None
    return svg.canvas(
        _heads(instance),
        svg.path(".grid", d=" ".join(curves)),
        svg.g(".one")[
            [
                svg.g(data_link="paths average" if pooled[edge] else "paths")[
                    svg.path(".curve", d=curves[edge])
                ]
                for edge in own
            ]
        ],
        [
            svg.g(data_link=f"factor-{place}")[svg.path(".edge.chosen", d=curves[edge])]
            for place, edge in enumerate(chosen.edges)
        ],
        copied and _copied(copied, curves),
        _left_out(instance),
        [_node(instance, *name, place) for name, place in zip(names, places, strict=True)],
        label=f"{instance.d} pixels, two convolutions and the logit; pixel {instance.x + 1} has "
        f"{len(instance.chosen_paths)} paths to it",
        height=TOP + (instance.d - 1) * ROWS[settings.n] + 26,
    )


def _place(instance: Instance, layer: str, number: int) -> Place:
    """Return where a neuron stands: a strided one where its twin keeps it."""
    settings = instance.settings
    n, d = settings.n, instance.d
    column = COLUMNS[layer]
    across = FIRST + column * (LAST - FIRST) / 5
    chosen = () if settings.shown == "strided" else REPLACED[settings.replaced]
    spacing = n ** {0: 0, 1: 0, 2: 1, 3: 1, 4: 2, 5: 2}[column]
    row = number * spacing + (spacing - 1) / 2
    if layer.startswith("convolution") and int(layer[-1]) not in chosen:
        row = (number * n + kept_neuron(instance.kernel)) * spacing + (spacing - 1) / 2
    return across, TOP + min(row, d - 1) * ROWS[n]


def _curves(instance: Instance, places: Sequence[Place]) -> list[str]:
    dag = instance.shown.dag
    curves, seen = [], dict[tuple[int, int], int]()
    for ends in zip(dag.edge_lists.tails, dag.edge_lists.heads, strict=True):
        # Parallel edges: a pixel that one filter sees twice.
        apart = BEND * seen.setdefault(ends, 0)
        seen[ends] += 1
        curves.append(svg.smooth([places[end] for end in ends], apart=apart))
    return curves


def _copied(pair: Sequence[WeightedPath], curves: Sequence[str]) -> Node:
    return [
        svg.g(class_=kind, data_link="copied")[
            [svg.path(".curve.dashed", d=curves[edge]) for edge in path.edges]
        ]
        for kind, path in zip(("three", "four"), pair, strict=True)
    ]


def _left_out(instance: Instance) -> Node:
    """Draw the neurons that strided convolutions leave out."""
    settings = instance.settings
    chosen = () if settings.shown == "strided" else REPLACED[settings.replaced]
    ghosts: list[Node] = []
    for layer, spacing in ((0, 1), (1, settings.n)):
        if layer in chosen:
            continue
        across = FIRST + COLUMNS[f"convolution {layer}"] * (LAST - FIRST) / 5
        for number in range(instance.d // spacing):
            if number % settings.n == kept_neuron(instance.kernel):
                continue
            down = TOP + (number * spacing + (spacing - 1) / 2) * ROWS[settings.n]
            ghosts.append(svg.disc(across, down, RADIUS, class_="grid dashed"))
    return ghosts


def _node(instance: Instance, layer: str, number: int, place: Place) -> Node:
    x, y = place
    if layer != "input":
        return svg.disc(x, y, RADIUS, class_="node")
    is_chosen = number == instance.x
    box = svg.square(x, y, SIDE, class_="node chosen" if is_chosen else "node")
    return part(
        [box, svg.words(x, y + 5, str(number + 1), kind="small")],
        "x",
        str(number + 1),
        label=f"show the paths from pixel {number + 1}",
        chosen=is_chosen,
    )


def _heads(instance: Instance) -> Node:
    settings = instance.settings
    n = settings.n
    chosen = () if settings.shown == "strided" else REPLACED[settings.replaced]
    heads = [("pixels", "")]
    for layer in (0, 1):
        replaced = layer in chosen
        pooling = "mean" if settings.pooling == "average" else "max"
        heads.append(("conv.", f"stride {1 if replaced else n}"))
        heads.append((pooling, f"of {n}") if replaced else ("", ""))
    heads.append(("logit", ""))
    return [
        [
            svg.words(x, 18, name, kind="small strong", anchor=anchor),
            svg.words(x, 37, note, kind="small faint"),
        ]
        for (name, note), x, anchor in zip(
            heads,
            [4.0, *(FIRST + column * (LAST - FIRST) / 5 for column in range(1, 5)), svg.WIDTH - 4],
            ["start", *["middle"] * 4, "end"],
            strict=True,
        )
    ]
