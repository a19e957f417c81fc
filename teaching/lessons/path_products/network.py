"""The networks of the lesson: their edges, the weight that each edge carries, and its law."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from theory.dag import Dag
from theory.graph.layers import Kind, ListedLayer
from theory.paths.weight_laws import Factor, WeightLaw

Path = tuple[str, ...]
"""Names of nodes from an input upwards."""

Windows = Sequence[Sequence[int]]
"""For each neuron of a layer, the neurons of the layer below that it sees."""

CORRELATED = ("a", "b")
"""The two weights into g1 that the slider correlates."""


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """Which neuron sees which.

    Attributes
    ----------
    columns : first letters of the neurons' names, a layer each, the inputs' first.
    weights : first letters of the weights' names, a layer each.
    inputs : their number.
    windows : of each layer.
    averages : whether o averages, instead of having weights.
    tied : by weight, the weight of a lower layer that it becomes if layers are tied.
    """

    columns: str
    weights: str
    inputs: int
    windows: Sequence[Windows]
    averages: bool = False
    tied: Mapping[str, str]


ARCHITECTURES = {
    "one": Architecture(
        columns="xgo",
        weights="au",
        inputs=5,
        windows=[((0, 1, 2), (1, 2, 3), (2, 3, 4)), ((0, 1, 2),)],
        tied={"u": "a", "v": "b", "w": "c"},
    ),
    "two": Architecture(
        columns="xgho",
        weights="aku",
        inputs=5,
        windows=[((0, 1, 2), (2, 3, 4)), ((0, 1), (0, 1)), ((0, 1),)],
        tied={"u": "k", "v": "m"},
    ),
    "average": Architecture(
        columns="xgo",
        weights="au",
        inputs=5,
        windows=[((0, 1, 2), (1, 2, 3), (2, 3, 4)), ((0, 1, 2),)],
        averages=True,
        tied={},
    ),
    "mirror": Architecture(
        columns="xgo",
        weights="au",
        inputs=3,
        # x2 stands once more above x1.
        windows=[((1, 0), (0, 1), (1, 2)), ((0, 1, 2),)],
        averages=True,
        tied={},
    ),
}


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network with the law of its weights.

    Attributes
    ----------
    dag : its neurons.
    columns : the neurons' names, a layer each.
    factors : by edge (tail, head), the name of its weight, or the fixed weight of an average.
    law : of the weights.
    """

    dag: Dag
    columns: Sequence[Sequence[str]]
    factors: Mapping[tuple[str, str], Factor]
    law: WeightLaw

    def product(self, path: Path) -> list[Factor]:
        """Return the factors of a path-product, from the input upwards."""
        return [self.factors[edge] for edge in edges(path)]

    def paths(self, ends: Iterable[str]) -> list[Path]:
        """List the paths from all inputs to some neurons."""
        return [
            tuple(map(str, path))
            for end in ends
            for x in self.dag.inputs
            for path in self.dag.paths(x, end)
        ]


def edges(path: Path) -> list[tuple[str, str]]:
    """Return the edges (tail, head) of a path."""
    return list(pairwise(path))


def network(
    name: str, *, own: bool, tied: bool, mean: Fraction, correlation: Fraction
) -> Network:  # fmt: skip
    """Build one of the networks.

    Parameters
    ----------
    name : of `ARCHITECTURES`.
    own : whether every edge of the first layer has a weight of its own; else it is a convolution.
    tied : whether weights into o are weights of a lower layer once more (against H4).
    mean : of all weights.
    correlation : of the two weights `CORRELATED`.
    """
    architecture = ARCHITECTURES[name]
    sizes = [architecture.inputs, *(len(windows) for windows in architecture.windows)]
    columns = [
        [letter if letter == "o" else f"{letter}{n + 1}" for n in range(size)]
        for letter, size in zip(architecture.columns, sizes, strict=True)
    ]
    factors: dict[tuple[str, str], Factor] = {}
    degrees: dict[str, int] = {}
    layers: list[ListedLayer] = []
    first = 0
    for depth, windows in enumerate(architecture.windows):
        is_top = depth == len(architecture.windows) - 1
        is_average = is_top and architecture.averages
        is_shared = depth == 0 and not own
        fan_in = len(windows[0])
        for neuron, window in enumerate(windows):
            for slot, tail in enumerate(window):
                number = slot if is_shared else neuron * fan_in + slot
                weight = chr(ord(architecture.weights[depth]) + number)
                if is_top and tied:
                    weight = architecture.tied[weight]
                edge = columns[depth][tail], columns[depth + 1][neuron]
                factors[edge] = Fraction(1, fan_in) if is_average else weight
                if not is_average:
                    degrees[weight] = fan_in
        numbers = range(len(windows))
        layers.append(
            ListedLayer(
                name=architecture.columns[depth + 1],
                kind=Kind.AVERAGE if is_average else Kind.WEIGHTED,
                first=first + sizes[depth],
                tails=[[first + tail for tail in window] for window in windows],
                filters=[0 if is_shared else number for number in numbers],
                divisors=[fan_in for _ in numbers],
            )
        )
        first += sizes[depth]
    nodes = [node for column in columns for node in column]
    places = {node: place for place, node in enumerate(nodes)}
    dag = Dag(
        nodes,
        [places[tail] for tail, _ in factors],
        [places[head] for _, head in factors],
        inputs=architecture.inputs,
        outputs=[places["o"]],
        layers=layers,
    )
    law = WeightLaw(in_degrees=degrees, mean=mean, pair=CORRELATED, correlation=correlation)
    return Network(dag=dag, columns=columns, factors=factors, law=law)
