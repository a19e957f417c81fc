"""One linear neuron with many inputs (Section 3.1): its weights, and what perturbations add to it.

The neuron is its own gradient: ∂_x o = w. Weights come from laws with variance 1, times a standard
deviation that may depend on d.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType

import numpy as np

from evidence.means import Samples
from theory.attacks import attack_growth, norms
from theory.attacks.attack_growth import WeightSize
from theory.attacks.smooth_networks import Array

EXPONENTS = (math.inf, 2.0, 1.0)
"""Norms of the attacks that are measured."""


@dataclass(frozen=True, kw_only=True)
class WeightLaw:
    """A law of weights, scaled to variance 1.

    Attributes
    ----------
    mean_size : E|w|.
    draw : independent weights of a shape.
    """

    mean_size: float
    draw: Callable[[np.random.Generator, tuple[int, ...]], Array]


LAWS: Mapping[str, WeightLaw] = MappingProxyType(
    {
        "gaussian": WeightLaw(
            mean_size=math.sqrt(2 / math.pi), draw=lambda rng, shape: rng.standard_normal(shape)
        ),
        "uniform": WeightLaw(
            mean_size=math.sqrt(3) / 2,
            draw=lambda rng, shape: rng.uniform(-math.sqrt(3), math.sqrt(3), shape),
        ),
        "laplace": WeightLaw(
            mean_size=1 / math.sqrt(2),
            draw=lambda rng, shape: rng.laplace(0.0, 1 / math.sqrt(2), shape),
        ),
    }
)


@dataclass(frozen=True, kw_only=True)
class Neurons:
    """What N neurons with d inputs do, for each of D dimensions.

    Attributes
    ----------
    size : mean |w_i| of each neuron, shape (D, N).
    output : o at an image whose pixels are all 1, shape (D, N).
    gains : for each of EXPONENTS, ε_p ‖w‖_q with ε_∞ = 1, shape (len(EXPONENTS), D, N).
    noise : |w · δ| for δ of random signs, which has every l_p-norm ε_p, too, shape (D, N).
    """

    size: Samples
    output: Samples
    gains: Samples
    noise: Samples


def draw_weights(
    law: WeightLaw,
    size: WeightSize,
    shape: tuple[int, int],
    rng: np.random.Generator,
    *,
    same_sign: bool = False,
) -> Array:
    """Draw the weights of some neurons.

    Parameters
    ----------
    law, size : the weights' law, and their standard deviation by in-degree.
    shape : neurons and inputs d.
    rng : draws them.
    same_sign : whether each weight is replaced by its absolute value.
    """
    weights = size.at(shape[1]) * law.draw(rng, shape)
    return np.abs(weights) if same_sign else weights


def random_signs(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Draw perturbations that change every pixel by 1 or -1, both equally likely."""
    return np.asarray(2.0 * rng.integers(0, 2, shape, dtype=np.int8) - 1.0, dtype=np.float64)


def measure_neurons(
    law: WeightLaw,
    size: WeightSize,
    dimensions: Sequence[int],
    neurons: int,
    rng: np.random.Generator,
    *,
    same_sign: bool = False,
) -> Neurons:
    """Draw neurons of each dimension, and measure them.

    Parameters
    ----------
    law, size, rng, same_sign : as in `draw_weights`.
    dimensions : the D in-degrees d.
    neurons : N, of each.
    """
    measured = []
    for d in dimensions:
        w = draw_weights(law, size, (neurons, d), rng, same_sign=same_sign)
        gains = [attack_growth.threshold(p, d) * norms.dual_norm(w, p) for p in EXPONENTS]
        noise = np.abs((w * random_signs(w.shape, rng)).sum(1))
        measured.append((np.abs(w).mean(1), w.sum(1), np.array(gains), noise))
    size_, output, gains_, noise_ = zip(*measured, strict=True)
    return Neurons(
        size=np.array(size_),
        output=np.array(output),
        gains=np.stack(gains_, axis=1),
        noise=np.array(noise_),
    )


def joined(parts: Sequence[Neurons]) -> Neurons:
    """Put samples of the same dimensions together.

    Raises
    ------
    ValueError : no samples.
    """
    return Neurons(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts], axis=-1)
            for field in fields(Neurons)
        }
    )


def expected_size(law: WeightLaw, size: WeightSize, d: int) -> float:
    """Return E|w| of a weight."""
    return law.mean_size * size.at(d)


def expected_gain(law: WeightLaw, size: WeightSize, d: int) -> float:
    """Return E‖w‖_1, what an l_∞-attack of size 1 adds to the output: d times E|w|."""
    return d * expected_size(law, size, d)
