"""One call of a torch operator, and the codes of its arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from theory.graph.layers import CONSTANT, NOTHING, DagError
from theory.modules.memory.shadow_memory import ShadowMemory, constants
from theory.modules.neurons import Neurons


@dataclass(frozen=True, kw_only=True, eq=False)
class Call:
    """An operator that a module calls.

    Attributes
    ----------
    name : the operator's, such as "add".
    place : the submodule that calls it, in words.
    layer : what a layer of neurons made by it is named.
    pools_one_axis : whether the submodule is a pooling over one axis, which torch carries out over
        two, the first of them of length 1.
    args, kwargs : real tensors, numbers and lists.
    memory, neurons : what has been found so far.
    positive : as in `theory.modules.real_run.RealRun`.
    """

    name: str
    place: str
    layer: str
    pools_one_axis: bool
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    memory: ShadowMemory
    neurons: Neurons
    positive: list[tuple[Tensor, Tensor]]

    def named(self, grid: Sequence[int]) -> tuple[int, ...]:
        """Return the shape by which neurons are named: that of the submodule's activation."""
        spread = self.pools_one_axis and len(grid) == 4
        return (*grid[:-2], grid[-1]) if spread else tuple(grid)

    def argument(self, place: int, name: str, default: Any = None) -> Any:  # noqa: ANN401
        """Return an argument that may be given by its place or its name."""
        return self.args[place] if len(self.args) > place else self.kwargs.get(name, default)

    def carries(self, value: Any) -> bool:  # noqa: ANN401
        """Whether a value is a tensor through which a gradient reaches the input.

        Raises
        ------
        DagError
            If the gradient takes other ways than torch's operators.
        """
        if not isinstance(value, Tensor) or not value.requires_grad:
            return False
        if not self.memory.knows(value):
            return False
        if self.memory.is_unknown(value):
            function = type(value.grad_fn).__name__.removesuffix("Backward")
            raise self.refused(
                f"reads what the autograd function {function} returns, whose gradient is its own; "
                "write it with torch's operators (checkpoints with use_reentrant=False)"
            )
        return True

    def depends(self, value: Any) -> bool:  # noqa: ANN401
        """Whether a value changes with the input, with or without a gradient."""
        return isinstance(value, Tensor) and self.memory.knows(value)

    def codes(self, value: Tensor) -> Tensor:
        """Return the codes of a tensor; it is constant where it carries no gradient."""
        if self.carries(value):
            return self.memory.read(value)
        if self.depends(value):
            return torch.full(value.shape, CONSTANT)
        self._use_as_constant(value)
        return constants(value)

    def _use_as_constant(self, value: Tensor) -> None:
        self.memory.parameters.use_as_constant(value, f"{self.place} calls {self.name!r}, which")

    def bias_codes(self, value: Tensor) -> Tensor:
        """Return the codes of what is added to the products of a layer: a bias is 0 under (H)."""
        if not self.memory.parameters.is_bias(value):
            return self.codes(value)
        self.memory.parameters.use_as_bias(value, self.place)
        return torch.full(value.shape, NOTHING)

    def values(self, value: Tensor | float) -> Tensor:
        """Return the values of a constant.

        Raises
        ------
        DagError
            If they change with the input, or from call to call.
        """
        if self.depends(value):
            raise self.refused(
                "multiplies by, or chooses by, a value that depends on the input: which one it is "
                "depends on all weights; take a constant, or torch.relu where it is a gate"
            )
        if isinstance(value, Tensor):
            self._use_as_constant(value)
        return torch.as_tensor(value).detach()

    def multiplies_two(self) -> DagError:
        """Say that the call multiplies activations with each other."""
        return self.refused(
            "multiplies two activations, so that gradients are no sums over paths; add them up "
            "instead, or sample without a prediction"
        )

    def refused(self, reason: str) -> DagError:
        """Say that the call cannot be followed."""
        return DagError(f"{self.place} calls {self.name!r}, which {reason}")
