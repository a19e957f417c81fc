"""The largest of d half-normal variables: what the sup-norm of a Gaussian vector follows."""

import numpy as np
from scipy import integrate, special


def expected_log_maximum(d: int) -> float:
    """Compute E[log max(|z_1|, ..., |z_d|)] for independent standard normal z_i, to 1e-8.

    The maximum has the distribution function F(m)^d with F(m) = erf(m / √2). With u = F(m)^d
    uniform on (0, 1), the expectation is the integral of log F⁻¹(u^(1/d)) over u. Its exponential,
    the geometric mean of the maximum, grows like √(2 log d).

    Parameters
    ----------
    d : number of variables, at least 1.
    """

    def log_quantile(u: float) -> float:
        # 1 - u^(1/d) without cancellation: for large d nearly all of the law is near u^(1/d) = 1.
        upper_tail = -np.expm1(np.log(u) / d)
        return float(np.log(np.sqrt(2) * special.erfcinv(upper_tail)))

    value, _ = integrate.quad(log_quantile, 0, 1, epsabs=1e-10, epsrel=1e-10, limit=200)
    return float(value)
