"""Networks crossed with images: the populations from which both are drawn, and their truth.

What network i shows on image j is a function of h_j, g_i and a rest r_ij, all normal: an event,
where their sum exceeds a bound, or a norm, the exponential of their sum. The images' population has
as many columns as there are networks, each with the sum of h and a rest.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from evidence.sums import Samples

from .measured import Array
from .tilts import Group

POINTS = 20_001


@dataclass(frozen=True)
class Crossing:
    """How events or norms vary.

    Attributes
    ----------
    share : how often the event happens; 0 for norms instead of events.
    images, networks, rest : standard deviations of h, g and r.
    """

    share: float
    images: float = 1.0
    networks: float = 0.1
    rest: float = 0.5

    def groups(
        self, architectures: int, networks: int, images: int, seed: int
    ) -> tuple[list[Group], float]:
        """Return the laws of the networks and of the images, and the truth for their population.

        The truth is that of one architecture, or of the first minus the second: of the probability
        of the event, or of the logarithm of each network's mean norm in the mean over networks.
        """
        rng = np.random.default_rng(seed)
        columns = architectures * networks
        base = self.images * rng.standard_normal((POINTS, 1))
        inner = base + self.rest * rng.standard_normal((POINTS, columns))
        chance = self.networks * special.ndtri((np.arange(POINTS) + 0.5) / POINTS)
        if self.share:
            given = special.ndtr((inner - self._bound) / self.networks)
            own = special.ndtr((chance - self._bound) / np.hypot(self.images, self.rest))
            means = given.mean(axis=0)
        else:
            given = np.exp(inner) / np.exp(inner).mean(axis=0)
            own = chance
            means = np.log(np.exp(inner).mean(axis=0))
        signs = np.array([1.0, -1.0])[:architectures]
        weights = np.repeat(signs, networks) / networks
        return [
            *(Group(chance, sign * own, networks) for sign in signs),
            Group(inner, given @ weights, images),
        ], float(means @ weights)

    def samples(self, drawn: list[Array]) -> Samples:
        """Return the measures of the drawn networks on the drawn images, (networks, images)."""
        together: Samples = (drawn[-1] + np.concatenate(drawn[:-1])).T
        return (together > self._bound).astype(float) if self.share else np.exp(together)

    @property
    def _bound(self) -> float:
        spread = np.linalg.norm([self.images, self.networks, self.rest])
        return float(-special.ndtri(self.share) * spread)
