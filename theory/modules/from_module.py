"""Expand a torch module into the DAG of its neurons.

The module runs once on one input (`theory.modules.real_run`), and every number is followed: a layer
with weights reads which neurons it is connected to, makes new ones and records the edges; a
reshaping only moves codes. Zero padding leaves no edge.
"""

from collections.abc import Sequence

import torch
from torch import nn

from theory.graph.graph import Graph, graph_of_layers
from theory.graph.layers import DagError
from theory.modules.compact_layers import CompactNeurons
from theory.modules.memory.limits import DAG_LIMIT
from theory.modules.neurons import Neurons
from theory.modules.real_run import Output, RealRun, run
from theory.modules.self_check import check

MOST_RUNS = 8
"""Runs until the gradient is not 0, as it is where a narrow layer is off."""


def graph_from_module(module: nn.Module, input_shape: Sequence[int]) -> Graph:
    """Run `module`, follow its neurons and collect its edges (see `Dag.from_module`)."""
    # Every weight is an edge, so so many are too many before they are drawn.
    weights = sum(weight.numel() for weight in module.parameters() if weight.ndim > 1)
    DAG_LIMIT.check("", weights)
    checked_run(module, input_shape, CompactNeurons(input_shape, of_dag=True))
    neurons = Neurons(input_shape, split=frozenset())
    outputs = neurons.finish(run(followed(module, input_shape), neurons).codes)
    if split := neurons.used_both_ways():
        neurons = Neurons(input_shape, split)
        outputs = neurons.finish(run(followed(module, input_shape), neurons).codes)
    return graph_of_layers(
        neurons.nodes,
        neurons.layers,
        inputs=neurons.inputs,
        outputs=outputs,
        relus=neurons.used[1],
    )


def checked_run(
    module: nn.Module, input_shape: Sequence[int], neurons: CompactNeurons, *, output: Output = 0
) -> RealRun:
    """Run `module`, follow its neurons, and see that they have its gradient.

    Parameters
    ----------
    output : whose gradient is held against autograd's; its number or its position.

    Raises
    ------
    DagError
        As `real_run.run`, and if the gradients differ.
    """
    module = followed(module, input_shape)
    weights: Sequence[str] = ()
    for seed in range(MOST_RUNS):
        neurons.restart()
        found = run(module, neurons, seed=seed, differentiated=output, redrawn=weights)
        weights = found.weights
        if check(found, neurons, module):
            break
    return found


def followed(module: nn.Module, input_shape: Sequence[int]) -> nn.Module:
    """Return what can be run on an input of this shape; DagError if nothing can."""
    if not input_shape or any(size < 1 for size in input_shape):
        raise DagError(f"the input shape {tuple(input_shape)} needs positive sizes")
    for path, part in module.named_modules():
        if isinstance(part, torch.jit.ScriptModule):
            place = f"submodule {path!r}" if path else "the module"
            raise DagError(
                f"{place} is a {type(part).__name__}, which does not say what it calls; give the "
                "module that it was made from, or sample without a prediction"
            )
    if type(module).__module__.startswith("torch.nn") and not isinstance(module, nn.Sequential):
        module = nn.Sequential(module)  # so that a layer has a name
    return module
