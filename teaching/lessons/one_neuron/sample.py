"""The neurons that are drawn: one for the picture, and a crowd for the averages."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evidence import means, moments
from evidence.intervals import Equivalence, Interval
from evidence.levels import LESSON_ERROR
from evidence.means import Samples
from simulations.small_samples import one_neuron
from simulations.small_samples.one_neuron import EXPONENTS, Neurons
from teaching.lesson import Sampling
from teaching.lessons.one_neuron.settings import DIMENSIONS, EPSILON, Settings
from teaching.pictures.numbers import number
from theory.attacks import attack_growth, norms
from theory.attacks.smooth_networks import Array

PIECE = 16
"""Neurons of each dimension, in one piece of the sample."""


@dataclass(frozen=True, kw_only=True)
class OneNeuron:
    """The neuron in the picture, which is its own gradient.

    Attributes
    ----------
    w : its weights, shape (d,).
    delta : the perturbation: the attacker's, or of random signs, shape (d,).
    epsilon : its l_p-norm, ε_p.
    gain : w · δ.
    dual : ‖w‖_q.
    """

    w: Array
    delta: Array
    epsilon: float
    gain: float
    dual: float


def drawn(settings: Settings) -> OneNeuron:
    """Draw the neuron of the picture, and perturb its inputs."""
    d, p = settings.d, settings.exponent
    rng = np.random.default_rng([3, 0, settings.sample, d])
    w = one_neuron.draw_weights(
        settings.weights, settings.size, (1, d), rng, same_sign=settings.same
    )[0]
    epsilon = EPSILON * attack_growth.threshold(p, d)
    if settings.chance:
        delta = EPSILON * one_neuron.random_signs((d,), rng)
    else:
        delta = norms.best_perturbation(w, p, size=epsilon)
    return OneNeuron(
        w=w,
        delta=delta,
        epsilon=epsilon,
        gain=float(w @ delta),
        dual=float(norms.dual_norm(w, p)),
    )


def sampling(settings: Settings) -> Sampling[Neurons]:
    """Return the crowd that the settings want."""

    def draw(piece: int) -> Neurons:
        return one_neuron.measure_neurons(
            settings.weights,
            settings.size,
            DIMENSIONS,
            PIECE,
            np.random.default_rng([3, 1, settings.sample, piece]),
            same_sign=settings.same,
        )

    key = (settings.law, settings.variance, settings.same, settings.sample)
    return Sampling(key=key, wanted=settings.crowd, draw=draw)


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """What the neurons drawn so far say.

    Attributes
    ----------
    settings : what the student set.
    neurons : all that were drawn.
    """

    settings: Settings
    neurons: Neurons

    @property
    def damage(self) -> Samples:
        """What the perturbations add to o, shape (D, N)."""
        if self.settings.chance:
            return np.asarray(EPSILON * self.neurons.noise)
        return np.asarray(EPSILON * self.neurons.gains[EXPONENTS.index(self.settings.exponent)])

    @property
    def sup_damage(self) -> Samples:
        """What l_∞-attacks, or random signs, add to o, shape (D, N)."""
        if self.settings.chance:
            return np.asarray(EPSILON * self.neurons.noise)
        return np.asarray(EPSILON * self.neurons.gains[0])

    def here(self, samples: Samples) -> Interval:
        """Return the interval of a mean at the chosen d, from samples of shape (D, N)."""
        return means.mean_interval(samples[self.settings.here], LESSON_ERROR)

    def square(self) -> Interval:
        """Return the interval of E[o²] at an image of ones, at the chosen d."""
        return moments.moment_interval(self.neurons.output[self.settings.here] ** 2, LESSON_ERROR)

    def growth(self) -> Interval:
        """Return the interval of the exponent with which the mean damage grows."""
        return moments.moment_exponent_interval(DIMENSIONS, list(self.damage), LESSON_ERROR)


def crowd(settings: Settings, pieces: Sequence[Neurons]) -> Crowd | None:
    """Return what has been drawn so far; None if nothing has."""
    return Crowd(settings=settings, neurons=one_neuron.joined(pieces)) if pieces else None


def near(interval: Interval, predicted: float, margin: float) -> Equivalence:
    """Hold an interval against a prediction, with a margin that is a share of it."""
    return interval.against("", predicted=predicted, margin=margin * predicted)


def spread(interval: Interval | Equivalence) -> str:
    """Write an interval."""
    return f"[{number(interval.low)}, {number(interval.high)}]"
