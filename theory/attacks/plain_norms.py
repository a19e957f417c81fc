"""The l_p-norms and best perturbations of single vectors, on the standard library alone.

They are what a lesson needs in a browser, and the slow reference of `norms`, which does the same
with whole arrays. Sums are exact up to their last rounding.
"""

import math
from collections.abc import Sequence
from operator import mul

from theory.attacks import norms


def dot(x: Sequence[float], y: Sequence[float]) -> float:
    """The sum of x_i y_i, of two vectors of one length."""
    return math.fsum(map(mul, x, y))


def norm(vector: Sequence[float], p: float) -> float:
    """The l_p-norm, as of `norms.norm`.

    Parameters
    ----------
    vector : of at least one coordinate.
    p : in [1, infinity].

    Raises
    ------
    ValueError : if `p` is not in [1, infinity].
    """
    norms.dual_exponent(p)
    sizes = [*map(abs, vector)]
    largest = max(sizes)
    if math.isinf(p) or not largest:
        return largest
    return float(largest * math.fsum((size / largest) ** p for size in sizes) ** (1 / p))


def dual_norm(gradient: Sequence[float], p: float) -> float:
    """The largest of gradient · δ over ‖δ‖_p <= 1 (Lemma 1), as of `norms.dual_norm`.

    Parameters and errors are those of `norm`.
    """
    return norm(gradient, norms.dual_exponent(p))


def best_perturbation(gradient: Sequence[float], p: float, *, size: float = 1.0) -> list[float]:
    """The δ with ‖δ‖_p = size for which gradient · δ is largest, as of `norms.best_perturbation`.

    Parameters
    ----------
    gradient : of at least one coordinate; where it is 0, so is δ.
    p : exponent of the attack's norm, in [1, infinity].
    size : the attack-size ε, not negative.

    Raises
    ------
    ValueError : if `p` is not in [1, infinity].
    """
    norms.dual_exponent(p)
    sizes = [*map(abs, gradient)]
    largest = max(sizes)
    if not largest:
        return [0.0] * len(sizes)
    if p == 1:
        first = sizes.index(largest)
        shape = [float(n == first) for n in range(len(sizes))]
    else:
        # Hölder's equality case; for p = infinity, the power 0 leaves signs alone.
        shape = [(one / largest) ** (1 / (p - 1)) if one else 0.0 for one in sizes]
    scale = size / norm(shape, p)
    # No coordinate is -0.
    return [math.copysign(scale * one, g) + 0.0 for one, g in zip(shape, gradient, strict=True)]
