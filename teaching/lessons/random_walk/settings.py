"""What a student can set in the lesson on the random walk, and the events that do it."""

from dataclasses import dataclass, replace

import numpy as np

from simulations.random_walks import walk
from teaching.fields import AddressError, changed, choice, custom, flag, whole
from teaching.lessons.random_walk.network import (
    BIAS,
    INPUTS,
    NODES,
    START,
    O,
    network,
    read_edges,
    with_edge,
    without_edge,
    write_edges,
)

HIGHEST = 9
"""Steps of a walk, at most."""


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    edges : the network's.
    bias : whether there is a bias node.
    degrees : whose degrees weigh a path: "in" as in Lemma 7, or "out".
    tail : the node from which the next edge is to be drawn; "" if none is chosen.
    end : the input whose paths are shown.
    walker, steps : which walker climbs, and how many steps it has taken.
    crowd : hundreds of walkers that are sent at once.
    """

    edges: tuple[tuple[int, int], ...] = custom(START, read_edges, write_edges)
    bias: bool = flag()
    degrees: str = choice("in", "out")
    tail: str = choice("", *NODES[:-1])
    end: str = choice("x2", "x1", "x3")
    walker: int = whole(0, low=0, high=999)
    steps: int = whole(0, low=0, high=HIGHEST)
    crowd: int = whole(0, low=0, high=20)


def taken(settings: Settings) -> list[tuple[int, str]]:
    """Return the steps that the walker has taken: the edge's number, and the node above."""
    dag, _ = network(settings.edges, bias=settings.bias)
    steps = walk(dag, O, np.random.default_rng([4, settings.walker]))
    return [(edge, str(node)) for edge, node in steps][: settings.steps]


def press_node(settings: Settings, node: str) -> Settings:
    """Choose a node to draw an edge from, or draw the edge to a second one."""
    if node == BIAS:
        raise AddressError("the bias node feeds h1 and o; switch it off below")
    if node not in NODES:
        raise AddressError("there is no such node")
    if not settings.tail:
        if node == O:
            raise AddressError("edges start at an input or a hidden neuron: o is the end")
        return replace(settings, tail=node, end=node if node in NODES[:INPUTS] else settings.end)
    if node == settings.tail:
        return replace(settings, tail="")
    return replace(settings, edges=with_edge(settings.edges, settings.tail, node), tail="", steps=0)


def cut(settings: Settings, edge: str) -> Settings:
    """Remove an edge, written as in the address."""
    for one in read_edges(edge):
        settings = replace(settings, edges=without_edge(settings.edges, one), steps=0)
    return settings


def climb(settings: Settings, _: str) -> Settings:
    """Let the walker take a step, or start the next walker at o."""
    further = replace(settings, steps=min(settings.steps + 1, HIGHEST))
    if len(taken(further)) < further.steps:
        return replace(settings, walker=(settings.walker + 1) % 1000, steps=1)
    return further


def assume(settings: Settings, text: str) -> Settings:
    """Switch the bias node on or off."""
    return replace(changed(settings, "bias", text), steps=0)


EVENTS = {"node": press_node, "cut": cut, "climb": climb, "bias": assume}
