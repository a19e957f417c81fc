"""Attacks on a loss of two pixels, found by searching the whole ball instead of by a formula.

What a student sees of Lemma 1 is held against this search, which knows nothing of dual norms.
"""

from collections.abc import Callable

import numpy as np

from theory.attacks.norms import norm
from theory.attacks.smooth_networks import TANH, Array, SmoothNetworks

DIRECTIONS = 360
"""Directions of a search, a degree apart: for exponents that are not extreme (1, infinity, and
1.1 <= p <= 11) and any gradient, the best of them reaches 99.9 % of the maximum."""

READOUT = np.array([[-1.5, -1.0], [1.5, 1.0]])
BIASES = np.array([0.3, 0.3])


def unit_circle(p: float) -> Array:
    """Return the points with ‖δ‖_p = 1 in `DIRECTIONS` directions, shape (DIRECTIONS, 2).

    The first one lies on the first axis, and they go around counterclockwise.

    Raises
    ------
    ValueError : if `p` is not in [1, infinity].
    """
    angles = np.radians(np.arange(DIRECTIONS) * (360 / DIRECTIONS))
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.asarray(directions / norm(directions, p)[:, None])


def curved_network(gradient: Array) -> SmoothNetworks:
    """Build a small tanh network whose loss has a given input gradient at the origin.

    Each of its two hidden units sees one pixel. The loss bends soon: it cannot grow forever.

    Parameters
    ----------
    gradient : shape (2,).

    Returns
    -------
    One network with 2 inputs, 2 hidden units and 2 classes.
    """
    units = _network(np.eye(2)).loss_gradient(np.zeros((1, 1, 2)))[0, 0]
    return _network(np.diag(gradient / units))


def search(change: Callable[[Array], Array], p: float, sizes: Array) -> Array:
    """Search the balls ‖δ‖_p <= ε of growing size for the largest rise of a loss.

    Parameters
    ----------
    change : L(x + δ) - L(x), of perturbations of shape (N, 2), of shape (N,).
    p : exponent of the balls' norm, in [1, infinity].
    sizes : the ε, ascending, shape (S,); inside a ball only the smaller ones are searched.

    Returns
    -------
    The largest rise found in each ball, shape (S,); at least 0, as every ball holds δ = 0.

    Raises
    ------
    ValueError : if `p` is not in [1, infinity].
    """
    tried = sizes[:, None, None] * unit_circle(p)
    rises = change(tried.reshape(-1, 2)).reshape(len(sizes), -1)
    # A larger ball holds all that the smaller ones hold.
    return np.asarray(np.maximum.accumulate(rises.max(1)).clip(min=0))


def _network(weights: Array) -> SmoothNetworks:
    return SmoothNetworks(
        weights=weights[None],
        biases=BIASES[None],
        readout=READOUT[None],
        labels=np.array([0]),
        activation=TANH,
    )
