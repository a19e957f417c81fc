"""Norms of vectors of independent standard normal coordinates: Eq. 6 with its constant.

numpy and scipy are loaded where they are needed: the lessons' first page has no time for them.
"""

import math


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
    import numpy as np
    from scipy.special import erf

    t = np.linspace(0.0, 20.0, 20_001)
    return float(np.trapezoid(1 - erf(t / 2**0.5) ** d, t))


def expected_log_maximum(d: int) -> float:
    """Compute E[log max(|z_1|, ..., |z_d|)] for independent standard normal z_i, to 1e-8.

    The maximum has the distribution function F(m)^d with F(m) = erf(m / √2). With u = F(m)^d
    uniform on (0, 1), the expectation is the integral of log F⁻¹(u^(1/d)) over u. Its exponential,
    the geometric mean of the maximum, grows like √(2 log d).

    Parameters
    ----------
    d : number of variables, at least 1.
    """
    import numpy as np
    from scipy import integrate, special

    def log_quantile(u: float) -> float:
        # 1 - u^(1/d) without cancellation: for large d nearly all of the law is near u^(1/d) = 1.
        upper_tail = -np.expm1(np.log(u) / d)
        return float(np.log(np.sqrt(2) * special.erfcinv(upper_tail)))

    value, _ = integrate.quad(log_quantile, 0, 1, epsabs=1e-10, epsrel=1e-10, limit=200)
    return float(value)
