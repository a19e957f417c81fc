"""Are the neurons that have been followed those of the module? Their gradients say so.

The weights and gates of the run itself are put on the connections that have been found. If one
connection is missing, or one too many, the gradient by the input is not autograd's.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from theory.graph.layers import DagError, Kind
from theory.modules.backward import carry_down
from theory.modules.compact_layers import CompactLayer, CompactNeurons
from theory.modules.gates import GATE_BITS, GATE_MASK
from theory.modules.real_run import RealRun

TOLERANCE = {torch.float64: 1e-8, torch.float32: 1e-3}
"""Of a gradient's coordinates, relative to the largest."""


def check(run: RealRun, neurons: CompactNeurons, module: nn.Module) -> bool:
    """Hold the gradient of the differentiated output over the neurons against autograd's.

    Parameters
    ----------
    run : in which an output was differentiated.
    neurons : of the run.
    module : that has run.

    Returns
    -------
    Whether the gradient is not 0, so that it says something.

    Raises
    ------
    DagError
        If the gradients differ; the message names the submodules between which they begin to.
    """
    if run.differentiated is None or run.gradient is None:
        raise ValueError("no output was differentiated in this run")
    carried = _gradients(run, neurons, run.differentiated)
    if _differ(run.gradient, carried[: neurons.inputs]):
        raise DagError(_where(run, neurons, module, carried))
    return bool(run.gradient.any())


def _where(
    run: RealRun, neurons: CompactNeurons, module: nn.Module, carried: NDArray[np.float64]
) -> str:
    """Name the last layer whose gradient is right, and the one below it, whose is not."""
    right = "the output"
    for grad, number in reversed(run.gradients):
        layer = neurons.compact[number - 1] if number else None
        if layer is None or np.prod(layer.grid) != grad.numel():
            continue
        if _differ(grad, carried[layer.neurons]):
            wrong = f"submodule {layer.name!r}"
            break
        right = f"submodule {layer.name!r}"
    else:
        wrong = "the input"
    hooked = [
        repr(name)
        for name, part in module.named_modules()
        if part._backward_hooks or part._backward_pre_hooks
    ]
    reason = (
        f"submodule {hooked[0]} has a backward hook; remove it"
        if hooked
        else (
            "a hook on a tensor, an autograd function of one's own, or half precision may change "
            "it; leave it out"
        )
    )
    return (
        f"between {wrong} and {right}, the gradient of the module is not that of its neurons: "
        f"{reason}"
    )


def _gradients(run: RealRun, neurons: CompactNeurons, output: int) -> NDArray[np.float64]:
    positive = np.ones(neurons.number, dtype=bool)
    for numbers, above in run.positive:
        positive[numbers.numpy()] = above.numpy()
    slopes = neurons.gates.table(lambda gate: gate.slope)
    return carry_down(
        neurons.compact,
        neurons.number,
        output,
        edges=_real_edges,
        gates=lambda codes: np.where(
            positive[(codes >> GATE_BITS).clip(min=0)], 1.0, slopes[codes & GATE_MASK]
        ),
    )


def _real_edges(layer: CompactLayer, above: Tensor) -> Tensor:
    """Multiply what a layer's neurons carry by the weights of the run."""
    if layer.kind is not Kind.WEIGHTED:
        return above.unsqueeze(-1) * layer.factors
    axes = list(range(above.ndim))
    slots = above.ndim
    sizes = layer.factors.shape
    own = [axis for axis in axes if sizes[axis] > 1]
    kept = [axis for axis in axes if axis not in layer.repeated]
    weights = layer.factors.reshape([*(sizes[axis] for axis in own), sizes[-1]])
    values = torch.einsum(above, axes, weights, [*own, slots], [*kept, slots])
    for axis in layer.repeated:
        values = values.unsqueeze(axis)
    return values


def _differ(grad: Tensor, found: NDArray[np.float64]) -> bool:
    real = grad.detach().reshape(-1).double()
    largest = float(real.abs().max()) or 1.0
    off = float((real - torch.from_numpy(np.ascontiguousarray(found))).abs().max())
    return not off <= TOLERANCE[grad.dtype] * largest  # neither is what is not finite
