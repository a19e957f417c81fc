"""The neuron, the averages, and how they change with d; and the handles."""

from htpy import Node, figcaption, figure, p

from simulations.small_samples import one_neuron
from teaching.lesson import Reader
from teaching.lessons.one_neuron.neuron_picture import neuron_picture
from teaching.lessons.one_neuron.sample import PIECE, Crowd, OneNeuron, spread
from teaching.lessons.one_neuron.settings import DIMENSIONS, EPSILON, SIZES, Settings
from teaching.pictures.handles import another_sample, rows
from teaching.pictures.numbers import number
from teaching.pictures.plot import Axis, Plot
from teaching.words import Words

TEXT = Words.beside(__name__)
ENDS = {"inverse": (4e-5, 20.0), "one": (5e-3, 2e3), "square": (1e-5, 2.0)}
"""Ends of the vertical axis, for each variance."""


def picture(settings: Settings, reader: Reader, one: OneNeuron, found: Crowd | None) -> Node:
    """Draw the neuron and the averages."""
    told = TEXT("caption.all", epsilon=EPSILON) if reader.answered else TEXT("caption.hidden")
    return figure[
        neuron_picture(one),
        figcaption[TEXT("caption.neuron", d=settings.d)],
        _averages(settings, reader, found) if found else p[TEXT("caption.none")],
        _plot(settings, reader, found),
        figcaption[told],
    ]


def handles(settings: Settings, found: Crowd | None) -> Node:
    """Return what moves the neuron and what drops an assumption."""
    neurons = found.neurons.size.shape[1] if found else 0
    d = f"{settings.d:,}"
    return [
        TEXT.handle(settings, "fours", shown=d, spoken=d),
        TEXT.handle(settings, "crowd", shown=f"{neurons:,} of {PIECE * settings.crowd:,}"),
        another_sample(settings),
        TEXT.handle(settings, "law"),
        TEXT.handle(settings, "p"),
        TEXT.group(
            "assumptions",
            TEXT.handle(settings, "variance"),
            TEXT.handle(settings, "same"),
            TEXT.handle(settings, "chance"),
        ),
    ]


def _averages(settings: Settings, reader: Reader, found: Crowd) -> Node:
    size, damage = found.here(found.neurons.size), found.here(found.damage)
    averages = {"|w|": size, "|w · δ|": damage}
    if reader.answered:
        averages["√d |w|"] = size.scaled(settings.d**0.5)
    return rows(
        [TEXT("caption.average"), TEXT("caption.drawn"), TEXT("caption.interval")],
        [[name, number(one.estimate), spread(one)] for name, one in averages.items()],
        title=TEXT("caption.table", neurons=size.samples, d=settings.d),
    )


def _plot(settings: Settings, reader: Reader, found: Crowd | None) -> Node:
    low, high = ENDS[settings.variance]
    plot = Plot(
        x=Axis(label=TEXT("caption.x"), low=10, high=3e4, log=True, ticks=DIMENSIONS[::2]),
        y=Axis(label=TEXT("caption.y"), low=low, high=high, log=True),
        height=300,
    )
    shown = range(len(DIMENSIONS)) if reader.answered else [settings.here]
    dots: list[Node] = []
    if found is not None:
        for samples, kind, link in (
            (found.neurons.size, "one", "size"),
            (found.damage, "two", "damage"),
        ):
            means = [(DIMENSIONS[n], float(samples[n].mean())) for n in shown]
            dots += [
                plot.dots(means, kind=kind, link=link),
                plot.dots([point for point in means if point[0] == settings.d], kind=kind, size=8),
            ]  # fmt: skip
    return plot.canvas(
        plot.upright(settings.d),
        reader.answered and _laws(plot, settings),
        dots,
        label=TEXT("caption.plot"),
    )


def _laws(plot: Plot, settings: Settings) -> Node:
    law, size = settings.weights, SIZES["inverse"]
    sizes = [(d, one_neuron.expected_size(law, size, d)) for d in DIMENSIONS]
    gains = [(d, EPSILON * one_neuron.expected_gain(law, size, d)) for d in DIMENSIONS]
    wanted = [(d, one_neuron.expected_size(law, SIZES["square"], d)) for d in DIMENSIONS]
    return [
        plot.curve(sizes, kind="one", link="size"),
        plot.curve(gains, kind="two", link="damage"),
        plot.curve([at for at in wanted if at[1] >= plot.y.low], kind="four", dashed=True),
    ]
