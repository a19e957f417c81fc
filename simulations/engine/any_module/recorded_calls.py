"""The functions that a forward pass calls, and with what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from simulations.engine.any_module.parameter_roles import RolesTrace, tensors

LINEAR = functional.linear
CONVOLUTIONS = (functional.conv1d, functional.conv2d, functional.conv3d)
_RECURRENT = ("lstm", "gru", "rnn_tanh", "rnn_relu")


@dataclass(frozen=True)
class Call:
    """One call, with all tensors among its arguments."""

    function: Callable[..., Any]
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    tensors: tuple[Tensor, ...]
    result: Any


class Recorder(TorchFunctionMode):
    """Records every call of a forward pass, and keeps the tensors, so that ids stay theirs."""

    def __init__(self, roles: RolesTrace) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self._roles = roles

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,  # noqa: ANN401
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        kwargs = kwargs or {}
        if func is LINEAR or func in CONVOLUTIONS:
            self._roles.layer_weights([input_and_weight(args, kwargs)[1]])
        elif func is functional.multi_head_attention_forward:
            self._roles.layer_weights([x for x in tensors((args[5:], kwargs)) if x.ndim == 2])
        elif getattr(func, "__name__", "") in _RECURRENT:
            self._roles.layer_weights(x for x in tensors(args) if isinstance(x, nn.Parameter))
        elif func is functional.rms_norm:  # whose operators are as of any product
            self._roles.norm_weights(tensors((args[2:], kwargs.get("weight"))))
        result = func(*args, **kwargs)
        self.calls.append(Call(func, args, kwargs, tuple(tensors((args, kwargs))), result))
        return result


def input_and_weight(args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """Return the input and the weight that a linear layer or a convolution is called with."""
    weight = args[1] if len(args) > 1 else kwargs["weight"]
    return (args[0] if args else kwargs["input"]), weight
