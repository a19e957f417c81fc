"""The drawn network with its exact second moments, what larger ones showed, and the handles."""

from collections.abc import Hashable
from typing import TYPE_CHECKING

from htpy import Node, figcaption, figure, p

from teaching.lesson import Reader
from teaching.lessons.square_root.network import Instance
from teaching.lessons.square_root.sample import NETWORKS, SIZES
from teaching.lessons.square_root.scaling import LEVEL
from teaching.lessons.square_root.settings import Settings
from teaching.pictures import svg
from teaching.pictures.dag_picture import Look, dag_picture, links_of_edges
from teaching.pictures.handles import another_sample
from teaching.pictures.plot import Axis, Plot, Points
from teaching.words import Words

if TYPE_CHECKING:
    from simulations.small_samples.growth import Growth

TEXT = Words.beside(__name__)
HIDDEN = "?"
"""Stands for a second moment until the question has been answered."""

D = Axis(label=TEXT("caption.d"), low=25, high=1400, log=True, ticks=SIZES)
MOMENTS = Plot(x=D, y=Axis(label=TEXT("caption.square"), low=2e-4, high=0.3, log=True), height=300)
RESIDUALS = Plot(x=D, y=Axis(label=TEXT("caption.residual"), low=-0.6, high=0.6), height=200)


def picture(instance: Instance, reader: Reader, drawn: "Growth | None") -> Node:
    """Draw the network, and below it what networks of its kind showed."""
    settings, dag, moments = instance.settings, instance.dag, instance.moments
    links = links_of_edges(
        (f"path-{number}", path) for number, path in enumerate(instance.drawn_paths)
    )

    def node(name: Hashable) -> Look:
        position = dag.position(name)
        if position < dag.number_of_inputs:
            return Look(
                inside=f"x{position + 1}",
                below=str(moments[name]) if reader.answered else HIDDEN,
                chosen=position == settings.chosen,
                link="moments moment" if position == settings.chosen else "moments",
                press=("x", str(position)),
                says=TEXT("caption.input", x=position + 1),
            )
        degree = dag.in_degree(name)
        inside = f"f{dag.outputs.index(name) + 1}" if name in dag.outputs else str(degree)
        return Look(inside=inside, link="degrees", says=TEXT("caption.neuron", degree=degree))

    def edge(number: int) -> Look:
        on = links.get(number, [])
        return Look(link=" ".join(on), says=TEXT("caption.edge", paths=len(on)))

    until = TEXT("caption.shown" if reader.answered else "caption.hidden")
    return figure[
        dag_picture(dag, label=TEXT("caption.label"), node=node, edge=edge),
        figcaption[TEXT("caption.picture", until=until)],
        _plots(drawn, reader) if drawn else None,
        p(".note")[TEXT("caption.waiting")] if settings.networks and not drawn else None,
    ]


def handles(settings: Settings) -> Node:
    """Return what shapes the network and what drops an assumption."""
    dims = ", ".join(map(str, SIZES))
    networks = f"{NETWORKS * settings.networks:,}"
    shape = ("depth", "kernel", "stride", "padding")
    return [
        TEXT.handle(settings, "networks", dims=dims, shown=networks),
        another_sample(settings),
        TEXT.handle(settings, "kind"),
        TEXT.handle(settings, "inputs"),
        [
            TEXT.handle(settings, "first"),
            TEXT.handle(settings, "second", shown=str(settings.second or TEXT("says.none"))),
        ]
        if settings.is_dense
        else [TEXT.handle(settings, name) for name in shape],
        TEXT.handle(settings, "logits"),
        TEXT.group(
            "assumptions",
            TEXT.handle(settings, "linear"),
            settings.pads_zeros and TEXT.handle(settings, "variance"),
            TEXT.handle(settings, "gates"),
            TEXT.handle(settings, "printed"),
        ),
    ]


def _plots(grown: "Growth", reader: Reader) -> Node:
    """Draw what was measured; with the prediction once the question has been answered."""
    dots = svg.g(data_link="measured")[
        MOMENTS.intervals(list(zip(grown.dims, grown.mean_squares, strict=True)))
    ]
    certainty = f"{100 * (1 - grown.error):g}"
    caption = TEXT("caption.dots", networks=grown.networks, certainty=certainty)
    if not reader.answered:
        return [
            p[TEXT("caption.larger")],
            MOMENTS.canvas(dots, label=TEXT("caption.falls")),
            figcaption[caption, TEXT("caption.answer")],
        ]
    band = TEXT("caption.band") if _uneven(grown) else ""
    return [
        p[TEXT("caption.larger")],
        MOMENTS.canvas(_predicted(grown), dots, label=TEXT("caption.falls")),
        RESIDUALS.canvas(_residuals(grown), label=TEXT("caption.ratio")),
        figcaption[caption, TEXT("caption.line", band=band, level=f"{100 * LEVEL:g}")],
    ]


def _predicted(grown: "Growth") -> Node:
    means = [
        (d, float(moments.mean())) for d, moments in zip(grown.dims, grown.predicted, strict=True)
    ]
    return [
        _uneven(grown)
        and MOMENTS.band(_coordinates(grown, 0), _coordinates(grown, -1), kind="two"),
        MOMENTS.curve(means, kind="two", link="predicted"),
        MOMENTS.curve([(d, 1 / d) for d in SIZES], kind="three", dashed=True, link="law"),
    ]


def _residuals(grown: "Growth") -> Node:
    first, last = RESIDUALS.x.low, RESIDUALS.x.high
    ratios = [one.scaled(1, shift=-1) for one in grown.ratios]
    return [
        RESIDUALS.band(
            [(first, -LEVEL), (last, -LEVEL)], [(first, LEVEL), (last, LEVEL)], kind="three"
        ),
        RESIDUALS.curve([(first, 0), (last, 0)], kind="two"),
        RESIDUALS.intervals(list(zip(grown.dims, ratios, strict=True))),
    ]


def _uneven(grown: "Growth") -> bool:
    return any(float(moments.max() / moments.mean()) > 1 + 1e-9 for moments in grown.predicted)


def _coordinates(grown: "Growth", place: int) -> Points:
    """Return the smallest (0) or largest (-1) predicted coordinate at each d, as far as drawn."""
    return [
        (d, max(float(sorted(moments)[place]), MOMENTS.y.low))
        for d, moments in zip(grown.dims, grown.predicted, strict=True)
    ]
