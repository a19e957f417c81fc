"""What a student can set in the lesson on the random walk, and the events that do it."""

from dataclasses import dataclass, replace

from simulations.small_samples import random_walks
from teaching.fields import AddressError, changed, choice, custom, flag, whole
from teaching.lessons.random_walk.network import INPUTS, NETWORK, START, O, network
from theory.dag import Dag

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
    crowd : pieces of the crowd of walkers that are sent at once.
    """

    edges: tuple[tuple[int, int], ...] = custom(START, NETWORK.read, NETWORK.write)
    bias: bool = flag()
    degrees: str = choice("in", "out")
    tail: str = choice("", *NETWORK.names[:-1])
    end: str = choice("x1", "x2", "x3")
    walker: int = whole(0, low=0, high=999)
    steps: int = whole(0, low=0, high=HIGHEST)
    crowd: int = whole(0, low=0, high=20)


def dag_of(settings: Settings) -> Dag:
    """Build the network's DAG."""
    return network(settings.edges, bias=settings.bias)


def taken(dag: Dag, settings: Settings) -> list[tuple[int, str]]:
    """Return the steps that the walker has taken: the edge's number, and the node above."""
    steps = random_walks.walk(dag, O, random_walks.walker(settings.walker))
    return [(edge, str(node)) for edge, node in steps][: settings.steps]


def press_node(settings: Settings, node: str) -> Settings:
    """Choose a node to draw an edge from, or draw the edge to a second one."""
    edges, tail = NETWORK.joined(settings.edges, settings.tail, node)
    end = tail if tail in INPUTS else settings.end
    steps = settings.steps if edges == settings.edges else 0
    return replace(settings, edges=edges, tail=tail, end=end, steps=steps)


def cut(settings: Settings, edge: str) -> Settings:
    """Remove an edge, written as in the address."""
    return replace(settings, edges=NETWORK.cut(settings.edges, edge), steps=0)


def climb(settings: Settings, _: str) -> Settings:
    """Let the walker take a step, or start the next walker at o."""
    dag = dag_of(settings)
    further = replace(settings, steps=min(settings.steps + 1, HIGHEST))
    if len(taken(dag, further)) == further.steps:
        return further
    following = replace(settings, walker=(settings.walker + 1) % 1000, steps=1)
    if not taken(dag, following):
        raise AddressError("o has no incoming edge: a walk ends where it starts")
    return following


def assume(settings: Settings, text: str) -> Settings:
    """Switch the bias node on or off."""
    return replace(changed(settings, "bias", text), steps=0)


EVENTS = {"node": press_node, "cut": cut, "climb": climb, "bias": assume}
