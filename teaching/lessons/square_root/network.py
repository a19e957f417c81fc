"""The network that is drawn, and what the library finds of it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import cast

from teaching.fields import AddressError
from teaching.lessons.square_root.settings import Settings
from theory.dag import Dag
from theory.graph.layers import DagError
from theory.networks import small_networks
from theory.networks.dense_logit import DenseLogit
from theory.networks.small_networks import Padding
from theory.paths import enumerated_paths, moment_terms, weighted_paths
from theory.paths.symmetry import Symmetry
from theory.paths.weighted_paths import WeightedPath


@dataclass(frozen=True)
class Instance:
    """The network at hand; all figures are of its first logit f1, and found once a page."""

    settings: Settings

    @cached_property
    def he(self) -> Dag:
        """The DAG, with weights of He's variance 2/fan-in."""
        return expanded(self.settings)

    @cached_property
    def dag(self) -> Dag:
        """The DAG, with the variances that the student has chosen."""
        settings = self.settings
        if not settings.pads_zeros or settings.variance == "he":
            return self.he  # without zeros, they are H3's 2/in-degree
        return moment_terms.with_h3_variances(self.he)

    @cached_property
    def lacks_edges(self) -> bool:
        """Whether neurons have fewer edges than the variance of their weights reckons with."""
        divisor = moment_terms.fan_in(self.dag)
        return any(
            self.dag.in_degree(v) < divisor(v) for v in self.dag.nodes[self.dag.number_of_inputs :]
        )

    @property
    def o(self) -> Hashable:
        """The logit f1."""
        return self.dag.outputs[0]

    @property
    def x(self) -> Hashable:
        """The chosen input."""
        return self.dag.inputs[self.settings.chosen]

    @cached_property
    def moments(self) -> Mapping[Hashable, Fraction]:
        """E[(∂_x f1)²] of each input, by a walk over pairs of paths."""
        return self.dag.second_moments(self.o)

    @cached_property
    def sums(self) -> Mapping[Hashable, Fraction]:
        """The sum of Lemma 7 of each input, by one sweep."""
        return self.dag.path_sums(self.o)

    @cached_property
    def symmetry(self) -> Symmetry:
        """Whether (S) holds."""
        return self.dag.is_symmetric(self.o)

    @cached_property
    def paths(self) -> Sequence[WeightedPath]:
        """All paths to f1, with their weights."""
        return weighted_paths.weighted_paths(self.dag, self.o)

    @cached_property
    def drawn_paths(self) -> Sequence[tuple[int, ...]]:
        """The paths from the chosen input, by the numbers of their edges."""
        return list(enumerated_paths.edge_paths(self.dag, self.x, self.o))

    @cached_property
    def dense_logit(self) -> DenseLogit:
        """The terms of Equation 8, of a dense network."""
        settings = self.settings
        return DenseLogit((settings.inputs, *settings.widths, settings.logits), self.dag)


def expanded(settings: Settings) -> Dag:
    """Build the DAG; DagError for convolutions that do not fit."""
    if settings.is_dense:
        return small_networks.dense_dag(
            settings.inputs,
            widths=settings.widths,
            logits=settings.logits,
            linear=settings.linear,
        )
    return small_networks.convolutional_dag(
        settings.inputs,
        kernel=settings.kernel,
        stride=settings.stride,
        padding=cast(Padding, settings.padding),
        layers=settings.depth,
        logits=settings.logits,
        linear=settings.linear,
    )


def check(settings: Settings) -> None:
    """Refuse convolutions that do not fit the layer below.

    Raises
    ------
    AddressError : one that does not.
    """
    try:
        expanded(settings)
    except DagError as error:
        raise AddressError(f"{error}: take more inputs, or a smaller kernel or stride") from None
