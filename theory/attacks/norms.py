"""The l_p-norms, their duals, and the perturbation of an l_p-ball that a gradient likes best.

Sizes are computed relative to the largest coordinate, so that no power over- or underflows
before it is negligible; every function here is accurate to a few units in the last place times
the number of coordinates. numpy is loaded where it is needed: `plain_norms` does without.
"""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUNDING = 1e-12
"""Relative slack in comparisons of norms: the sums here have at most some hundred terms, each
rounded to 2e-16, and powers with exponents up to 50 multiply that by at most 50."""


def dual_exponent(p: float) -> float:
    """The q with 1/p + 1/q = 1 (Lemma 1).

    Raises
    ------
    ValueError : if `p` is not in [1, infinity].
    """
    if not p >= 1:
        raise ValueError(f"an l_p-norm needs p in [1, inf], not {p}")
    if p == 1:
        return math.inf
    return 1.0 if math.isinf(p) else p / (p - 1)


def norm(vectors: "NDArray[np.float64]", p: float) -> "NDArray[np.float64]":
    """The l_p-norm along the last axis.

    Parameters
    ----------
    vectors : shape (..., d).
    p : in [1, infinity].

    Returns
    -------
    shape (...).

    Raises
    ------
    ValueError : if `p` is not in [1, infinity].
    """
    import numpy as np

    dual_exponent(p)
    sizes = np.abs(vectors)
    largest = np.asarray(sizes.max(axis=-1))
    if math.isinf(p):
        return largest
    ratios = sizes / np.where(largest == 0, 1.0, largest)[..., None]
    return np.asarray(largest * (ratios**p).sum(axis=-1) ** (1 / p))


def dual_norm(gradient: "NDArray[np.float64]", p: float) -> "NDArray[np.float64]":
    """The largest of gradient · δ over ‖δ‖_p <= 1, which is the l_q-norm (Lemma 1).

    Parameters
    ----------
    gradient : shape (..., d).
    p : exponent of the attack's norm, in [1, infinity].

    Returns
    -------
    shape (...).

    Raises
    ------
    ValueError : if `p` is not in [1, infinity].
    """
    return norm(gradient, dual_exponent(p))


def best_perturbation(
    gradient: "NDArray[np.float64]", p: float, *, size: float = 1.0
) -> "NDArray[np.float64]":
    """The δ with ‖δ‖_p = size for which gradient · δ is largest.

    For p = 2 it is parallel to the gradient, for p = infinity it is `size` times the gradient's
    signs (FGSM), and for p = 1 it changes one coordinate only: the first of largest gradient.
    Where the gradient is 0, every perturbation is as good as none, and δ is 0.

    Parameters
    ----------
    gradient : shape (..., d).
    p : exponent of the attack's norm, in [1, infinity].
    size : the attack-size ε, not negative.

    Returns
    -------
    shape (..., d).

    Raises
    ------
    ValueError : if `p` is not in [1, infinity], or `size` is negative.
    """
    import numpy as np

    if not size >= 0:
        raise ValueError(f"the size of a perturbation must be at least 0, not {size}")
    dual_exponent(p)
    signs, sizes = np.sign(gradient), np.abs(gradient)
    if math.isinf(p):
        return np.asarray(size * signs)
    if p == 1:
        chosen = np.arange(gradient.shape[-1]) == sizes.argmax(axis=-1)[..., None]
        return np.asarray(size * signs * chosen)
    largest = sizes.max(axis=-1, keepdims=True)
    # Hölder's equality case: |δ_i|^p ∝ |g_i|^q, that is |δ_i| ∝ |g_i|^(1 / (p - 1)).
    shape = (sizes / np.where(largest == 0, 1.0, largest)) ** (1 / (p - 1))
    length = norm(shape, p)[..., None]
    return np.asarray(size * signs * shape / np.where(length == 0, 1.0, length))
