"""One forward pass for many networks: the batch dimension is the networks.

Every network of the batch gets its own input and its own weights. Layers without weights
(ReLUs, poolings, reshapings, additions, batch norms in evaluation mode) treat the entries of a
batch apart anyway; convolutions and linear layers are intercepted and given each network's
weights, whether they are called as modules or as functions. The dense layers at the end are left
to `simulations.engine.dense_head`.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from running.draws import Draws
from simulations.engine.any_module.module_error import ModuleError
from simulations.engine.any_module.one_at_a_time import sample_one_at_a_time
from simulations.engine.any_module.outputs import logits_of
from simulations.engine.any_module.recorded_calls import CONVOLUTIONS, LINEAR, input_and_weight
from simulations.engine.any_module.relu_masks import RELUS, masked_relu
from simulations.engine.convolution import convolve
from simulations.engine.dense_head import sample_head_gradients
from simulations.engine.gradient_rows import (
    Gradients,
    Relu,
    Rows,
    WeightLaw,
    cotangents,
    relu_gate,
)
from simulations.engine.network_plan import HeadLayer, NetworkPlan
from simulations.engine.weight_laws import draw_weights


def sample_gradients(
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
    plan : of the module that the networks compute. The module's own Linear and Conv weights are
        never read, and of its head not even the sizes, so that it may be on the meta device if it
        has no body.
    inputs : one input a network, shape (networks, *input_shape).
    draws : the networks' random numbers.
    relu : "masks" kills each neuron with probability 1/2, whatever it is (H1 as printed).
    weights : the law of the weights, of mean 0 and variance 2/fan-in. Only Gaussian ones let the
        head go without its weights.
    rows : what is differentiated.

    Raises
    ------
    ModuleError : masks for ReLUs that can not be replaced.
    """
    if relu == "masks":
        _check_masks(plan)
    head = plan.head if weights == "gaussian" else ()
    if head and not plan.has_body:
        return sample_head_gradients(head, inputs.flatten(1), draws, relu=relu, rows=rows)
    inputs = inputs.detach().to(plan.dtype).requires_grad_()
    if plan.one_at_a_time:
        return sample_one_at_a_time(plan, inputs, draws, relu=relu, weights=weights, rows=rows)
    networks = ManyNetworks(plan.module, draws, head=head, relu=relu, weights=weights)
    if relu == "real":
        draws.reserve(*plan.weights)
    features = networks.features(inputs.clone())  # which a module may overwrite
    if head:
        of_head = sample_head_gradients(
            head, features.detach().float(), draws, relu=relu, rows=rows
        )
        logits, outer_rows = of_head.logits, of_head.rows
    else:
        features = logits_of(features, plan.output)
        logits = features.detach()
        outer_rows = cotangents(logits, rows)
    gradients = [
        torch.autograd.grad(features, inputs, row, retain_graph=True)[0].flatten(1)
        for row in outer_rows.to(features.dtype).unbind(1)
    ]
    return Gradients(logits=logits.float(), rows=torch.stack(gradients, dim=1).float())


def _check_masks(plan: NetworkPlan) -> None:
    if plan.parameters.is_checkpointed:
        raise ModuleError(
            "masks cannot be kept for parts that torch.utils.checkpoint runs again; switch "
            "checkpointing off in the factory"
        )
    if plan.relus != plan.parameters.relus:
        raise ModuleError(
            f"masks reach {plan.relus} of {plan.parameters.relus} ReLUs, the others being in "
            "compiled code; return the module itself from the factory"
        )


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
            return masked_relu(func, args, kwargs, self._gates)
        return func(*args, **kwargs)

    def _gates(self, z: Tensor) -> Tensor:
        self._check(z)
        return relu_gate(z, self.relu, self.draws)

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
            in_degree = weight[0].numel()
            drawn = draw_weights(self.draws, tuple(weight.shape), in_degree, self.weights)
            self.drawn[name] = drawn.to(weight.dtype)
        return self.drawn[name]
