"""What is read off the networks of a cell: samples of shape (networks, images).

Each row averages to the quantity of one network, as `evidence.two_level` wants it. The samples of a
logarithm or a ratio average to the logarithm or ratio of the network's means.
"""

from collections.abc import Callable
from typing import TypeAlias

from empirical.measures.trained import Cell, Sweep
from evidence.errors import LackingRecordsError
from evidence.means import Samples
from evidence.two_level import log_of_mean

Quantity: TypeAlias = Callable[[Sweep, Cell], Samples]
"""Samples of the networks of a cell, shape (networks, images).

Those of a logarithm raise LackingRecordsError where a network's mean is 0."""


def gradient_norms(sweep: Sweep, cell: Cell) -> Samples:
    """Return ‖∂_x L‖_1."""
    return sweep.array(cell, "gradient_norm")


def log_norms(sweep: Sweep, cell: Cell) -> Samples:
    """Return samples of log E‖∂_x L‖_1."""
    return log_of_mean(gradient_norms(sweep, cell))


def log_quotients(sweep: Sweep, cell: Cell) -> Samples:
    """Return samples of log(E‖∂_x L‖_2 / E‖∂_x L‖_1)."""
    quotients: Samples = log_of_mean(sweep.array(cell, "gradient_norm_l2")) - log_of_mean(
        gradient_norms(sweep, cell)
    )
    return quotients


def accuracies(sweep: Sweep, cell: Cell) -> Samples:
    """Return 1 where the prediction is correct."""
    return sweep.array(cell, "correct")


def vulnerabilities(sweep: Sweep, cell: Cell) -> Samples:
    """Return 1 where FGSM changed the prediction, drawn a little towards 1/2.

    A network with c changed predictions of N has the mean (c + 1/2) / (N + 1), which has a
    logarithm even where no prediction changed (Haldane 1956, Ann. Hum. Genet. 20). Beside dozens
    of changed predictions that hardly matters, and with fewer no interval of shares is honest.
    """
    return _drawn(sweep.array(cell, "changed"))


def l2_vulnerabilities(sweep: Sweep, cell: Cell) -> Samples:
    """Return 1 where an l_2-step of FGSM's length changed the prediction, drawn as above.

    Raises
    ------
    LackingRecordsError : networks of a record that lacks this.
    """
    if any(one.measures.changed_l2 is None for one in sweep.of(cell)):
        raise LackingRecordsError(
            f"{sweep.name} was measured before the vulnerability to l_2-attacks was; training it "
            "again measures that"
        )
    return _drawn(sweep.array(cell, "changed_l2"))


def _drawn(changed: Samples) -> Samples:
    images = changed.shape[1]
    drawn: Samples = (images * changed + 0.5) / (images + 1)
    return drawn


def log_vulnerabilities(sweep: Sweep, cell: Cell) -> Samples:
    """Return samples of the logarithm of the vulnerability to FGSM."""
    return log_of_mean(vulnerabilities(sweep, cell))


def damage_ratios(sweep: Sweep, cell: Cell, *, norm: str = "gradient_norm") -> Samples:
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
    LackingRecordsError : a network whose gradients are all 0.
    """
    increase = sweep.array(cell, "increase")
    predicted = sweep.epsilon * sweep.array(cell, norm)
    below = predicted.mean(axis=1, keepdims=True)
    if not (below > 0).all():
        raise LackingRecordsError(
            f"{cell}: a network's loss gradients are all 0, and predict no damage"
        )
    ratios = increase.mean(axis=1, keepdims=True) / below
    samples: Samples = ratios + (increase - ratios * predicted) / below
    return samples
