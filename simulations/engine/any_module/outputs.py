"""The logits among what a module returns."""

from collections.abc import Mapping, Sequence
from operator import ge
from typing import Any

import torch
from torch import Tensor

from simulations.engine.any_module.module_error import ModuleError


def logits_of(outputs: Any, output: Sequence[int]) -> Tensor:  # noqa: ANN401
    """Return the logits (batch, K) among a module's outputs.

    Parameters
    ----------
    outputs : what a module returned for a batch.
    output : as in `plan_network`.

    Raises
    ------
    ModuleError : no tensor, or one of another shape.
    """
    if not isinstance(outputs, Tensor):
        of = f" of {', '.join(map(str, outputs))}" if isinstance(outputs, Mapping) else ""
        raise ModuleError(
            f"the module must map (batch, *input) to one tensor of logits (batch, K), not to a "
            f"{type(outputs).__name__}{of}; return the logits alone"
        )
    shape = tuple(outputs.shape[1:])
    if output:
        if len(output) != len(shape) or any(map(ge, output, shape)):
            raise ModuleError(
                f"--output {','.join(map(str, output))} is no position in an output of shape "
                f"{shape}; give {len(shape)} numbers, each below the length there"
            )
        chosen: Tensor = outputs[(slice(None), *output)]  # type: ignore[index]
        return chosen.unsqueeze(1)
    if len(shape) == 0 and outputs.ndim == 1:
        return outputs.unsqueeze(1)
    if len(shape) != 1:
        middle = ",".join(str(length // 2) for length in shape)
        raise ModuleError(
            f"the output of one input has the shape {shape}, where logits have (K,); choose one "
            f"number of it with --output, such as --output {middle}"
        )
    return outputs


def require_dependence(inputs: Tensor, logits: Tensor) -> None:
    """Let autograd say whether the logits depend on the inputs.

    Raises
    ------
    ModuleError : they do not.
    """
    gradient = (
        torch.autograd.grad(logits.sum(), inputs, allow_unused=True)[0]
        if logits.requires_grad
        else None
    )
    if gradient is None:
        raise ModuleError(
            "the logits must depend on the inputs in a way that autograd can follow; is there a "
            "torch.no_grad() or a detach() on the way?"
        )


def require_finite(logits: Tensor) -> None:
    """Make sure that logits of noise are numbers.

    Raises
    ------
    ModuleError : they are not.
    """
    if not logits.isfinite().all():
        raise ModuleError("the logits are not finite at an input of standard normal noise")
