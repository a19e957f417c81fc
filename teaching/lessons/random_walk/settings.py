"""The network, what a student can set, and the events that do it."""

from dataclasses import dataclass, replace

from simulations.small_samples import random_walks
from teaching.edited_network import EditedNetwork
from teaching.fields import AddressError, choice, custom, flag, sample_number, whole
from theory.dag import Dag

NETWORK = EditedNetwork(
    names=("x1", "x2", "x3", "h1", "h2", "h3", "h4", "o"),
    inputs=3,
    most_edges=16,
    most_parallel=3,
)
INPUTS = NETWORK.names[: NETWORK.inputs]
O = NETWORK.o  # noqa: E741  (the paper's letter)

START = NETWORK.read("03.13.14.24.35.45.26.36.46.57.67")

HIGHEST = 9
"""Steps of a walk, at most."""


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    edges : the network's.
    bias : whether there is a bias node, which feeds h1 and o.
    degrees : whose degrees weigh a path: "in" as in Lemma 7, or "out".
    tail : the node from which the next edge is to be drawn; "" if none is chosen.
    end : the input whose paths are shown.
    walker, steps : which walker is on its way, and how many steps it has taken.
    crowd : pieces of the crowd of walkers that are sent at once.
    sample : the crowd's seed.
    """

    edges: tuple[tuple[int, int], ...] = custom(START, NETWORK.read, NETWORK.write)
    bias: bool = flag()
    degrees: str = choice("in", "out")
    tail: str = choice("", *NETWORK.names[:-1])
    end: str = choice(*INPUTS)
    walker: int = whole(0, low=0, high=999)
    steps: int = whole(0, low=0, high=HIGHEST)
    crowd: int = whole(0, low=0, high=20)
    sample: int = sample_number()


def dag_of(settings: Settings) -> Dag:
    """Build the network's DAG; neurons without incoming edges stand after its inputs."""
    return NETWORK.dag(settings.edges, bias=("h1", O) if settings.bias else ())


def taken(dag: Dag, settings: Settings) -> list[tuple[int, str]]:
    """Return the steps that the walker has taken: the edge's number, and where it leads back to."""
    steps = random_walks.walk(dag, O, random_walks.walker(settings.walker))
    return [(edge, str(node)) for edge, node in steps][: settings.steps]


def step(settings: Settings, _: str) -> Settings:
    """Let the walker take a step, or start the next walker at o."""
    dag = dag_of(settings)
    further = replace(settings, steps=min(settings.steps + 1, HIGHEST))
    if len(taken(dag, further)) == further.steps:
        return further
    following = replace(settings, walker=(settings.walker + 1) % 1000, steps=1)
    if not taken(dag, following):
        raise AddressError("o has no incoming edge: a walk ends where it starts")
    return following


def press_node(settings: Settings, node: str) -> Settings:
    """Draw an edge as in every edited network; an input shows its paths, too."""
    pressed: Settings = NETWORK.events["node"](settings, node)
    return replace(pressed, end=node) if node in INPUTS else pressed


EVENTS = {**NETWORK.events, "node": press_node, "climb": step}
