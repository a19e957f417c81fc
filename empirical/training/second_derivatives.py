"""Convolutions and batch norms whose input gradient is cheap to differentiate by the weights.

A penalty on input gradients is trained by differentiating a backward pass. Torch does that for any
module, but builds the derivative of a batch norm's backward pass from some twenty passes over the
activations, and that of a convolution's by its weights from a convolution with a huge kernel:
together three quarters of the time. Written out they take the same fast kernels as an ordinary
backward pass. Everything else of a network (ReLUs, paddings, poolings, sums) stays with torch.

In the notation here, g is the gradient that enters a backward pass and u that which enters the
backward pass of that backward pass; both have the shape of the activations.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx, once_differentiable
from torch.nn import functional
from torch.overrides import TorchFunctionMode

Parameters = tuple[list[int], list[int], list[int], int]
"""Stride, padding, dilation and groups of a convolution."""


class FastSecondDerivatives(TorchFunctionMode):
    """Context in which a network's forward pass prepares for a penalty on its input gradient.

    Two-dimensional convolutions, and batch norms in training mode, are replaced as they are called;
    their values are the same. The logits can then be differentiated *by the inputs* with
    `create_graph=True`, any number of times, and what is computed of these gradients once by the
    weights, without `create_graph`. With `create_graph=True` convolutions and batch norms give no
    gradients to their weights, which is what torch spends on them otherwise; third derivatives
    raise RuntimeError.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """Run `func`, or what takes its place."""
        kwargs = kwargs or {}
        if func is torch.conv2d:
            return _conv2d(*args, **kwargs)
        if func is functional.batch_norm:
            return _batch_norm(*args, **kwargs)
        return func(*args, **kwargs)


def _conv2d(
    inputs: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: str | int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    if isinstance(padding, str) or inputs.ndim != 4:
        return torch.conv2d(inputs, weight, bias, stride, padding, dilation, groups)
    parameters = (_pair(stride), _pair(padding), _pair(dilation), groups)
    convolved: Tensor = _Convolution.apply(inputs, weight, bias, parameters)  # type: ignore[no-untyped-call]
    return convolved


def _batch_norm(
    inputs: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    # Torch differentiates the affine map of evaluation mode twice at no great cost, and it has a
    # message for batches of one value.
    if not training or inputs.numel() == inputs.shape[1]:
        return functional.batch_norm(
            inputs, running_mean, running_var, weight, bias, training, momentum, eps
        )
    statistics = running_mean, running_var
    normed: Tensor = _BatchNorm.apply(inputs, weight, bias, *statistics, momentum, eps)  # type: ignore[no-untyped-call]
    return normed


def _pair(value: int | Sequence[int]) -> list[int]:
    return [value, value] if isinstance(value, int) else list(value)


class _Convolution(Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        inputs: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        parameters: Parameters,
    ) -> Tensor:
        ctx.save_for_backward(inputs, weight)
        ctx.parameters, ctx.bias = parameters, bias is not None
        return torch.conv2d(inputs, weight, bias, *parameters)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        inputs, weight = ctx.saved_tensors
        by_inputs, by_weight, by_bias, _ = ctx.needs_input_grad
        if torch.is_grad_enabled():  # the inner pass of a penalty: no need of the weights' gradient
            arguments = g, inputs.detach(), weight, ctx.parameters
            back = _ConvolutionBackward.apply(*arguments)  # type: ignore[no-untyped-call]
            return back if by_inputs else None, None, None, None
        return *_convolution_backward(
            g, inputs, weight, ctx.parameters, [by_inputs, by_weight, ctx.bias and by_bias]
        ), None


class _ConvolutionBackward(Function):
    """The gradient by the inputs: bilinear in g and the weights."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        g: Tensor,
        inputs: Tensor,  # for its shape
        weight: Tensor,
        parameters: Parameters,
    ) -> Tensor | None:
        ctx.save_for_backward(g, weight)
        ctx.parameters = parameters
        return _convolution_backward(g, inputs, weight, parameters, [True, False, False])[0]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, u: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        g, weight = ctx.saved_tensors
        by_weight = _convolution_backward(g, u, weight, ctx.parameters, [False, True, False])[1]
        return torch.conv2d(u, weight, None, *ctx.parameters), None, by_weight, None


def _convolution_backward(
    g: Tensor, inputs: Tensor, weight: Tensor, parameters: Parameters, mask: list[bool]
) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
    """Gradients by inputs, weight and bias, those of the mask."""
    stride, padding, dilation, groups = parameters
    bias_sizes = [len(weight)] if mask[2] else None
    gradients: tuple[Tensor | None, Tensor | None, Tensor | None] = (
        torch.ops.aten.convolution_backward(
            g, inputs, weight, bias_sizes, stride, padding, dilation, False, [0, 0], groups, mask
        )
    )
    return gradients


class _BatchNorm(Function):
    """y = γ x̂ + β with x̂ = (x - μ) r, r = 1/√(var + eps), over all values of a channel."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        x: Tensor,
        weight: Tensor | None,
        bias: Tensor | None,
        running_mean: Tensor | None,
        running_var: Tensor | None,
        momentum: float,
        eps: float,
    ) -> Tensor:
        y, mean, r = torch.native_batch_norm(
            x, weight, bias, running_mean, running_var, True, momentum, eps
        )
        ctx.save_for_backward(x, weight, mean, r)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        if torch.is_grad_enabled():  # the inner pass of a penalty
            back = _BatchNormBackward.apply(g, *ctx.saved_tensors)  # type: ignore[no-untyped-call]
            return back, *(None,) * 6
        by_x, by_weight, by_bias = _batch_norm_backward(g, *ctx.saved_tensors)
        _, weight, bias, *_ = ctx.needs_input_grad
        return by_x, by_weight if weight else None, by_bias if bias else None, *(None,) * 4


class _BatchNormBackward(Function):
    """The gradient by x: B g = γ r (g - mean g - x̂ mean(g x̂)), symmetric in g for each x."""

    @staticmethod
    def forward(ctx: FunctionCtx, g: Tensor, *saved: Tensor) -> Tensor:
        back, sum_gx, sum_g = _batch_norm_backward(g, *saved)
        ctx.save_for_backward(g, *saved, sum_gx, sum_g)
        return back

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, u: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        """Differentiate S = Σ u · B g by g, x and γ.

        By g that is B u, because B is symmetric. By x, with ∂r/∂x = -r² x̂ / n and x̂ in both means,
        it is r (q - mean q - x̂ (mean(q x̂) + S/n)) with q = -γ r (mean(u x̂) g + mean(g x̂) u).
        """
        g, x, weight, mean, r, sum_gx, sum_g = ctx.saved_tensors
        n = x.numel() // x.shape[1]
        back, sum_ux, sum_u = _batch_norm_backward(u, x, weight, mean, r)
        sum_gu = _channel_dots(g, u)
        s = r * (sum_gu - sum_g * sum_u / n - sum_gx * sum_ux / n)  # S/γ, which is also ∂S/∂γ
        gamma = torch.ones_like(r) if weight is None else weight
        of_g, of_u = -gamma * r * sum_ux / n, -gamma * r * sum_gx / n  # q = of_g g + of_u u
        mean_q = (of_g * sum_g + of_u * sum_u) / n
        mean_qx = (of_g * sum_gx + of_u * sum_ux) / n
        of_x = -(r**2) * (mean_qx + gamma * s / n)
        shape = (1, -1) + (1,) * (x.ndim - 2)
        by_x = torch.addcmul((-r * mean_q - of_x * mean).view(shape), x, of_x.view(shape))
        by_x.addcmul_(g, (r * of_g).view(shape)).addcmul_(u, (r * of_u).view(shape))
        return back, by_x, None if weight is None else s, None, None


def _batch_norm_backward(
    g: Tensor, x: Tensor, weight: Tensor | None, mean: Tensor, r: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """B g, and over each channel Σ g x̂ and Σ g, which are the gradients by γ and β."""
    gradients: tuple[Tensor, Tensor, Tensor] = torch.ops.aten.native_batch_norm_backward(
        g, x, weight, None, None, mean, r, True, 0.0, [True, True, True]
    )
    return gradients


def _channel_dots(a: Tensor, b: Tensor) -> Tensor:
    """Σ a b over each channel, in one pass: Σ g x̂ of a batch norm that leaves x as it is."""
    zeros = a.new_zeros(a.shape[1])
    dots: Tensor = torch.ops.aten.native_batch_norm_backward(
        a, b, None, None, None, zeros, zeros + 1, True, 0.0, [False, True, False]
    )[1]
    return dots
