"""Small smooth networks with a proved bound on the curvature of their loss.

"At first order" is a statement on smooth functions. These networks are smooth, nonlinear, and
simple enough that the second-order remainder can be bounded by hand, whatever the input.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Activation:
    """A smooth activation with |slope| <= 1 everywhere.

    Attributes
    ----------
    name : its usual name.
    value, slope : the function and its derivative.
    curvature : bound on the absolute value of the second derivative.
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    curvature: float


TANH = Activation(
    name="tanh",
    value=np.tanh,
    slope=lambda z: 1 - np.tanh(z) ** 2,
    curvature=4 / (3 * 3**0.5),
)
SOFTPLUS = Activation(
    name="softplus",
    value=lambda z: np.logaddexp(0.0, z),
    slope=lambda z: 1 / (1 + np.exp(-z)),
    curvature=1 / 4,
)


@dataclass(frozen=True, kw_only=True)
class SmoothNetworks:
    """A batch of B networks f = V a(W x + b) with a cross-entropy loss.

    Attributes
    ----------
    weights : W, shape (B, h, d).
    biases : b, shape (B, h).
    readout : V, shape (B, K, h).
    labels : the target class c of each network, shape (B,).
    activation : a.
    """

    weights: Array
    biases: Array
    readout: Array
    labels: NDArray[np.intp]
    activation: Activation

    def logits(self, x: Array) -> Array:
        """The logits f_k at points of shape (B, S, d), of shape (B, S, K)."""
        return np.asarray(self.activation.value(self._hidden(x)) @ self.readout.transpose(0, 2, 1))

    def loss(self, x: Array) -> Array:
        """The cross-entropy -log q_c at points of shape (B, S, d), of shape (B, S)."""
        logits = self.logits(x)
        target = np.take_along_axis(logits, self.labels[:, None, None], axis=2)
        return np.asarray(np.logaddexp.reduce(logits - target, axis=2))

    def loss_gradient(self, x: Array) -> Array:
        """The input gradient of the loss at points of shape (B, S, d), of the same shape."""
        logits = self.logits(x)
        probabilities = np.exp(logits - np.logaddexp.reduce(logits, axis=2)[..., None])
        is_label = np.arange(logits.shape[2]) == self.labels[:, None]
        backward = (probabilities - is_label[:, None, :]) @ self.readout
        return np.asarray((backward * self.activation.slope(self._hidden(x))) @ self.weights)

    def loss_curvature(self) -> Array:
        """A bound, at all x, on the spectral norm of the Hessian of the loss, of shape (B,).

        The Hessian is J' H J + sum_k ∂_k L ∂²f_k, with J the Jacobian of the logits. The
        Hessian H of the cross-entropy has row sums of absolute values 2 q_k (1 - q_k) <= 1/2,
        |J| <= |V| |W|, and the absolute values of the ∂_k L add to 2 (1 - q_c) <= 2.
        """
        jacobian = (self.readout**2).sum((1, 2)) * (self.weights**2).sum((1, 2))
        units = np.abs(self.readout).max(1) * (self.weights**2).sum(2)
        return np.asarray(jacobian / 2 + 2 * self.activation.curvature * units.sum(1))

    def _hidden(self, x: Array) -> Array:
        return np.asarray(x @ self.weights.transpose(0, 2, 1) + self.biases[:, None, :])


def smooth_networks(
    rng: np.random.Generator, count: int, d: int, activation: Activation
) -> SmoothNetworks:
    """Draw `count` networks with d inputs, 6 hidden units and 3 classes, as examples."""
    hidden, classes = 6, 3
    return SmoothNetworks(
        weights=rng.normal(scale=1.5 / d**0.5, size=(count, hidden, d)),
        biases=rng.normal(size=(count, hidden)),
        readout=rng.normal(size=(count, classes, hidden)),
        labels=rng.integers(classes, size=count),
        activation=activation,
    )
