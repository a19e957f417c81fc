"""Fixtures that tests of several rooms share."""

import pytest
import torch
from hypothesis import settings

# A busy machine is no failure: speed belongs in benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def one_thread():
    """Leave torch one thread, as a worker does: sums then keep one order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
