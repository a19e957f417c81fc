"""One forward pass for many networks: the batch dimension is the networks.

Every network of the batch gets its own input and its own weights. Layers without weights
(ReLUs, poolings, reshapings, additions, batch norms in evaluation mode) treat the entries of a
batch apart anyway; convolutions and linear layers are intercepted and given each network's
weights, whether they are called as modules or as functions.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from simulations import initialization
from simulations.convolution import convolve
from simulations.draws import Draws
from simulations.gaussian_layers import backward_product, forward_product
from simulations.network_plan import CONVOLUTIONS, LINEAR, RELUS, ModuleError, NetworkPlan

Relu: TypeAlias = Literal["real", "masks"]
WeightLaw: TypeAlias = Literal["gaussian", "rademacher", "uniform"]


@dataclass(frozen=True, kw_only=True)
class Gradients:
    """Input gradients of a batch of networks.

    Attributes
    ----------
    logits : f_k(x), shape (networks, K).
    rows : shape (networks, rows, d): ∂_x f_0, and ∂_x L(x, 0) of the cross-entropy with the label
        0 if there are two logits or more. All logits, and all labels, are alike in law.
    """

    logits: Tensor
    rows: Tensor


def sample_gradients(
    module: nn.Module,
    plan: NetworkPlan,
    inputs: Tensor,
    draws: Draws,
    *,
    relu: Relu = "real",
    weights: WeightLaw = "gaussian",
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
    """
    head = plan.head if weights == "gaussian" else ()
    run = _Run(module, [layer.weight for layer in head], draws, relu, weights)
    if head and not plan.has_body:
        features = inputs.flatten(1)
        logits = features
        for layer in head:
            logits = run.dense(logits, layer.neurons)
            if layer.relu:
                logits = run.relu(logits)
    else:
        inputs = inputs.requires_grad_()
        with run:
            logits = module(inputs)
        features = run.steps[0].attached if run.steps else logits
    rows = _cotangents(logits.detach())
    for step in reversed(run.steps):
        if step.gate is not None:
            rows = rows * step.gate[:, None]
        rows = backward_product(rows, step.h, step.z, draws)
    if features.grad_fn is not None:
        rows = torch.stack(
            [
                torch.autograd.grad(features, inputs, row, retain_graph=True)[0].flatten(1)
                for row in rows.unbind(1)
            ],
            dim=1,
        )
    return Gradients(logits=logits.detach(), rows=rows)


def _cotangents(logits: Tensor) -> Tensor:
    """Return the rows' gradients with respect to the logits, shape (networks, rows, K)."""
    first = torch.zeros_like(logits)
    first[:, 0] = 1
    if logits.shape[1] == 1:
        return first[:, None]
    return torch.stack([first, logits.softmax(1) - first], dim=1)


@dataclass
class _Step:
    """A dense layer of the head that was passed on the way forward."""

    attached: Tensor
    h: Tensor
    z: Tensor
    output: Tensor
    gate: Tensor | None = None


class _Run(TorchFunctionMode):
    """Gives each network of the batch its own weights and gates.

    Parameters
    ----------
    module : names the parameters.
    head : names of the weights that are not drawn.
    draws, relu, weights : as in `sample_gradients`.
    """

    def __init__(
        self,
        module: nn.Module,
        head: Sequence[str],
        draws: Draws,
        relu: Relu,
        weights: WeightLaw,
    ) -> None:
        super().__init__()
        names = {name: id(parameter) for name, parameter in module.named_parameters()}
        self.parameters = set(names.values())
        self.head = {names[name] for name in head}
        self.draws = draws
        self.relu_law = relu
        self.weight_law = weights
        self.steps: list[_Step] = []
        self.drawn: dict[int, Tensor] = {}

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,  # noqa: ANN401, ARG002
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """Intercept what depends on the network."""
        kwargs = kwargs or {}
        if func is LINEAR and id(args[1]) in self.parameters:
            return self._linear(*args[:2])
        if func in CONVOLUTIONS and id(args[1]) in self.parameters:
            return self._convolution(*args, **kwargs)
        if func in RELUS and (self.relu_law == "masks" or self._in_head(args[0])):
            result = self.relu(args[0])
            in_place = kwargs.get("inplace") or func.__name__.endswith("_")
            return args[0].copy_(result) if in_place else result
        return func(*args, **kwargs)

    def dense(self, h: Tensor, neurons: int) -> Tensor:
        """Pass one layer of the head."""
        z = forward_product(h.detach(), neurons, self.draws)
        step = _Step(attached=h, h=h.detach(), z=z, output=z.clone())
        self.steps.append(step)
        return step.output

    def relu(self, z: Tensor) -> Tensor:
        """Kill the negative neurons, or independent ones."""
        gate = self.draws.gates(*z.shape[1:]) if self.relu_law == "masks" else (z > 0).float()
        if self._in_head(z):
            self.steps[-1].gate = gate
        return z * gate

    def _in_head(self, z: Tensor) -> bool:
        """Whether z is what the last layer of the head returned."""
        return bool(self.steps) and z.data_ptr() == self.steps[-1].output.data_ptr()

    def _linear(self, h: Tensor, weight: Tensor) -> Tensor:
        if id(weight) in self.head:
            return self.dense(h, weight.shape[0])
        if h.shape[0] != len(self.draws):
            raise ModuleError(
                "a linear layer must see (batch, *, features) with one entry a network, not "
                f"{tuple(h.shape)}"
            )
        rows = h.reshape(len(self.draws), -1, h.shape[-1])
        product = rows @ self._weights(weight).transpose(1, 2)
        return product.view(*h.shape[:-1], weight.shape[0])

    def _convolution(
        self,
        inputs: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,  # noqa: ARG002  (0 at initialization)
        stride: int | tuple[int, ...] = 1,
        padding: int | str | tuple[int, ...] = 0,
        dilation: int | tuple[int, ...] = 1,
        groups: int = 1,
    ) -> Tensor:
        if inputs.shape[0] != len(self.draws) or inputs.ndim != weight.ndim:
            raise ModuleError(
                "a convolution must see (batch, channels, *positions) with one entry a network, "
                f"not {tuple(inputs.shape)}"
            )
        return convolve(
            inputs,
            self._weights(weight),
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
        )

    def _weights(self, weight: Tensor) -> Tensor:
        """Draw each network's own version of a weight, once."""
        if id(weight) not in self.drawn:
            size = math.sqrt(initialization.he_variance(weight[0].numel()))
            normal = self.draws.normal(*weight.shape)
            if self.weight_law == "rademacher":
                normal = normal.sign()
            elif self.weight_law == "uniform":
                normal = torch.erf(normal / math.sqrt(2)) * math.sqrt(3)
            self.drawn[id(weight)] = normal.mul_(size)
        return self.drawn[id(weight)]
