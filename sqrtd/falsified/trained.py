"""Falsified attacks, training methods and measures of trained networks."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from empirical.attacks.loss_gradients import LossGradients
from empirical.data.images import ImageData
from empirical.measures.image_measures import ImageMeasures
from empirical.measures.trained import Cell, Sweep
from empirical.training.methods import (
    AdversarialAugmentation,
    GradientPenalty,
    _loss_and_gradients,
    attack_size,
)
from evidence.means import Samples
from sqrtd.falsified.falsification import Change, Falsification

Differentiate = Callable[[nn.Module, Tensor, Tensor], LossGradients]


def _random_direction(true: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def steepest_ascent(gradients: Tensor, *, size: float, p: float) -> Tensor:
        generator = torch.Generator().manual_seed(0)
        noise = torch.randn(gradients.shape, generator=generator).to(gradients)
        return true(noise, size=size, p=p)

    return steepest_ascent


def _third_of_the_size(true: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda gradients, *, size, p: true(gradients, size=size / 3, p=p)


def _gradients(of: Callable[[nn.Module, Tensor, Tensor, LossGradients], Tensor]) -> Change:
    """Put other gradients in the place of the loss's."""

    def change(true: Differentiate) -> Differentiate:
        def differentiate(network: nn.Module, images: Tensor, labels: Tensor) -> LossGradients:
            found = true(network, images, labels)

            def again(other: Tensor) -> LossGradients:
                return true(network, images, other)

            return replace(found, gradients=of(again, images, labels, found))  # type: ignore[arg-type]

        return differentiate

    return change


def _of_wrong_label(again: Any, _: Tensor, labels: Tensor, found: LossGradients) -> Tensor:  # noqa: ANN401
    gradients: Tensor = again((labels + 1) % found.logits.shape[1]).gradients
    return gradients


def _of_opposite_sign(_: Any, __: Tensor, ___: Tensor, found: LossGradients) -> Tensor:  # noqa: ANN401
    return -found.gradients


def _of_logit(true: Differentiate) -> Differentiate:
    """Differentiate minus the true class's logit instead of the loss."""

    def differentiate(network: nn.Module, images: Tensor, labels: Tensor) -> LossGradients:
        inputs = images.detach().clone().requires_grad_()
        with torch.enable_grad():
            chosen = network(inputs).gather(1, labels[:, None]).sum()
            (gradients,) = torch.autograd.grad(-chosen, inputs)
        return replace(true(network, images, labels), gradients=gradients)

    return differentiate


def _in_training_mode(_: object) -> Callable[..., Any]:
    @contextmanager
    def evaluating(network: nn.Module) -> Iterator[None]:
        network.train()
        yield

    return evaluating


def _unchecked(_: object) -> Callable[[nn.Module], None]:
    return lambda network: None  # noqa: ARG005


def _measured_l1(factor: Callable[[int], float]) -> Change:
    """Put the l2-norm times a factor of d in the place of the l1-norm."""

    def change(true: Callable[..., ImageMeasures]) -> Callable[..., ImageMeasures]:
        def measure_images(
            network: nn.Module,
            images: Tensor,
            labels: Tensor,
            **options: Any,  # noqa: ANN401
        ) -> ImageMeasures:
            found = true(network, images, labels, **options)
            other = factor(images[0].numel()) * found.gradient_norm_l2
            return replace(found, gradient_norm=other)

        return measure_images

    return change


def _recorded_l1(true: Callable[..., Samples]) -> Callable[..., Samples]:
    def array(self: Sweep, cell: Cell, measure: str) -> Samples:
        if measure != "gradient_norm":
            return true(self, cell, measure)
        d = self.of(cell)[0].d
        return math.sqrt(d) * true(self, cell, "gradient_norm_l2")

    return array


def _squared(_: object) -> Callable[..., Tensor]:
    def mean(self: GradientPenalty, network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        loss, gradients = _loss_and_gradients(network, images, labels, differentiable=True)
        norms = torch.linalg.vector_norm(gradients.flatten(1), ord=self.q, dim=1)
        strength = attack_size(self.epsilon, math.inf if self.q == 1 else 2, images)
        penalized: Tensor = loss + strength / 2 * norms.square().mean()
        return penalized

    return mean


def _dual_power(true: Callable[..., float]) -> Callable[..., float]:
    def size(epsilon: float, p: float, images: Tensor) -> float:
        return true(epsilon, p / (p - 1) if math.isfinite(p) else 1.0, images)

    return size


def _attacked_alone(true: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Train on the attacked images alone: twice the mean of both, less the loss at x."""

    def mean(
        self: AdversarialAugmentation, network: nn.Module, images: Tensor, labels: Tensor
    ) -> Tensor:
        both = true(self, network, images, labels)
        return 2 * both - functional.cross_entropy(network(images), labels)

    return mean


def _but_last(true: Callable[[int], Tensor]) -> Callable[[int], Tensor]:
    return lambda classes: true(classes)[:-1]


def _shuffled(true: Callable[..., ImageData]) -> Callable[..., ImageData]:
    """Give the training images each other's labels."""

    def read(seed: int) -> ImageData:
        data = true(seed)
        generator = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(data.train_labels), generator=generator)
        return replace(data, train_labels=data.train_labels[order])

    return read


STEEPEST = "empirical.attacks.gradient_steps:steepest_ascent"
DIFFERENTIATE = "empirical.attacks.loss_gradients:differentiate"
MEASURE = "empirical.measures.measure:measure_images"

TRAINED = [
    Falsification(
        name="fgsm-in-a-random-direction",
        says="attacks go in a random direction",
        changes={STEEPEST: _random_direction},
        rows=("lemma-1", "lemma-1-trained", "proposition-2"),
    ),
    Falsification(
        name="fgsm-at-a-third",
        says="attacks have a third of their size",
        changes={STEEPEST: _third_of_the_size},
        rows=("lemma-1", "lemma-1-trained", "proposition-2"),
    ),
    Falsification(
        name="attack-on-the-wrong-label",
        says="measured gradients are those of the next class's loss",
        changes={DIFFERENTIATE: _gradients(_of_wrong_label)},
        rows=("lemma-1-trained",),
    ),
    Falsification(
        name="measured-gradient-of-opposite-sign",
        says="measured gradients are those of −L",
        changes={DIFFERENTIATE: _gradients(_of_opposite_sign)},
        rows=("lemma-1-trained",),
    ),
    Falsification(
        name="measured-gradient-of-the-logit",
        says="measured gradients are those of −f_c, not of the loss",
        changes={DIFFERENTIATE: _of_logit},
        rows=("lemma-1-trained",),
    ),
    Falsification(
        name="measured-in-training-mode",
        says="networks are measured while batch norms see the batch",
        changes={
            "empirical.measures.measure:evaluation_mode": _in_training_mode,
            "empirical.attacks.loss_gradients:check_evaluation_mode": _unchecked,
        },
        rows=("lemma-1", "lemma-1-trained"),
    ),
    Falsification(
        name="measured-l1-norm-is-root-d-l2",
        says="of trained networks ‖∂_x L‖_1 is measured as √d ‖∂_x L‖_2",
        changes={MEASURE: _measured_l1(lambda d: d**0.5)},
        rows=("lemma-1-trained",),
    ),
    Falsification(
        name="measured-l1-norm-is-l2",
        says="of trained networks ‖∂_x L‖_1 is measured as ‖∂_x L‖_2",
        changes={MEASURE: _measured_l1(lambda _: 1.0)},
        rows=("lemma-1-trained",),
    ),
    Falsification(
        name="read-l1-norm-is-root-d-l2",
        says="the checks read ‖∂_x L‖_1 of trained networks as √d ‖∂_x L‖_2",
        changes={"empirical.measures.trained:Sweep.array": _recorded_l1},
        rows=("lemma-1-trained",),
    ),
    Falsification(
        name="penalty-of-the-square",
        says="gradient penalties take the squared norm",
        changes={"empirical.training.methods:GradientPenalty._mean": _squared},
        rows=("proposition-2",),
    ),
    Falsification(
        name="augmentation-on-attacked-images-alone",
        says="augmentation takes the loss of attacked images alone",
        changes={"empirical.training.methods:AdversarialAugmentation._mean": _attacked_alone},
        rows=("proposition-2",),
    ),
    Falsification(
        name="attack-size-to-the-dual-power",
        says="attacks have the size ε_p = ε_∞ d^(1/q)",
        changes={"empirical.training.methods:attack_size": _dual_power},
        rows=("eq-5", "proposition-2"),
    ),
    Falsification(
        name="trained-cross-lipschitz-without-a-pair",
        says="cross-Lipschitz training leaves out one of the K − 1 differences",
        changes={"empirical.training.methods:_contrasts": _but_last},
        rows=("eq-15",),
    ),
    Falsification(
        name="labels-shuffled",
        says="training images have each other's labels",
        changes={"empirical.data.digits:read_digits": _shuffled},
        rows=("lemma-1-trained",),
    ),
]
