"""The handles: which paths, which network, and which assumptions hold."""

from collections.abc import Mapping

from htpy import Node, p

from teaching.lessons.path_products.network import ARCHITECTURES, CORRELATED, Network
from teaching.lessons.path_products.settings import Settings
from teaching.lessons.path_products.terms import signed
from teaching.pictures.handles import choose, group, slider, switch
from theory.paths import weight_laws


def handles(settings: Settings, net: Network) -> Node:
    """Return what moves the paths, and what drops an assumption."""
    columns = ARCHITECTURES[settings.network].columns
    ends: Mapping[str, Node] = {
        column: "o" if column == "o" else f"a neuron {column}" for column in columns[1:]
    }
    name = "p" if settings.active == "p" else "p′"
    rho, mean = net.law.correlation, net.law.mean
    return [
        group(
            "Two paths",
            choose(settings, "active", "The picture moves", {"p": "p", "q": "p′"}),
            choose(settings, "end", f"{name} ends at", ends, value=settings.path[-1][0]),
            choose(
                settings, "walk", "They part",
                {"back": "going back from o (Lemma 9)", "forward": "going on from x (Lemma 10)"},
            ),
        ),
        group(
            "Network",
            choose(
                settings, "network", "It has",
                {key: each.title for key, each in ARCHITECTURES.items()},
            ),
            switch(settings, "own", "no sharing: every edge has a weight of its own"),
            None if settings.own else _shared(net),
        ),
        group(
            "Assumptions",
            slider(settings, "rho", "H5: correlation of a and b, into g1:", shown=signed(rho)),
            slider(settings, "mean", "H3: mean of every weight:", shown=signed(mean)),
            _tie(settings),
        ),
    ]  # fmt: skip


def _shared(net: Network) -> Node:
    """Say that one weight on two edges is against H5 as printed."""
    a = CORRELATED[0]
    one, other = [edge for edge, factor in net.factors.items() if factor == a][:2]
    return p(".note")[
        f"A convolution: {one[0]} → {one[1]} and {other[0]} → {other[1]} carry one weight, so "
        f"E[{a}·{a}] = {weight_laws.average(net.law, (a, a))}. H5 as printed, “two weights in a "
        "same layer are uncorrelated”, fails. The proof asks it of two weights into one neuron."
    ]


def _tie(settings: Settings) -> Node:
    tied = ARCHITECTURES[settings.network].tied
    if not tied:
        return p(".note")["H4: o averages, so no weight of it can be tied to another layer’s."]
    new, old = ", ".join(tied), ", ".join(tied.values())
    return switch(
        settings, "tied", f"the weights {new} into o are {old} once more",
        note="H4 asks for independent layers.",
    )  # fmt: skip
