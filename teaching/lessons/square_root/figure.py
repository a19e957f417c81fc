"""The drawn network with its exact second moments, and the handles."""

from collections.abc import Hashable
from typing import TYPE_CHECKING

from htpy import Node, figcaption, figure, p

from teaching.lesson import Reader
from teaching.lessons.square_root.network import Instance
from teaching.lessons.square_root.plots import plots
from teaching.lessons.square_root.sample import NETWORKS, SIZES
from teaching.lessons.square_root.settings import Settings
from teaching.pictures.dag_picture import Look, dag_picture, links_of_edges
from teaching.pictures.handles import another_sample, choose, group, slider, switch

if TYPE_CHECKING:
    from simulations.small_samples.growth import Growth

HIDDEN = "?"
"""Stands for a second moment until the question has been answered."""


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
                says=f"input x{position + 1}; follow its paths",
            )
        degree = dag.in_degree(name)
        inside = f"f{dag.outputs.index(name) + 1}" if name in dag.outputs else str(degree)
        return Look(inside=inside, link="degrees", says=f"neuron of in-degree {degree}")

    def edge(number: int) -> Look:
        on = links.get(number, [])
        return Look(link=" ".join(on), says=f"on {len(on)} paths from the chosen input to f1")

    return figure[
        dag_picture(dag, label="the network, inputs on the left", node=node, edge=edge),
        figcaption[
            "Squares are inputs, circles neurons with their in-degree. Below an input: the exact "
            "E[(∂ₓf)²] for f = f1",
            "." if reader.answered else ", shown when you have answered the question.",
            " Press an input to follow its paths.",
        ],
        plots(drawn, reader) if drawn else None,
        p(".note")["The first networks are being drawn …"]
        if settings.networks and not drawn
        else None,
    ]


def handles(settings: Settings) -> Node:
    """Return what shapes the network and what drops an assumption."""
    return [
        slider(
            settings, "networks", f"Networks drawn at each of d = {', '.join(map(str, SIZES))}:",
            shown=f"{NETWORKS * settings.networks:,}",
        ),
        another_sample(settings),
        choose(
            settings, "kind", "Kind",
            {"dense": "dense layers (Theorem 3)", "conv": "convolutions (Corollary 5)"},
        ),
        slider(settings, "inputs", "Inputs d:"),
        _dense(settings) if settings.is_dense else _convolutions(settings),
        slider(settings, "logits", "Logits:"),
        group("Assumptions", _assumptions(settings)),
    ]  # fmt: skip


def _dense(settings: Settings) -> Node:
    return [
        slider(settings, "first", "First hidden layer:"),
        slider(settings, "second", "Second hidden layer:", shown=str(settings.second or "none")),
    ]


def _convolutions(settings: Settings) -> Node:
    return [
        slider(settings, "depth", "Convolutions:"),
        slider(settings, "kernel", "Kernel:"),
        slider(settings, "stride", "Stride:"),
        choose(settings, "padding", "Padding", ("circular", "reflect", "zeros", "none")),
    ]


def _assumptions(settings: Settings) -> Node:
    return [
        switch(
            settings, "linear", "no ReLU on the logits",
            note="As in practice. H1 counts a ReLU after every neuron.",
        ),
        settings.pads_zeros
        and [
            choose(
                settings, "variance", "A weight's variance",
                {"h3": "2/in-degree (H3)", "he": "2/fan-in (He, torch)"},
            ),
            p(".note")[
                "They differ beside zero padding, where a neuron has fewer edges than its filter "
                "has weights. Sampled networks always have He's."
            ],
        ],
        choose(
            settings, "gates", "ReLUs of sampled networks",
            {"masks": "fair coins (H1)", "real": "real ones"},
        ),
        p(".note")[
            "A real ReLU depends on the weights. But say their law is symmetric: w is as likely as "
            "−w, as with He's weights. Flip the signs of all weights into one neuron (of one "
            "filter): its ReLU opens where it was closed, and the squares of the weights stay. So "
            "mean squares are the same as with fair coins."
        ],
        switch(
            settings, "printed", "statements as printed",
            note="Two had to be corrected: the number of paths in Equation 8, and q = ∞ in "
            "Equation 7.",
        ),
    ]  # fmt: skip
