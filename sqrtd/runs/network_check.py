"""What `sqrtd simulate --check` says of a network before anything is sampled."""

from typing import Any

from rich.console import Console

from evidence.errors import UserError
from simulations.engine.configurations import configure
from simulations.engine.ensemble import plan
from simulations.engine.simulation_run import SimulationRun
from sqrtd.terminal.tables import print_table
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
    try:
        predict_second_moments(first.module, first.shape, **options)
        reason = None
        layers = layer_table(first.module, first.shape, **options)
    except UserError as error:
        reason = str(error)
        try:
            layers = layer_table(first.module, first.shape, **options)
        except UserError:
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


def print_check(checked: dict[str, Any]) -> None:
    """Print the table of layers, and what follows from it."""
    console = Console(markup=False, highlight=False, emoji=False)
    sizes = ", ".join(f"{one['size']} (d = {one['d']:,})" for one in checked["sizes"])
    console.print(f"{checked['network']}: {checked['logits']} logits at {sizes}.", soft_wrap=True)
    rows = [
        [str(number), one["submodule"] or "(itself)", one["layer"], one["gradient"]]
        for number, one in enumerate(checked["layers"], 1)
    ]
    if rows:
        print_table(console, ["", "submodule", "layer", "gradient under (H)"], rows, names=2)
    for number, one in enumerate(checked["layers"], 1):
        if one["reason"]:
            console.print(f"{number}: {one['reason']}.", soft_wrap=True)
    for remark in checked["remarks"]:
        console.print(f"Note: {remark}.", soft_wrap=True)
    console.print(
        "It is sampled, and its second moments are predicted exactly under (H)."
        if checked["no_prediction"] is None
        else f"It is sampled, without a prediction: {checked['no_prediction']}.",
        soft_wrap=True,
    )
