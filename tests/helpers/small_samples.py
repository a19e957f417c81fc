"""Samples that take milliseconds, for the tests of stores, samplers and pools."""

import numpy as np

from simulations.engine.ensemble import MOST_IN_A_BLOCK, Ensemble

ENSEMBLES = [
    Ensemble(network="dense", size=d, options=(("logits", logits), ("widths", (16,))))
    for d, logits in ((64, 3), (96, 1))
]
NETWORKS = 3000
"""12 blocks of 256 networks, the last one in part."""
KILLED_NETWORKS = 40_000
"""157 blocks, enough for a run that is killed twenty times."""


def stored_keys(ensemble, networks):
    """The keys of the whole blocks, and of the last one."""
    return ensemble.key(), f"{ensemble.key()}, first {networks % MOST_IN_A_BLOCK}"


def assert_equal(samples, others):
    """Bit by bit."""
    assert len(samples) == len(others)
    for one, other in zip(samples, others, strict=True):
        assert vars(one).keys() == vars(other).keys()
        for name, value in vars(one).items():
            assert np.array_equal(value, getattr(other, name)), name
