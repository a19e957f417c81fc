"""Norms of vectors of independent standard normal coordinates: Eq. 6 with its constant."""

import math

import numpy as np


def normal_norm(q: float, d: int) -> float:
    """The size of the l_q-norm of d independent standard normal coordinates.

    Parameters
    ----------
    q : in [1, infinity].
    d : number of coordinates.

    Returns
    -------
    (E‖g‖_q^q)^(1/q), in closed form, for finite q; E max |g_i| to 1e-6 for q = infinity.
    """
    if math.isfinite(q):
        # In logarithms, as E|g_i|^q is too large for a float from q = 300 on.
        log_moment = q / 2 * math.log(2) + math.lgamma((q + 1) / 2) - math.log(math.pi) / 2
        return math.exp((math.log(d) + log_moment) / q)
    # The first page of the lessons has no time for scipy, and seldom needs it.
    from scipy.special import erf

    t = np.linspace(0.0, 20.0, 20_001)
    return float(np.trapezoid(1 - erf(t / 2**0.5) ** d, t))
