"""What hypothesis (H) predicts of a user's own module, at the sizes users have."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import nn

from theory.modules.real_run import Output
from theory.modules.second_moment_sweep import SecondMomentSweep


def predict_second_moments(
    module: nn.Module, input_shape: Sequence[int], *, output: Output = 0, masks: bool = False
) -> NDArray[np.float64]:
    """Compute E[(d_x f_o)^2] of one output under (H), for every coordinate of the input.

    Exact up to the rounding of floats, for any weights' law that (H) allows, at He's variance
    2/fan-in (Eq. 13 and Lemma 10; Theorem 4 is the case without averages and additions).

    Parameters
    ----------
    module, input_shape : as in `Dag.from_module`.
    output : its number in the order of the elements, or its position without the batch.
    masks : whether masks replace ReLUs: then every ReLU kills with probability 1/2, also what is
        never negative.

    Returns
    -------
    Shape `input_shape`.

    Raises
    ------
    DagError
        As `Dag.from_module`; if a maximum is on the way; if there are more connections than
        `memory.limits.COMPACT_LIMIT` allows; and if so many distinct paths are correlated that
        their pairs take more than `theory.modules.pairs.correlated_pairs.MOST_BYTES`.
    """
    sweep = SecondMomentSweep(module, input_shape, output=output, masks=masks)
    return sweep.second_moments().reshape(tuple(input_shape))
