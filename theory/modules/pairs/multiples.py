"""Neurons that are multiples of others: their signs, and so their activations, go together.

(H) takes the activations of two neurons as independent. Those of h and of -h are not: where they
are added up again without weights, as in relu(h) - relu(-h), its prediction is another. Neither are
those of two neurons that weigh multiples of one neuron by shared weights, as a convolution with one
pixel does of an image that was enlarged before.
"""

import torch
from torch import Tensor

from theory.graph.layers import DagError
from theory.modules.gates import GATE_BITS, GATE_MASK


class Multiples:
    """Of which neuron each one is a multiple, and whether an activation came on the way."""

    def __init__(self) -> None:
        self._roots = torch.zeros(0, dtype=torch.int64)
        self._gated = torch.zeros(0, dtype=torch.bool)
        self._gated_late = torch.zeros(0, dtype=torch.bool)

    def add(self, first: int, end: int, codes: Tensor) -> None:
        """Note the neurons from `first` to `end`, and what they are connected to by fixed weights.

        Parameters
        ----------
        first, end : numbers; neurons that were never noted are multiples of none.
        codes : shape (*grid, slots).
        """
        self._reach(end)
        if codes.shape[-1] == 1:
            codes = codes.reshape(-1)
            there = codes >= 0
            above = torch.arange(first, end)[there]
            roots, gated, late = self._seen(codes[there])
            self._roots[above], self._gated[above], self._gated_late[above] = roots, gated, late

    def add_weighted(self, numbers: Tensor, codes: Tensor, filters: Tensor) -> None:
        """Note the neurons of a layer with random weights that weigh the same multiples alike.

        Whether they are multiples by one factor is not asked: with others, their signs are related
        all the same.

        Parameters
        ----------
        numbers : of the neurons, shape (neurons that share a list, lists).
        codes : shape (lists, slots).
        filters : shape (lists,); neurons of one filter share the weight of each slot.
        """
        self._reach(int(numbers.max()) + 1)
        rows, groups = torch.arange(len(codes)), filters
        for slot in range(codes.shape[1]):
            seen = codes[rows, slot].long()
            neurons = (seen >> GATE_BITS).clamp(min=0)
            what = (2 * self._roots[neurons] + self._gated[neurons]) << GATE_BITS
            what = torch.where(seen < 0, seen, what + (seen & GATE_MASK))
            groups = groups * len(codes) + torch.unique(what, return_inverse=True)[1]
            _, groups, sizes = torch.unique(groups, return_inverse=True, return_counts=True)
            again = sizes[groups] > 1
            rows, groups = rows[again], groups[again]
            if not len(rows):
                return
        firsts = torch.full((int(groups.max()) + 1,), len(codes))
        firsts = firsts.scatter_reduce(0, groups, rows, "amin")
        self._roots[numbers[:, rows]] = numbers[:, firsts[groups]]

    def _reach(self, end: int) -> None:
        """Have places for neurons up to `end`, and for as many again, so that few are copied."""
        if end <= len(self._roots):
            return
        more = torch.arange(len(self._roots), 2 * end)
        none = torch.zeros(len(more), dtype=torch.bool)
        self._roots = torch.cat([self._roots, more])
        self._gated = torch.cat([self._gated, none])
        self._gated_late = torch.cat([self._gated_late, none])

    def check(self, name: str, codes: Tensor, neurons: int) -> None:
        """Raise DagError if submodule `name` adds up activations of multiples of one neuron.

        Parameters
        ----------
        name, codes : of the layer, shape (*grid, slots).
        neurons : number of all that there are.
        """
        self._reach(neurons)
        if codes.shape[-1] == 1:
            return
        rows = codes.reshape(-1, codes.shape[-1])
        roots, gated, late = self._seen(rows.clamp(min=0))
        gated, late = gated & (rows >= 0), late & (rows >= 0)
        chosen = late.any(-1)
        if not chosen.any():
            return
        roots = torch.where(gated, roots, -1 - torch.arange(rows.shape[1]))[chosen]
        roots, order = roots.sort(dim=-1)
        ordered = (rows[chosen] >> GATE_BITS).gather(-1, order)
        late = late[chosen].gather(-1, order)
        together = roots[:, 1:] == roots[:, :-1]
        together &= ordered[:, 1:] != ordered[:, :-1]
        if (together & (late[:, 1:] | late[:, :-1])).any():
            raise DagError(
                f"submodule {name!r} adds up activations of one value and of a multiple of it, as "
                "in relu(h) - relu(-h): their signs go together, and (H) takes them as "
                "independent; write it as one activation, such as leaky_relu, or make copies after "
                "the activation"
            )

    def _seen(self, codes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return roots; whether activations came; and whether one came after a multiplication."""
        neurons = codes >> GATE_BITS
        own = (codes & GATE_MASK) != 0
        roots = self._roots[neurons]
        late = self._gated_late[neurons] | (own & (roots != neurons))
        return roots, self._gated[neurons] | own, late
