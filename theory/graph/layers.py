"""Layers of neurons, as a DAG knows them. Nothing here needs torch, which takes seconds to load."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Self

from evidence.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NOTHING = -1
"""Code of a zero that no input changes, as zero padding adds: it is connected to nothing."""

CONSTANT = -2
"""Code of any other value without a gradient, such as a buffer's: it is connected to nothing."""


class DagError(UserError):
    """A graph that is not the DAG of a network; the message names the node or submodule."""


class Kind(Enum):
    """What the neurons of a layer do with their inputs."""

    WEIGHTED = "weighted"
    AVERAGE = "average"
    SUM = "sum"
    FIXED = "fixed"
    MAXIMUM = "maximum"


@dataclass(frozen=True, kw_only=True, eq=False)  # arrays have no single truth
class Layer:
    """Consecutive neurons made by one submodule.

    Attributes
    ----------
    name : of the submodule.
    kind : what the neurons do.
    first : number of the first neuron.
    tails : shape (neurons, slots), the neuron connected to each slot; NOTHING where none is.
    filters : shape (neurons,). Neurons with one filter share the weight of every slot.
    divisors : shape (neurons,). A weight has variance 2/divisor (the fan-in), an averaging
        neuron the fixed weights 1/divisor; a sum has divisor 1.
    """

    name: str
    kind: Kind
    first: int
    tails: "NDArray[np.int64]"
    filters: "NDArray[np.int64]"
    divisors: "NDArray[np.int64]"

    def __eq__(self, other: object) -> bool:
        """Whether the other layer has the same name, kind, connections and weights."""
        if not isinstance(other, Layer):
            return NotImplemented
        import numpy as np

        return (self.name, self.kind, self.first) == (other.name, other.kind, other.first) and all(
            np.array_equal(getattr(self, array), getattr(other, array))
            for array in ("tails", "filters", "divisors")
        )

    def __hash__(self) -> int:
        """Equal layers have equal hashes."""
        return hash((self.name, self.kind, self.first))

    def arrays(self) -> Self:
        """Return the layer itself."""
        return self

    def listed(self) -> "ListedLayer":
        """Return the same layer with lists."""
        return ListedLayer(
            name=self.name,
            kind=self.kind,
            first=self.first,
            tails=self.tails.tolist(),
            filters=self.filters.tolist(),
            divisors=self.divisors.tolist(),
        )


@dataclass(frozen=True, kw_only=True)
class ListedLayer:
    """A `Layer` with lists for its arrays: for small DAGs, which need no numpy."""

    name: str
    kind: Kind
    first: int
    tails: list[list[int]]
    filters: list[int]
    divisors: list[int]

    def arrays(self) -> Layer:
        """Return the same layer with arrays."""
        import numpy as np

        return Layer(
            name=self.name,
            kind=self.kind,
            first=self.first,
            tails=np.array(self.tails, dtype=np.int64),
            filters=np.array(self.filters, dtype=np.int64),
            divisors=np.array(self.divisors, dtype=np.int64),
        )

    def listed(self) -> Self:
        """Return the layer itself."""
        return self


def applied_twice(place: str, weight: str) -> DagError:
    """Say that a weight would serve two layers."""
    return DagError(
        f"{place} uses the weight {weight!r} once more: the weights of different layers must be "
        "independent (H4); give each layer its own"
    )


def sees_nothing(name: str, neuron: Hashable) -> DagError:
    """Say that a neuron has no incoming edge."""
    return DagError(
        f"submodule {name!r}: the neuron {neuron!r} sees nothing but zero padding or constants; "
        "make the padding smaller than the kernel"
    )


def takes_maximum(name: str) -> DagError:
    """Say that a layer's neurons have no second moments."""
    return DagError(
        f"submodule {name!r} takes a maximum: which of its inputs that is depends on all weights, "
        "so (H) gives it no second moment; take an average pooling or a stride instead"
    )
