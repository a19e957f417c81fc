"""Networks in the styles of those on CIFAR-10 have the gradients that are predicted of them."""

import pytest
from cifar_architectures import BODIES, architecture

from simulations.engine.configurations import configure
from simulations.engine.sampler import Sampler
from simulations.engine.simulation_run import SimulationRun
from simulations.reports.simulate import simulate

FALSE_FACTOR = 2


@pytest.mark.parametrize("name", BODIES)
def test_masked_networks_meet_their_prediction(name):
    """All intervals of one network together miss in one of 1,000 seeds."""
    network = architecture(name)
    run = SimulationRun(network=network, sizes=[4, 8], relu="masks", weights="rademacher")
    simulation = simulate(configure(run), Sampler(seed=0), networks=1000)
    assert simulation.no_prediction == ""
    assert simulation.contradicted == [False, False]
    assert not any(ratio.low <= FALSE_FACTOR <= ratio.high for ratio in simulation.ratios)
