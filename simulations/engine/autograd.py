"""Input gradients of a module's logits and of its cross-entropy loss, by autograd."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class InputGradients:
    """The logits at one input x, and all gradients with respect to it.

    Attributes
    ----------
    logits : f_k(x), shape (K,).
    logit_gradients : ∂_x f_k(x), shape (K, *input); row k belongs to logit k.
    loss_gradients : ∂_x L(x, c) of the cross-entropy loss L(x, c) = -log q_c(x), with q the softmax
        of the logits, shape (K, *input); row c belongs to the label c.
    """

    logits: Tensor
    logit_gradients: Tensor
    loss_gradients: Tensor


def input_gradients(module: nn.Module, inputs: Tensor) -> InputGradients:
    """Differentiate all logits, and the loss for every label, with respect to one input.

    One forward pass serves them all, so layers that draw at random (dropout) are drawn once.

    Parameters
    ----------
    module : any module that maps (1, *input) to logits of shape (1, K).
    inputs : one input with its batch dimension, shape (1, *input).

    Raises
    ------
    ValueError : a batch of other than one input, or outputs that are not of shape (1, K).
    """
    if inputs.shape[0] != 1:
        raise ValueError(f"an input gradient takes one input, not a batch of {inputs.shape[0]}")
    inputs = inputs.detach().requires_grad_()
    logits = module(inputs)
    if logits.ndim != 2 or logits.shape[0] != 1:
        raise ValueError(f"the module must give logits of shape (1, K), not {tuple(logits.shape)}")
    logits = logits[0]
    outputs = torch.cat([logits, -torch.log_softmax(logits, dim=0)])
    unit_vectors = torch.eye(len(outputs), dtype=outputs.dtype, device=outputs.device)
    (rows,) = torch.autograd.grad(outputs, inputs, unit_vectors, is_grads_batched=True)
    of_logits, of_losses = rows.squeeze(1).chunk(2)
    return InputGradients(
        logits=logits.detach(), logit_gradients=of_logits, loss_gradients=of_losses
    )
