"""The terms of Equation 8, for one input and one logit of a dense network."""

from dataclasses import dataclass
from fractions import Fraction
from math import prod

from theory.dag import Dag
from theory.paths.moment_terms import share, sum_over_paths


@dataclass(frozen=True)
class DenseLogit:
    """A dense network and the terms of Eq. 8 for its first input and logit.

    Attributes
    ----------
    sizes : of its layers, from the inputs to the logits.
    dag : of its neurons.
    """

    sizes: tuple[int, ...]
    dag: Dag

    @property
    def moment(self) -> Fraction:
        """E[(∂_x f_k)²], by a walk over pairs of paths."""
        return self.dag.second_moments(self.dag.outputs[0])[self.dag.inputs[0]]

    @property
    def paths(self) -> int:
        """|P(x,k)|, by polynomial algebra."""
        return self.dag.path_degrees(self.dag.inputs[0], self.dag.outputs[0]).total()

    @property
    def size_of_all_layers(self) -> int:
        """Π d_p over p ∈ p̃, as the third equality is printed: the logits' layer is in it."""
        return prod(self.sizes[1:])

    @property
    def size_of_hidden_layers(self) -> int:
        """The product that does count the paths to one logit."""
        return prod(self.sizes[1:-1])

    def by_layer_sizes(self) -> Fraction:
        """|P(x,k)| Π (2/d_{p-1}) (1/2), with layer sizes d_{p-1}."""
        return prod(map(share, self.sizes[:-1]), start=Fraction(self.paths))

    def sum_over_paths(self) -> Fraction:
        """Σ_p Π (2/d_p) (1/2), with in-degrees d_p, by enumeration of paths."""
        return sum_over_paths(self.dag, self.dag.inputs[0], self.dag.in_degree)

    def unequal(self, left: Fraction | int, right: Fraction | int) -> str:
        """Say that two terms differ; empty where they do not."""
        return "" if left == right else f"dense network of sizes {self.sizes}: {left}, not {right}"
