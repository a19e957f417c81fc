"""Pairs of neurons that two correlated paths may have reached, and sums over such paths."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from theory.modules.pairs.sorted_edges import Numbers

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class PairsOfNeurons:
    """Needed pairs in two layers, or in one.

    Attributes
    ----------
    keys : shape (n,), sorted, each made of the later neuron's list of connections and the other.
    later, earlier : shape (m n,), both neurons of each pair, for every one of the m neurons that
        share a list and stand for others.
    alike : shape (m, 1), for how many each of those stands.
    values : shape (gates, m n), the sums, by the number of the gate behind which the path at the
        earlier neuron leaves it.
    """

    keys: Numbers
    later: Numbers
    earlier: Numbers
    alike: Numbers
    values: Floats

    def at(self, keys: Numbers) -> Floats:
        """Look up sums over pairs by key, shape (gates, len(keys)); 0 where one is not needed."""
        if not len(self.keys):
            return np.zeros((len(self.values), len(keys)))
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self._by_list[:, places], 0)

    @cached_property
    def _by_list(self) -> Floats:
        """Sums over the neurons that share a list; each takes weights of its own. Final values."""
        by_neuron = self.values.reshape(len(self.values), len(self.alike), -1)
        by_list: Floats = (by_neuron * self.alike).sum(axis=1)
        return by_list


class Keys:
    """Distinct keys, found block by block; what is new is joined as it gets as long as the rest."""

    def __init__(self) -> None:
        self._joined: Numbers = np.empty(0, dtype=np.int64)
        self._new: list[Numbers] = []

    def __len__(self) -> int:
        """Count the keys, those twice that are not yet joined."""
        return len(self._joined) + sum(map(len, self._new))

    def add(self, keys: Numbers) -> None:
        """Add keys, in any order and repeated or not."""
        self._new.append(_distinct(keys))
        if len(self) > 2 * len(self._joined):
            self.all()

    def all(self) -> Numbers:
        """All keys, sorted."""
        self._joined = _distinct(np.concatenate([self._joined, *self._new]))
        self._new = []
        return self._joined


def _distinct(keys: Numbers) -> Numbers:
    """As `np.unique`, which is slow for many distinct numbers: it hashes them."""
    keys = np.sort(keys)
    return keys[np.diff(keys, prepend=-1) > 0]
