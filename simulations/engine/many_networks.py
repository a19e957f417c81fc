"""One forward pass for many networks: the batch dimension is the networks.

Every network of the batch gets its own input and its own weights. Layers without weights
(ReLUs, poolings, reshapings, additions, batch norms in evaluation mode) treat the entries of a
batch apart anyway; convolutions and linear layers are intercepted and given each network's
weights, whether they are called as modules or as functions. The dense layers at the end are left
out, and drawn by `simulations.engine.gaussian_layers`.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from running.draws import Draws
from simulations.engine.convolution import convolve
from simulations.engine.gaussian_layers import (
    backward_product,
    chi_squares,
    forward_product,
    frame_product,
    isotropic_coordinates,
)
from simulations.engine.network_plan import (
    CONVOLUTIONS,
    LINEAR,
    RELUS,
    HeadLayer,
    ModuleError,
    NetworkPlan,
    input_and_weight,
)
from simulations.networks import initialization

Relu: TypeAlias = Literal["real", "masks"]
WeightLaw: TypeAlias = Literal["gaussian", "rademacher", "uniform"]
Rows: TypeAlias = Literal["logit and loss", "logits"]


@dataclass(frozen=True, kw_only=True)
class Gradients:
    """Input gradients of a batch of networks.

    Attributes
    ----------
    logits : f_k(x), shape (networks, K).
    rows : shape (networks, rows, d). "logit and loss": ∂_x f_0, and ∂_x L(x, 0) of the
        cross-entropy with the label 0 if there are two logits or more; all logits, and all labels,
        are alike in law. "logits": ∂_x f_k for every k.
    """

    logits: Tensor
    rows: Tensor

    @property
    def factors(self) -> Tensor:
        """(1 - q_c)² + Σ_{k≠c} q_k² of the label c = 0 (proof of Theorem 3), shape (networks,)."""
        q = self.logits.double().softmax(1)
        return (1 - q[:, 0]) ** 2 + q[:, 1:].square().sum(1)


def sample_gradients(
    module: nn.Module,
    plan: NetworkPlan,
    inputs: Tensor,
    draws: Draws,
    *,
    relu: Relu = "real",
    weights: WeightLaw = "gaussian",
    rows: Rows = "logit and loss",
) -> Gradients:
    """Initialize a network for each input and differentiate it.

    Parameters
    ----------
    module : what the networks compute; its own Linear and Conv weights are never read, and of its
        head not even the sizes, so that it may be on the meta device if it has no body.
    plan : from `plan_network`.
    inputs : one input a network, shape (networks, *input_shape).
    draws : the networks' random numbers.
    relu : "masks" kills each neuron with probability 1/2, whatever it is (H1 as printed).
    weights : the law of the weights, of mean 0 and variance 2/fan-in. Only Gaussian ones let the
        head go without its weights.
    rows : what is differentiated.
    """
    head = plan.head if weights == "gaussian" else ()
    if head and not plan.has_body:
        return _dense_gradients(head, inputs.flatten(1), draws, relu, rows)
    inputs = inputs.detach().requires_grad_()
    networks = ManyNetworks(module, draws, head=head, relu=relu, weights=weights)
    if relu == "real":
        draws.reserve(*plan.weights)
    features = networks.features(inputs.clone())  # which a module may overwrite
    if head:
        found = _dense_gradients(head, features.detach(), draws, relu, rows)
        logits, cotangents = found.logits, found.rows
    else:
        logits = features.detach()
        cotangents = _cotangents(logits, rows)
    gradients = [
        torch.autograd.grad(features, inputs, row, retain_graph=True)[0].flatten(1)
        for row in cotangents.unbind(1)
    ]
    return Gradients(logits=logits, rows=torch.stack(gradients, dim=1))


def sample_dense_gradients(
    plan: NetworkPlan,
    draws: Draws,
    *,
    batch: int,
    relu: Relu = "real",
    rows: Rows = "logit and loss",
    overwrite: bool = False,
) -> Iterator[Gradients]:
    """Do as `sample_gradients` at inputs of independent N(0, 1), without drawing them.

    Parameters
    ----------
    plan : of a module with a head and no body, with more inputs than rows.
    draws, relu, rows : as in `sample_gradients`.
    batch : how many networks' gradients to yield at once.
    overwrite : let a batch take the memory of the one before.
    """
    d = plan.head[0].in_degree
    draws.reserve(*_counts(plan.head, relu, rows, isotropic=True))
    logits, (first, *others) = _forward(plan.head, None, draws, relu)
    v = first.through_gate(_backward(_cotangents(logits, rows), others, draws))
    coordinates = isotropic_coordinates(v, first.z, first.square, d, draws)
    memory = torch.empty(batch * (coordinates.shape[2] * d + 16), device=draws.device)
    for start in range(0, len(draws), batch):
        some = slice(start, start + batch)
        yield Gradients(
            logits=logits[some],
            rows=frame_product(
                coordinates[some], d, draws.part(some), memory=memory if overwrite else None
            ),
        )


@dataclass(frozen=True)
class _Step:
    """A dense layer on the way forward: its input, empty if undrawn, and what it made of it."""

    h: Tensor
    square: Tensor
    z: Tensor
    gate: Tensor | None

    def through_gate(self, v: Tensor) -> Tensor:
        return v if self.gate is None else v * self.gate[:, None]


def _dense_gradients(
    head: Sequence[HeadLayer], features: Tensor, draws: Draws, relu: Relu, rows: Rows
) -> Gradients:
    """Differentiate dense layers with respect to their input."""
    draws.reserve(*_counts(head, relu, rows, isotropic=False))
    logits, steps = _forward(head, features, draws, relu)
    return Gradients(logits=logits, rows=_backward(_cotangents(logits, rows), steps, draws))


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
        gate = _gate(z, relu, draws) if layer.relu else None
        steps.append(_Step(h, square, z, gate))
        h = z if gate is None else z * gate
        square = h.square().sum(1, keepdim=True)
    return h, steps


def _backward(v: Tensor, steps: Sequence[_Step], draws: Draws) -> Tensor:
    """Multiply rows with the layers' weights, from the last to the first."""
    for step in reversed(steps):
        v = backward_product(step.through_gate(v), step.z, step.h, step.square, draws)
    return v


def _counts(head: Sequence[HeadLayer], relu: Relu, rows: Rows, *, isotropic: bool) -> list[int]:
    """Return how many numbers a network the dense layers draw, but for noise, one count a draw."""
    counts = [1] if isotropic else []
    for layer in head:
        counts += [layer.neurons] * (1 + (layer.relu and relu == "masks"))
    number = head[-1].neurons if rows == "logits" else min(2, head[-1].neurons)
    for layer in reversed(head):
        count = min(number, layer.neurons)
        last = isotropic and layer is head[0]
        counts += [count**2, count] if last else [count * layer.in_degree]
    return counts


def _cotangents(logits: Tensor, rows: Rows) -> Tensor:
    """Return the rows' gradients with respect to the logits, shape (networks, rows, K)."""
    if rows == "logits":
        return torch.eye(logits.shape[1]).to(logits).expand(len(logits), -1, -1)
    first = torch.zeros_like(logits)
    first[:, 0] = 1
    if logits.shape[1] == 1:
        return first[:, None]
    loss = logits.softmax(1)
    # q_0 - 1, without cancellation.
    loss[:, 0] = -loss[:, 1:].sum(1)
    return torch.stack([first, loss], dim=1)


def _gate(z: Tensor, relu: Relu, draws: Draws) -> Tensor:
    """Return the ReLU's derivative: 1 or 0, shape of z."""
    return draws.gates(*z.shape[1:]) if relu == "masks" else (z > 0).to(z.dtype)


class _HeadReachedError(BaseException):
    """Ends a forward pass at the input of the head; no module catches it."""


class ManyNetworks(TorchFunctionMode):
    """Gives each network of a batch its own weights and gates.

    Parameters
    ----------
    module : what the networks compute.
    draws, relu, weights : as in `sample_gradients`.
    head : the layers at the end to leave out.

    Attributes
    ----------
    drawn : the weights by name, each of shape (networks, *weight), as far as a forward pass drew
        them.
    """

    def __init__(
        self,
        module: nn.Module,
        draws: Draws,
        *,
        head: Sequence[HeadLayer] = (),
        relu: Relu = "real",
        weights: WeightLaw = "gaussian",
    ) -> None:
        super().__init__()
        self.module = module
        self.draws = draws
        self.relu = relu
        self.weights = weights
        self.drawn: dict[str, Tensor] = {}
        self._names = {id(parameter): name for name, parameter in module.named_parameters()}
        self._end = head[0].weight if head else None
        self._features = torch.empty(0)

    def features(self, inputs: Tensor) -> Tensor:
        """Return the head's input, or the logits where there is no head.

        Parameters
        ----------
        inputs : one input a network, shape (networks, *input_shape).
        """
        with suppress(_HeadReachedError), self:
            self._features = self.module(inputs)
        return self._features

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,  # noqa: ANN401
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """Intercept what depends on the network."""
        kwargs = kwargs or {}
        if func is LINEAR or func in CONVOLUTIONS:
            inputs, weight = input_and_weight(args, kwargs)
            if id(weight) in self._names:
                self._check(inputs)
                if func is LINEAR:
                    return self._linear(inputs, weight)
                return self._convolution(*args, **kwargs)
        if func in RELUS and self.relu == "masks":
            z = args[0] if args else kwargs["input"]
            self._check(z)
            result = z * _gate(z, self.relu, self.draws)
            in_place = kwargs.get("inplace", args[1:2] == (True,)) or func.__name__.endswith("_")
            return z.copy_(result) if in_place else result
        return func(*args, **kwargs)

    def _check(self, inputs: Tensor) -> None:
        if inputs.shape[0] != len(self.draws):
            raise ModuleError(
                "layers must see (batch, ...) with one entry a network; for a batch of "
                f"{len(self.draws)} one sees {tuple(inputs.shape)}"
            )

    def _linear(self, inputs: Tensor, weight: Tensor) -> Tensor:
        if self._names[id(weight)] == self._end:
            self._features = inputs
            raise _HeadReachedError
        # A convolution with one position, which rounds alike in every batch.
        columns = inputs.reshape(len(inputs), -1, inputs.shape[-1]).transpose(1, 2)
        filters = self._draw(weight)[..., None]
        product = convolve(columns, filters, stride=1, padding=0, dilation=1, groups=1)
        return product.transpose(1, 2).reshape(*inputs.shape[:-1], len(weight))

    def _convolution(
        self,
        input: Tensor,  # noqa: A002
        weight: Tensor,
        bias: Tensor | None = None,  # noqa: ARG002  (0 at initialization)
        stride: int | tuple[int, ...] = 1,
        padding: int | str | tuple[int, ...] = 0,
        dilation: int | tuple[int, ...] = 1,
        groups: int = 1,
    ) -> Tensor:
        return convolve(
            input,
            self._draw(weight),
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
        )

    def _draw(self, weight: Tensor) -> Tensor:
        """Draw each network's own version of a weight, once."""
        name = self._names[id(weight)]
        if name not in self.drawn:
            size = math.sqrt(initialization.he_variance(weight[0].numel()))
            normal = self.draws.normal(*weight.shape)
            if self.weights == "rademacher":
                normal = torch.where(normal < 0, -1.0, 1.0)
            elif self.weights == "uniform":
                normal = torch.erf(normal / math.sqrt(2)) * math.sqrt(3)
            self.drawn[name] = normal.mul_(size)
        return self.drawn[name]
