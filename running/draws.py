"""Random numbers of many networks at once, each network's own."""

import math
from collections.abc import Sequence
from copy import copy

import numpy as np
import torch
from torch import Tensor

from running.streams import seed_sequence

_GROUP = 16
"""torch makes normals in groups of 16 on a CPU, and whole groups are alike however many it makes at
once."""


class Draws:
    """Independent standard normals for a batch of networks, from one stream a network.

    What a network is given depends on the seed, the stream's name, the network's index and the
    order of the draws alone: neither on the batch it is drawn in nor on what was drawn for others.
    The generators of one name have distinct seeds.

    Parameters
    ----------
    seed : the run's seed, a non-negative integer.
    name : the stream's name.
    networks : indices of the batch's networks.
    device : where the generators draw. Each kind of device has its own numbers.
    """

    def __init__(
        self,
        seed: int,
        name: str,
        networks: Sequence[int],
        *,
        device: torch.device | str = "cpu",
    ) -> None:
        # torch's CPU generator keeps 32 bits of a seed: consecutive ones can not collide.
        base = int(seed_sequence(seed, name.encode()).generate_state(1, np.uint32)[0])
        self.networks = networks
        self.device = torch.device(device)
        self.generators = [
            torch.Generator(device=device).manual_seed((base + index) % 2**32) for index in networks
        ]
        self._stock = torch.empty(len(self), 0, device=device)

    def __len__(self) -> int:
        """Return the number of networks."""
        return len(self.generators)

    def part(self, networks: slice) -> "Draws":
        """Return the streams of some of the networks, to go on with them."""
        part = copy(self)
        part.generators = self.generators[networks]
        part._stock = self._stock[networks]
        return part

    def reserve(self, *counts: int) -> None:
        """Make the numbers of the next draws at once, which is faster if they are small.

        Parameters
        ----------
        counts : how many numbers a network each of the next draws takes. On a CPU they are the
            numbers that the draws would have made themselves.
        """
        self._stock = self._make(sum(_whole_groups(count) for count in counts), None)

    def normal(self, *shape: int, memory: Tensor | None = None) -> Tensor:
        """Draw standard normals, shape (networks, *shape).

        Parameters
        ----------
        shape : of one network's numbers.
        memory : any floats to be overwritten, if there are enough: new memory takes a fourth of
            the time that making its numbers does.

        Notes
        -----
        Float32 normals come from 24-bit uniforms, so that none lies beyond 5.8: a true one does
        once in 10⁸.
        """
        count = math.prod(shape)
        groups = _whole_groups(count)
        if groups <= self._stock.shape[1]:
            # With a count of changes of its own: autograd else takes a change of one draw in place
            # for one of all that were made at once, and refuses those that it saved.
            numbers, self._stock = self._stock[:, :groups].data, self._stock[:, groups:]
        else:
            numbers = self._make(groups, memory)
        return numbers[:, :count].view(len(self), *shape)

    def gates(self, *shape: int) -> Tensor:
        """Draw zeros and ones with probability 1/2 each, shape (networks, *shape)."""
        return (self.normal(*shape) > 0).float()

    def _make(self, count: int, memory: Tensor | None) -> Tensor:
        size = len(self) * count
        if memory is None or memory.numel() < size:
            memory = torch.empty(size, device=self.device)
        numbers = memory[:size].view(len(self), count)
        for row, generator in zip(numbers.unbind(), self.generators, strict=True):
            row.normal_(generator=generator)
        return numbers


def _whole_groups(count: int) -> int:
    return -(-count // _GROUP) * _GROUP
