"""Networks trained on images: data, training, measures and sweeps.

    from empirical import load_data, read_preset, read_sweep

    images = load_data("digits", seed=0)
    experiment = read_preset("figure-3", "smoke")

An `Experiment` says which networks (`Cell`) are trained on which `Images` by which `Recipe`;
`read_preset` and `read_experiment_file` read one. `agenda` and `run_sweep` train its networks side
by side, and `read_sweep` reads a finished `Sweep`. `sqrtd.train` does all this in one call.
"""

from typing import TYPE_CHECKING

from evidence.faces import lazy_face

if TYPE_CHECKING:
    from empirical.data.load import load_data
    from empirical.measures.trained import Cell, Sweep, TrainedNetwork
    from empirical.sweeps.experiment import Experiment, Images
    from empirical.sweeps.experiment_file import read_experiment_file, read_preset
    from empirical.sweeps.record import read_sweep, write_record
    from empirical.sweeps.sweep import agenda, run_sweep
    from empirical.training.recipe import Recipe

__all__ = [
    "Cell",
    "Experiment",
    "Images",
    "Recipe",
    "Sweep",
    "TrainedNetwork",
    "agenda",
    "load_data",
    "read_experiment_file",
    "read_preset",
    "read_sweep",
    "run_sweep",
    "write_record",
]

__getattr__, __dir__ = lazy_face(
    __name__,
    {
        "empirical.data.load": "load_data",
        "empirical.measures.trained": "Cell Sweep TrainedNetwork",
        "empirical.sweeps.experiment": "Experiment Images",
        "empirical.sweeps.experiment_file": "read_experiment_file read_preset",
        "empirical.sweeps.record": "read_sweep write_record",
        "empirical.sweeps.sweep": "agenda run_sweep",
        "empirical.training.recipe": "Recipe",
    },
)
