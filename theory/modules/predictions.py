"""What hypothesis (H) predicts of a user's own module, at the sizes users have."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import nn

from theory.graph.layers import DagError
from theory.modules.from_module import graph_from_module
from theory.modules.second_moment_sweep import SecondMomentSweep
from theory.paths.pair_sweep import MOST_NODES, second_moments_in_floats

MOST_EDGES = 2_000_000
"""A DAG of so many edges is expanded in 2 seconds."""


def predict_second_moments(
    module: nn.Module, input_shape: Sequence[int], *, output: int = 0, masks: bool = False
) -> NDArray[np.float64]:
    """Compute E[(d_x f_o)^2] of one output under (H), for every coordinate of the input.

    Exact up to the rounding of floats, for any weights' law that (H) allows, at He's variance
    2/fan-in (Eq. 13 and Lemma 10; Theorem 4 is the case without averages and additions).

    Parameters
    ----------
    module, input_shape : as in `Dag.from_module`.
    output : the output's number, in the order of the output's elements.
    masks : whether masks replace ReLUs: then every ReLU kills with probability 1/2, also what is
        never negative.

    Returns
    -------
    Shape `input_shape`.

    Raises
    ------
    DagError
        As `Dag.from_module`; if a maximum is on the way; if there are more connections than
        `CompactNeurons.most_edges`; and if distinct paths may be correlated in a network of more
        than `MOST_NODES` neurons or `MOST_EDGES` edges.
    """
    sweep = SecondMomentSweep(module, input_shape, output=output, masks=masks)
    moments = sweep.single_paths()
    if sweep.meeting is not None:
        if sweep.neurons > MOST_NODES or sweep.edges > MOST_EDGES:
            raise DagError(
                f"no exact second moments: averages or additions above submodule "
                f"{sweep.meeting!r} part paths that may meet again there, and the network of "
                f"{sweep.neurons:,} neurons and {sweep.edges:,} edges is too large to follow pairs "
                f"of paths (at most {MOST_NODES:,} and {MOST_EDGES:,}): give a smaller input shape"
            )
        graph = graph_from_module(module, input_shape)
        moments = second_moments_in_floats(graph, graph.outputs[output])
    return moments.reshape(tuple(input_shape))
