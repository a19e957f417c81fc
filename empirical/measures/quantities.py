"""What the checks compare: samples of logarithms and ratios, shape (networks, images).

Their rows average to the quantity of each network, for `evidence.two_level`.
"""

import math

from empirical.measures.trained import Cell, Sweep
from evidence.intervals import Samples
from evidence.two_level import log_of_mean


def log_norm(sweep: Sweep, cell: Cell) -> Samples:
    """Return samples of log E_x‖∂_x L‖_1.

    Raises
    ------
    ValueError : a network whose gradients are all 0.
    """
    return log_of_mean(sweep.array(cell, "gradient_norm"))


def log_vulnerability(sweep: Sweep, cell: Cell) -> Samples:
    """Return samples of the logarithm of the vulnerability to FGSM.

    One half more keeps it finite where no prediction changed: the share of c changed predictions of
    N is taken as (c + 1/2) / (N + 1) (Haldane 1956, Ann. Hum. Genet. 20). Beside dozens of changed
    predictions that hardly matters, and with fewer no interval of shares is honest.
    """
    changed = sweep.array(cell, "changed")
    images = changed.shape[1]
    return log_of_mean((images * changed + 0.5) / (images + 1))


def damage_ratio(sweep: Sweep, cell: Cell, *, norm: str = "gradient_norm") -> Samples:
    """Return samples of E_x[L(x + δ) - L(x)] / (ε E_x‖∂_x L‖), real over first-order damage.

    Network i, of mean increase a_i and mean prediction b_i, has the ratio r_i = a_i / b_i. Image j
    adds (a_ij - r_i b_ij) / b_i: nothing on average, and over the images the spread of r_i to the
    first order (delta method). The increase need not be positive.

    Parameters
    ----------
    sweep, cell : which networks.
    norm : the norm of the prediction, an attribute of `ImageMeasures`.

    Raises
    ------
    ValueError : a network whose gradients are all 0.
    """
    increase = sweep.array(cell, "increase")
    predicted = sweep.epsilon * sweep.array(cell, norm)
    below = predicted.mean(axis=1, keepdims=True)
    if not (below > 0).all():
        raise ValueError(f"{cell}: a network's loss gradients are all 0, and predict no damage")
    ratios = increase.mean(axis=1, keepdims=True) / below
    samples: Samples = ratios + (increase - ratios * predicted) / below
    return samples


def local_exponent(dimensions: list[int], first: int) -> list[float]:
    """Return the coefficients of the exponent from size `first` to the next, for log means.

    Parameters
    ----------
    dimensions : ascending input dimensions d.
    first : place of the smaller one.
    """
    coefficients = [0.0] * len(dimensions)
    step = math.log(dimensions[first + 1] / dimensions[first])
    coefficients[first], coefficients[first + 1] = -1 / step, 1 / step
    return coefficients
