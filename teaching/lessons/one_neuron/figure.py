"""The neuron, the averages, and how they change with d."""

from collections.abc import Sequence

from htpy import Node, figcaption, figure, p

from simulations.small_samples import one_neuron
from simulations.small_samples.one_neuron import Neurons
from teaching.lesson import Reader
from teaching.lessons.one_neuron.neuron_picture import neuron_picture
from teaching.lessons.one_neuron.sample import Crowd, OneNeuron, spread
from teaching.lessons.one_neuron.settings import DIMENSIONS, EPSILON, SIZES, Settings
from teaching.pictures.handles import choose, group, press, rows, slider, switch
from teaching.pictures.numbers import number
from teaching.pictures.plot import Axis, Plot

ENDS = {"inverse": (4e-5, 20.0), "one": (5e-3, 2e3), "square": (1e-5, 2.0)}
"""Ends of the vertical axis, for each variance."""


def picture(settings: Settings, reader: Reader, one: OneNeuron, found: Crowd | None) -> Node:
    """Draw the neuron and the averages."""
    return figure[
        neuron_picture(one),
        figcaption[
            f"A neuron with {settings.d:,} inputs and a perturbation of them. Blue is positive, "
            "orange negative; the widest line is the largest weight drawn."
        ],
        _averages(settings, reader, found),
        _plot(settings, reader, found),
        figcaption[_told(reader)],
    ]


def handles(settings: Settings, pieces: Sequence[Neurons]) -> Node:
    """Return what moves the neuron and what drops an assumption."""
    neurons = sum(piece.size.shape[1] for piece in pieces)
    return [
        slider(settings, "fours", "Inputs: d =", shown=f"{settings.d:,}", spoken=f"{settings.d:,}"),
        press("Draw another neuron", "another", kind="main"),
        slider(
            settings, "crowd", "Neurons to average:",
            shown=f"{neurons:,} of {settings.crowd * 16:,}",
        ),
        choose(
            settings, "law", "Law of the weights",
            {"gaussian": "Gaussian", "uniform": "uniform", "laplace": "Laplace"},
        ),
        choose(settings, "p", "Norm of the attack: p =", {"inf": "∞", "2": "2", "1": "1"}),
        group(
            "Assumptions",
            choose(
                settings, "variance", "variance of the weights",
                {"inverse": "1/d", "one": "1", "square": "1/d²"},
            ),
            switch(settings, "same", "all weights are positive"),
            switch(
                settings, "chance", "chance chooses the signs of δ",
                note="Each pixel changes by as much, but not as the attacker wants.",
            ),
        ),
    ]  # fmt: skip


def _averages(settings: Settings, reader: Reader, found: Crowd | None) -> Node:
    if found is None:
        return p["No neurons to average yet."]
    size, damage = found.here(found.neurons.size), found.here(found.damage)
    scaled = size.scaled(settings.d**0.5)
    return rows(
        ["average of", "drawn", "99 % interval"],
        [
            ["|w|", number(size.estimate), spread(size)],
            ["|w · δ|", number(damage.estimate), spread(damage)],
            *([["√d |w|", number(scaled.estimate), spread(scaled)]] if reader.answered else []),
        ],
        title=f"{size.samples:,} neurons with {settings.d:,} inputs",
    )


def _told(reader: Reader) -> str:
    if not reader.answered:
        return "Answer the question, and this picture shows all d."
    return (
        f"Blue: mean |w|. Orange: what the perturbation adds to o, with ε = {EPSILON:g}. Dots: "
        "averages of what was drawn. Lines: the law for variance 1/d and p = ∞. Dashed: what falls "
        "like 1/d, as |w| would have to."
    )


def _plot(settings: Settings, reader: Reader, found: Crowd | None) -> Node:
    low, high = ENDS[settings.variance]
    plot = Plot(
        x=Axis(label="number of inputs d", low=10, high=3e4, log=True, ticks=DIMENSIONS[::2]),
        y=Axis(label="size of a weight, and damage", low=low, high=high, log=True),
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
        label="average weight and damage against the number of inputs, both on log scales",
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
