"""Gates: by what a piecewise linear activation multiplies what arrives, for either sign of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GATE_BITS = 4
"""Bits of a code that number the gate; a module has at most 16 kinds of gates."""

GATE_MASK = (1 << GATE_BITS) - 1


@dataclass(frozen=True)
class Gate:
    """What is done to a neuron's value z before it is used: z above 0, `slope` z below.

    Attributes
    ----------
    slope : 1 for no activation, 0 for a ReLU, -1 for an absolute value, a for a LeakyReLU.
    shifted : whether a constant has been added, so that the sign is no longer z's.
    """

    slope: float = 1.0
    shifted: bool = False

    @property
    def mean(self) -> float:
        """E[g], of a neuron that is positive with probability 1/2."""
        return (1 + self.slope) / 2

    def product(self, other: "Gate") -> float:
        """E[g g'] of this and another gate of one neuron."""
        return (1 + self.slope * other.slope) / 2

    def then(self, slope: float) -> "Gate":
        """Apply another activation to what this one lets through; not after a shift."""
        return Gate(slope * self.slope if self.slope > 0 else self.slope)


PLAIN, RELU, SHIFTED = Gate(), Gate(0.0), Gate(shifted=True)

RELU_NUMBER = 1
"""Of a ReLU among the kinds of gates of any module; what has no activation has the number 0."""


class Gates:
    """The kinds of gates of one module, by number."""

    def __init__(self) -> None:
        self.kinds = [PLAIN, RELU]

    def number(self, gate: Gate) -> int | None:
        """Return the gate's number, None if there are too many kinds."""
        if gate not in self.kinds:
            if len(self.kinds) == 1 << GATE_BITS:
                return None
            self.kinds.append(gate)
        return self.kinds.index(gate)

    def table(self, value: Callable[[Gate], float]) -> NDArray[np.float64]:
        """Return a value of each kind by its number, 0 for numbers without one."""
        table = np.zeros(1 << GATE_BITS)
        table[: len(self.kinds)] = list(map(value, self.kinds))
        return table
