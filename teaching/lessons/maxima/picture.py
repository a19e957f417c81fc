"""The network and its layers, what poolings pass on, the recorded growth, and the handles."""

from collections.abc import Hashable

from htpy import Node, figcaption, figure

from teaching.lesson import Reader
from teaching.lessons.maxima.recorded import NETWORKS, SEED, read
from teaching.lessons.maxima.settings import LAWS, WIDEST, Settings
from teaching.pictures.dag_picture import Look, dag_picture
from teaching.pictures.plot import Axis, Plot
from teaching.words import Words

TEXT = Words.beside(__name__)
PASSED = Plot(
    x=Axis(label=TEXT("caption.window"), low=0.5, high=WIDEST + 0.5, ticks=range(1, WIDEST + 1)),
    y=Axis(label=TEXT("caption.passed"), low=0, high=2.2),
    height=280,
)
GROWTH = Plot(
    x=Axis(label=TEXT("caption.d"), low=120, high=8e4, log=True, ticks=(192, 3072, 49152)),
    y=Axis(label=TEXT("caption.norm"), low=1, high=500, log=True),
    height=320,
)
LINES = {
    "all": ("two", -1, "end", -22.0),
    "windows": ("one", -1, "end", 14.0),
    "strides": ("three", 0, "start", -22.0),
    "averages": ("one", 1, "middle", 14.0),
}
"""Of the growth, by kind of network: colour, and where its name stands, beside which point."""

POOLS = {"stride": "three", "average": "", "max": "two"}
NOTES = {"stride": (1, -18.0), "average": (4, 12.0), "max": (4, 10.0)}
"""Where the name of a pooling stands: above or below the point of which window."""

LAYERS = ("", "①", "②", "③")


def picture(settings: Settings, reader: Reader) -> Node:
    """Draw the network and what poolings pass on; the growth once the question is answered."""
    return figure[
        _network(settings),
        figcaption[TEXT("caption.layers")],
        PASSED.canvas(_passed(settings), label=TEXT("caption.pools")),
        figcaption[TEXT("caption.laws", law=TEXT(f"says.{settings.law}"))],
        [
            GROWTH.canvas(_growth(), label=TEXT("caption.growth")),
            figcaption[TEXT("caption.recorded", networks=NETWORKS, seed=SEED)],
        ]
        if reader.answered
        else None,
    ]


def handles(settings: Settings) -> Node:
    """Return what is pooled, and what drops an assumption."""
    return [
        TEXT.handle(settings, "window"),
        TEXT.handle(settings, "law"),
        TEXT.handle(settings, "skip"),
        TEXT.group("assumptions", TEXT.handle(settings, "pool"), TEXT.handle(settings, "layers")),
    ]


def _network(settings: Settings) -> Node:
    dag, groups = settings.dag, settings.groups
    edges = list(dag.edges())

    def node(name: Hashable) -> Look:
        layer = groups.get(name, 0)
        return Look(
            inside=str(name),
            below=LAYERS[layer] or None,
            link=f"layer-{layer}" if layer else "",
            says=TEXT("caption.node", name=str(name), layer=layer or TEXT("says.none")),
        )

    def edge(number: int) -> Look:
        layer = groups[edges[number][1]]
        return Look(link=f"layer-{layer}", says=TEXT("caption.edge", layer=layer))

    return dag_picture(dag, label=TEXT("caption.network"), node=node, edge=edge)


def _passed(settings: Settings) -> Node:
    windows = range(1, WIDEST + 1)
    parts: list[Node] = [PASSED.upright(settings.window)]
    for pool, kind in POOLS.items():
        for name, law in LAWS.items():
            if pool != "max" and name != settings.law:
                continue
            points = [(n, float(law.passed_by_formula(pool, n))) for n in windows]
            link = f"pool-{pool}" + f" law-{name}" * (pool == "max")
            parts.append(PASSED.curve(points, kind=kind, dashed=name != settings.law, link=link))
            if name == settings.law:
                parts.append(PASSED.dots(points, kind=kind, link=link, size=4))
        n, up = NOTES[pool]
        height = float(settings.weight.passed_by_formula(pool, n))
        parts.append(PASSED.note(n, height, TEXT(f"says.{pool}"), kind=kind, up=up))
    return parts


def _growth() -> Node:
    parts: list[Node] = []
    for name, found in read().items():
        points = [(d, one.estimate) for d, one in found.levels]
        kind, place, anchor, up = LINES[name]
        parts += [
            GROWTH.curve(points, kind=kind, dashed=name == "averages", link=f"kind-{name}"),
            GROWTH.intervals(found.levels, kind=kind),
            GROWTH.note(*points[place], TEXT(f"says.{name}"), kind=kind, anchor=anchor, up=up),
        ]
    return parts
