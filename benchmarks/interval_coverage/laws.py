"""Laws of samples, by their quantiles."""

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy import special

from .measured import Array

Quantiles = Callable[[Array], Array]
"""The value below which a law has the given probability."""

GRID = 20_001
"""Points by which a law is represented where samples are tilted; its mean is that of the points."""


def lognormal(sigma: float) -> Quantiles:
    """Return exp of a normal law with this standard deviation."""
    return lambda u: np.exp(sigma * special.ndtri(u))


def contaminated(share: float, spread: float, shift: float = 0.0) -> Quantiles:
    """Return a normal law of which a share is wider, or shifted."""
    grid = np.linspace(-12, 12 + abs(shift) + 12 * spread, 200_001)
    grid = np.concatenate([-grid[grid > 12][::-1], grid]) if spread > 1 else grid
    below = (1 - share) * special.ndtr(grid) + share * special.ndtr((grid - shift) / spread)
    return lambda u: np.interp(u, below, grid)


def students(freedom: float) -> Quantiles:
    """Return Student's law, from a table: its quantiles take long to compute."""
    logit = np.linspace(-40, 40, 20_001)
    values = special.stdtrit(freedom, special.expit(logit))
    return lambda u: np.interp(special.logit(u), logit, values)


LAWS: dict[str, Quantiles] = {
    "normal": special.ndtri,
    "uniform": lambda u: u,
    "Student, 5 degrees": students(5),
    "normal, 10 % three times as wide": contaminated(0.1, 3),
    "lognormal, skewness 0.8": lognormal(0.25),
    "lognormal, skewness 1.8": lognormal(0.5),
    "exponential, skewness 2": lambda u: -np.log1p(-u),
    "lognormal, skewness 6.2": lognormal(1.0),
    "1 % giants, 10 σ above": contaminated(0.01, 1, 10),
}


def population(law: Quantiles) -> Array:
    """Return a law as equally probable points, shape (GRID,)."""
    return law((np.arange(GRID) + 0.5) / GRID)


@cache
def mean(law: Quantiles) -> float:
    """Return a law's expectation."""
    # Fine enough where a twentieth of a percent of the law lies far away.
    return float(law((np.arange(4_000_000) + 0.5) / 4_000_000).mean())


def squared_gradients(width: int, depth: int) -> Array:
    """Return d |∂_x f|² of dense networks, last Gaussian averaged out, as `population` does.

    Each layer multiplies by (2/n) Σ s_i g_i², with n fair coins s_i and standard normal g_i.
    """
    rng = np.random.default_rng(1)
    active = rng.binomial(width, 0.5, size=(depth, GRID))
    gradients: Array = np.prod(4 / width * rng.standard_gamma(active / 2), axis=0)
    return gradients


PROFILES: dict[str, Array] = {
    "half of the coordinates above the others": np.where(np.arange(16) >= 8, 1.0, -1.0),
    "one coordinate in 16 above the others": np.exp(-((np.arange(16) - 5) ** 2) / 2),
}
"""Of the second moments over the coordinates, in any unit; the second has a slope to both sides."""


def coordinates(variation: float, profile: Array) -> Array:
    """Return squares of gradients whose second moments vary by this much, shape (GRID, 16).

    Neighbouring coordinates are correlated, and a lognormal factor (σ = 0.3) is shared by all
    coordinates of a network.
    """
    rng = np.random.default_rng(1)
    white = rng.standard_normal((GRID, 16))
    sizes = np.exp(0.3 * rng.standard_normal((GRID, 1)))
    squares = sizes * (white + np.roll(white, 1, axis=1)) ** 2
    squares /= squares.mean(axis=0)  # the population's moments, not the law's, are the truth
    squares *= 1 + variation * (profile - profile.mean()) / profile.std()
    return squares
