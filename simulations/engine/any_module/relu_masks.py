"""ReLUs that switch neurons off by chance, whatever arrives there (H1 as printed)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

RELUS = (
    functional.relu,
    functional.relu_,
    torch.relu,
    torch.relu_,
    Tensor.relu,
    Tensor.relu_,
)


def masked_relu(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    gates: Callable[[Tensor], Tensor],
) -> Tensor:
    """Return what a call of one of `RELUS` returns, with other gates.

    Parameters
    ----------
    function, args, kwargs : the call.
    gates : gives zeros and ones of the shape of what arrives.
    """
    z: Tensor = args[0] if args else kwargs["input"]
    result = z * gates(z)
    in_place = kwargs.get("inplace", args[1:2] == (True,)) or function.__name__.endswith("_")
    return z.copy_(result) if in_place else result


class ReluMasks(TorchFunctionMode):
    """Replaces the gates of all ReLUs that are called.

    Parameters
    ----------
    gates : gives zeros and ones of the shape of what arrives.
    """

    def __init__(self, gates: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self._gates = gates

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,  # noqa: ANN401
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """Intercept ReLUs."""
        kwargs = kwargs or {}
        if func in RELUS:
            return masked_relu(func, args, kwargs, self._gates)
        return func(*args, **kwargs)
