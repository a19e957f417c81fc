"""What is known of a network before anything is sampled: which layers are predicted exactly."""

from typing import Any

from evidence.errors import UserError
from simulations.engine.configurations import configure
from simulations.engine.ensemble import plan
from simulations.engine.simulation_run import SimulationRun
from theory.modules.layer_table import layer_table
from theory.modules.predictions import predict_second_moments


def check_network(run: SimulationRun) -> dict[str, Any]:
    """Say how a network is sampled and predicted, at its smallest size.

    Returns
    -------
    For JSON: the network, the sizes with their dimensions, what is to be known of its sampling, the
    layers in the order of their calls with "exact" or "sampled" and the reason, and why there is no
    prediction (None if there is one).

    Raises
    ------
    UserError : for what cannot be sampled.
    """
    ensembles = configure(run)
    plans = [plan(ensemble) for ensemble in ensembles]
    first = plans[0]
    options: Any = {"output": first.output or 0, "masks": run.relu == "masks"}
    reason = None
    try:
        predict_second_moments(first.module, first.shape, **options)
    except UserError as error:
        reason = str(error)
    try:
        layers = layer_table(first.module, first.shape, **options)
    except UserError:  # it does not run as it would have to, which is the reason
        layers = []
    return {
        "network": run.name,
        "sizes": [
            {"size": ensemble.size, "d": planned.d, "input_shape": planned.shape}
            for ensemble, planned in zip(ensembles, plans, strict=True)
        ],
        "logits": first.logits,
        "remarks": list(dict.fromkeys(note for planned in plans for note in planned.notes)),
        "layers": [
            {
                "submodule": layer.path,
                "layer": layer.kind,
                "operators": layer.operators,
                "gradient": "sampled" if layer.reason else "exact",
                "reason": layer.reason,
            }
            for layer in layers
        ],
        "no_prediction": reason,
    }
