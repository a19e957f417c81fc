"""Random networks at initialization: their input gradients, sampled and predicted.

    from simulations import Sampler, SimulationRun, configure, simulate

    ensembles = configure(SimulationRun(network="conv", sizes=[8, 16, 32]))
    simulation = simulate(ensembles, Sampler(seed=0), networks=1000)

`FAMILIES` are the built-in networks. An `Ensemble` is a random network at one size, `configure`
makes one for each size, a `Sampler` samples them in blocks, and `simulate` holds the samples
against the prediction. `sqrtd.simulate` does all this in one call.
"""

from typing import TYPE_CHECKING

from evidence.faces import lazy_face

if TYPE_CHECKING:
    from simulations.engine.configurations import configure
    from simulations.engine.ensemble import Ensemble
    from simulations.engine.sampler import Sample, Sampler
    from simulations.engine.simulation_run import SimulationRun
    from simulations.networks.families import FAMILIES
    from simulations.reports.simulate import Simulation, simulate

__all__ = [
    "FAMILIES",
    "Ensemble",
    "Sample",
    "Sampler",
    "Simulation",
    "SimulationRun",
    "configure",
    "simulate",
]

__getattr__, __dir__ = lazy_face(
    __name__,
    {
        "simulations.engine.configurations": "configure",
        "simulations.engine.ensemble": "Ensemble",
        "simulations.engine.sampler": "Sample Sampler",
        "simulations.engine.simulation_run": "SimulationRun",
        "simulations.networks.families": "FAMILIES",
        "simulations.reports.simulate": "Simulation simulate",
    },
)
