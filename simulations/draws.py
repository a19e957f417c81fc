"""Random numbers of many networks at once, each network's own."""

import hashlib
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


class Draws:
    """Independent standard normals for a batch of networks, from one stream a network.

    What a network is given depends on the seed, the stream's name and the network's index alone:
    neither on the batch it is drawn in nor on what was drawn for others. The generators of one
    name have distinct seeds.

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
        word = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
        # torch's CPU generator keeps 32 bits of a seed: consecutive ones can not collide.
        base = int(np.random.SeedSequence([seed, word]).generate_state(1, np.uint32)[0])
        self.device = torch.device(device)
        self.generators = [
            torch.Generator(device=device).manual_seed((base + index) % 2**32) for index in networks
        ]

    def __len__(self) -> int:
        """Return the number of networks."""
        return len(self.generators)

    def normal(self, *shape: int) -> Tensor:
        """Draw standard normals, shape (networks, *shape).

        Float32 normals come from 24-bit uniforms, so that none lies beyond 5.8: a true one does
        once in 10⁸.
        """
        numbers = torch.empty(len(self), *shape, device=self.device)
        for row, generator in zip(numbers, self.generators, strict=True):
            row.normal_(generator=generator)
        return numbers

    def gates(self, *shape: int) -> Tensor:
        """Draw zeros and ones with probability 1/2 each, shape (networks, *shape)."""
        return (self.normal(*shape) > 0).float()
