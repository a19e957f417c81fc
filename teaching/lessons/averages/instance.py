"""The twins at hand, and what the library finds of each, in two ways."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import cast

from teaching.lessons.averages.settings import REPLACED, Settings
from theory.dag import Dag
from theory.networks import strided_twins
from theory.networks.strided_twins import Padding, Pooling
from theory.paths import path_pairs, path_polynomial, weighted_paths
from theory.paths.weighted_paths import WeightedPath


def named(node: Hashable) -> tuple[str, int]:
    """Return a neuron's layer, and its number there."""
    return cast(tuple[str, int], node)


@dataclass(frozen=True)
class Twin:
    """A network. What asks for second moments raises `DagError` where a maximum is on the way."""

    dag: Dag

    @cached_property
    def paths(self) -> list[WeightedPath]:
        """All paths to the logit, one by one."""
        return weighted_paths.weighted_paths(self.dag, self.dag.outputs[0])

    def paths_from(self, x: int) -> list[WeightedPath]:
        """Return the paths from input number x, counted from 0."""
        return [path for path in self.paths if path.start == x]

    @cached_property
    def counts(self) -> list[int]:
        """How many paths each input has, by one sweep."""
        ones = [Fraction(1)] * len(self.dag.nodes)
        sums = path_polynomial.path_polynomials_at(self.dag, self.dag.outputs[0], ones)
        return [int(count) for count in sums.values()]

    @cached_property
    def moments(self) -> list[Fraction]:
        """E[(∂_x f)²] for each input, by a walk over pairs of paths."""
        return list(self.dag.second_moments(self.dag.outputs[0]).values())

    @cached_property
    def listed_moments(self) -> list[Fraction]:
        """The second moments again, from the listed paths."""
        return [every for every, _ in self._listed(gates=True)]

    @property
    def sizes(self) -> tuple[Fraction, Fraction]:
        """Both sums of second moments over the inputs: by the walk, and from the listed paths."""
        return sum(self.moments, Fraction(0)), sum(self.listed_moments, Fraction(0))

    @cached_property
    def pair_sums(self) -> list[tuple[Fraction, Fraction]]:
        """For each input, Σ E[ω_p ω_p'] over all pairs of paths and over equal ones, by a walk."""
        return list(path_pairs.path_pair_sums(self.dag, self.dag.outputs[0]).values())

    @cached_property
    def listed_pair_sums(self) -> list[tuple[Fraction, Fraction]]:
        """The sums over pairs again, from the listed paths."""
        return self._listed(gates=False)

    def _listed(self, *, gates: bool) -> list[tuple[Fraction, Fraction]]:
        sums = weighted_paths.enumerated_pair_sums(self.paths, gates=gates)
        nothing = Fraction(0), Fraction(0)
        return [sums.get(x, nothing) for x in range(self.dag.number_of_inputs)]


@dataclass(frozen=True)
class Instance:
    """The network with strides alone, its twin with averages, and what is chosen of them."""

    settings: Settings

    @property
    def kernel(self) -> int:
        """Pixels under a filter."""
        return self.settings.n + self.settings.wider

    @property
    def layers(self) -> int:
        """How many convolutions are replaced."""
        return len(REPLACED[self.settings.replaced])

    @property
    def times(self) -> int:
        """What n becomes over all replaced convolutions."""
        return int(self.settings.n**self.layers)

    @property
    def d(self) -> int:
        """The input dimension."""
        return self.before.dag.number_of_inputs

    @property
    def x(self) -> int:
        """The chosen pixel, counted from 0."""
        return min(self.settings.x, self.d) - 1

    @cached_property
    def before(self) -> Twin:
        """Strides alone."""
        return self._twin("none")

    @cached_property
    def after(self) -> Twin:
        """With the chosen convolutions replaced."""
        replaced = self.settings.replaced
        return self.before if replaced == "none" else self._twin(replaced)

    @cached_property
    def down_to_one_pixel(self) -> Twin:
        """With averages alone."""
        return self.after if self.settings.replaced == "both" else self._twin("both")

    @property
    def shown(self) -> Twin:
        """The twin that is drawn."""
        return self.before if self.settings.shown == "strided" else self.after

    @cached_property
    def chosen_paths(self) -> list[WeightedPath]:
        """The chosen pixel's paths in the twin that is drawn."""
        return self.shown.paths_from(self.x)

    @property
    def chosen_path(self) -> int:
        """Which of them is chosen, counted from 0."""
        return min(self.settings.path, len(self.chosen_paths)) - 1

    @cached_property
    def missing_paths(self) -> int:
        """Paths that the twin with averages would have if its padding were periodic."""
        periodic = Instance(replace(self.settings, padding="circular")).after
        return sum(periodic.counts) - sum(self.after.counts)

    @cached_property
    def copied(self) -> tuple[WeightedPath, WeightedPath] | None:
        """Two paths over the same weights, in the twin with averages, if there are any."""
        return weighted_paths.correlated_pair(self.after.paths)

    def _twin(self, replaced: str) -> Twin:
        settings = self.settings
        return Twin(
            strided_twins.strided_twin(
                settings.n,
                self.kernel,
                replaced=REPLACED[replaced],
                padding=cast(Padding, settings.padding),
                pooling=cast(Pooling, settings.pooling),
            )
        )
