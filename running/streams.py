"""Random streams that depend on a seed and a name, never on the order of work."""

import hashlib

import numpy as np
import torch


def stream(seed: int, *path: str | int, device: torch.device | str = "cpu") -> torch.Generator:
    """A torch generator for one named piece of work.

    The same `(seed, *path)` gives the same numbers whatever ran before, so batch size, number of
    workers and interruptions cannot change a result. Different paths give streams that are
    independent for all practical purposes (NumPy's `SeedSequence` mixes them).

    Parameters
    ----------
    seed : the run's seed, a non-negative integer.
    path : the name of the piece of work, such as `("theorem-3", d, net)`.
    device : where the generator draws.
    """
    words = [
        int.from_bytes(hashlib.blake2b(repr(part).encode(), digest_size=8).digest(), "little")
        for part in path
    ]
    state = int(np.random.SeedSequence([seed, *words]).generate_state(1, np.uint64)[0])
    return torch.Generator(device=device).manual_seed(state)
