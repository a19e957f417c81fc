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
    mixed = seed_sequence(seed, *(repr(part).encode() for part in path))
    return torch.Generator(device=device).manual_seed(int(mixed.generate_state(1, np.uint64)[0]))


def seed_sequence(seed: int, *names: bytes) -> np.random.SeedSequence:
    """Mix a seed with names; the one way in which random streams are told apart.

    The entropy is [seed, w_1, w_2, ...], where w_i is the 8-byte BLAKE2b digest of the i-th name,
    read as a little-endian integer. `stream` hashes the `repr` of each part of its path and takes
    64 bits of the state; `running.draws.Draws` hashes the text of its one name and takes 32 bits.
    """
    words = [
        int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "little") for name in names
    ]
    return np.random.SeedSequence([seed, *words])
