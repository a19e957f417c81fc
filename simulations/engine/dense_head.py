"""The dense layers that end many networks, drawn without their weights.

`simulations.engine.gaussian_layers` draws the products of one layer; here they make up the
gradients of all layers of the head.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from running.draws import Draws
from simulations.engine.gaussian_layers import (
    backward_product,
    chi_squares,
    forward_product,
    frame_product,
    isotropic_coordinates,
)
from simulations.engine.gradient_rows import Gradients, Relu, Rows, cotangents, relu_gate
from simulations.engine.network_plan import HeadLayer, NetworkPlan


def sample_head_gradients(
    head: tuple[HeadLayer, ...], features: Tensor, draws: Draws, *, relu: Relu, rows: Rows
) -> Gradients:
    """Differentiate a dense head with respect to its input.

    Parameters
    ----------
    head : its layers, from the input on.
    features : one input of the head a network, shape (networks, in-degree).
    draws, relu, rows : as in `simulations.engine.module_interception.sample_gradients`.
    """
    draws.reserve(*_numbers_of_draws(head, relu, rows, isotropic=False))
    return _head_gradients(head, features, draws, relu, rows)


def sample_dense_gradients(
    plan: NetworkPlan,
    draws: Draws,
    *,
    batch: int,
    relu: Relu = "real",
    rows: Rows = "logit and loss",
    overwrite: bool = False,
) -> Iterator[Gradients]:
    """Differentiate dense networks at inputs of independent N(0, 1), without drawing the inputs.

    Parameters
    ----------
    plan : of a module with a head and no body, with more inputs than rows.
    draws, relu, rows : as in `simulations.engine.module_interception.sample_gradients`.
    batch : how many networks' gradients to yield at once.
    overwrite : let a batch take the memory of the one before.
    """
    d = plan.head[0].in_degree
    draws.reserve(*_numbers_of_draws(plan.head, relu, rows, isotropic=True))
    logits, coordinates = _isotropic_coordinates(plan.head, draws, relu, rows)
    memory = torch.empty(batch * (coordinates.shape[2] * d + 16), device=draws.device)
    for start in range(0, len(draws), batch):
        part = slice(start, start + batch)
        yield Gradients(
            logits=logits[part],
            rows=frame_product(
                coordinates[part], d, draws.part(part), memory=memory if overwrite else None
            ),
        )


class _CountingDraws(Draws):
    """Stands in for the draws of one network: every number is 1, and draws are only counted."""

    def __init__(self) -> None:
        super().__init__(0, "counting", [0])
        self.counts: list[int] = []

    def normal(self, *shape: int, memory: Tensor | None = None) -> Tensor:  # noqa: ARG002
        self.counts.append(math.prod(shape))
        return torch.ones(1, *shape)


@lru_cache(maxsize=256)
def _numbers_of_draws(
    head: tuple[HeadLayer, ...], relu: Relu, rows: Rows, *, isotropic: bool
) -> tuple[int, ...]:
    """Return how many numbers a network takes at each draw, the frame of `frame_product` left out.

    One network passes through the code that draws, so that the two can never differ.
    """
    draws = _CountingDraws()
    if isotropic:
        _isotropic_coordinates(head, draws, relu, rows)
    else:
        _head_gradients(head, torch.ones(1, head[0].in_degree), draws, relu, rows)
    return tuple(draws.counts)


@dataclass(frozen=True)
class _Step:
    """A dense layer on the way forward: its input, empty if undrawn, and what it made of it."""

    h: Tensor
    square: Tensor
    z: Tensor
    gate: Tensor | None

    def through_gate(self, v: Tensor) -> Tensor:
        return v if self.gate is None else v * self.gate[:, None]


def _head_gradients(
    head: Sequence[HeadLayer], features: Tensor, draws: Draws, relu: Relu, rows: Rows
) -> Gradients:
    logits, steps = _forward(head, features, draws, relu)
    return Gradients(logits=logits, rows=_backward(cotangents(logits, rows), steps, draws))


def _isotropic_coordinates(
    head: Sequence[HeadLayer], draws: Draws, relu: Relu, rows: Rows
) -> tuple[Tensor, Tensor]:
    """Return the logits, and the rows' coordinates in a frame (see `isotropic_coordinates`)."""
    logits, (first, *others) = _forward(head, None, draws, relu)
    v = first.through_gate(_backward(cotangents(logits, rows), others, draws))
    return logits, isotropic_coordinates(v, first.z, first.square, head[0].in_degree, draws)


def _forward(
    head: Sequence[HeadLayer], features: Tensor | None, draws: Draws, relu: Relu
) -> tuple[Tensor, list[_Step]]:
    """Pass dense layers, from noise if there are no features; return the logits, too."""
    steps = []
    if features is None:
        h = torch.empty(len(draws), 0, device=draws.device)
        square = chi_squares([head[0].in_degree], draws)
    else:
        h = features
        square = h.square().sum(1, keepdim=True)
    for layer in head:
        z = forward_product(square, layer.in_degree, layer.neurons, draws)
        gate = relu_gate(z, relu, draws) if layer.relu else None
        steps.append(_Step(h, square, z, gate))
        h = z if gate is None else z * gate
        square = h.square().sum(1, keepdim=True)
    return h, steps


def _backward(v: Tensor, steps: Sequence[_Step], draws: Draws) -> Tensor:
    """Multiply rows with the layers' weights, from the last to the first."""
    for step in reversed(steps):
        v = backward_product(step.through_gate(v), step.z, step.h, step.square, draws)
    return v
