"""Input gradients of many random networks, one row for each output that is differentiated."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from running.draws import Draws
from simulations.engine.gradient_norms import loss_factors

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
        """`loss_factors` of the logits, shape (networks,)."""
        return loss_factors(self.logits)


def cotangents(logits: Tensor, rows: Rows) -> Tensor:
    """Return the gradients of the rows' outputs with respect to the logits.

    Parameters
    ----------
    logits : shape (networks, K).
    rows : as in `Gradients`.

    Returns
    -------
    Shape (networks, rows, K).
    """
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


def relu_gate(z: Tensor, relu: Relu, draws: Draws) -> Tensor:
    """Return the ReLU's derivative, 1 or 0, shape of z; masks are drawn without regard to z."""
    return draws.gates(*z.shape[1:]) if relu == "masks" else (z > 0).to(z.dtype)
