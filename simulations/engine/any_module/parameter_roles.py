"""What each parameter of a module is for: a weight, a bias, or something that is kept.

One forward pass is followed operator by operator (torch's ATen ones), whoever calls them: layers,
functions, compiled code. A parameter that meets activations in a product of matrices or in a
convolution is a weight. Before that it may have been transposed, cut, masked or normalized. Its
fan-in is the number of products that one output sums. A parameter that is added to activations or
joined with them, such as a positional embedding or a class token, is none.
"""

import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils import checkpoint
from torch.utils._python_dispatch import TorchDispatchMode

from simulations.engine.any_module.module_error import ModuleError

_PRODUCTS = {
    "mm": 0, "bmm": 0, "mv": 0, "dot": 0, "vdot": 0, "linear": 0,
    "addmm": 1, "baddbmm": 1, "addmv": 1, "addbmm": 1, "_addmm_activation": 1,
}  # fmt: skip
"""Operators that multiply matrices, and the place of the left one; a bias stands before it."""

_CONVOLUTIONS = ("convolution", "convolution_overrideable", "mkldnn_convolution")
_WEIGHTED = ("_trilinear", "mkldnn_rnn_layer", "_cdist_forward", "_euclidean_dist")
"""Others that multiply with weights, as torch keeps them: (neurons, ...)."""

_NORMS = ("layer_norm", "batch_norm", "group_norm", "rms_norm", "instance_norm")
_JOINS = ("cat", "stack")
_COPIES = (*_JOINS, "clone", "contiguous", "_to_copy", "copy_", "repeat", "index", "index_select",
           "embedding", "flip", "roll", "_unsafe_view", "_weight_norm_interface")  # fmt: skip
"""What leaves weights as they are; weight norms do at first, since they are drawn to."""

_ACTIVATIONS = frozenset({""})
"""Stands for what depends on the inputs, among the names of parameters."""


@dataclass(frozen=True, kw_only=True)
class ParameterRoles:
    """What a module's parameters are for.

    Attributes
    ----------
    in_degrees : fan-in of each weight, in the order of their first use.
    uses : how often each weight is multiplied with something.
    other_in_degrees : weights that are used with several fan-ins, and the later ones.
    biases : parameters that are added to the products of a layer.
    changed : weights that the module masks, normalizes or otherwise changes before their use.
    kept : parameters of two or more dimensions that are no weights; those of norms left out.
    fixed : matrices that are no parameters and multiply activations: names of buffers, or of
        submodules that use others.
    ends_in : the last operators, after the last product.
    relus : how many ReLUs were computed.
    is_checkpointed : whether parts are run again on the way back (torch.utils.checkpoint).
    """

    in_degrees: Mapping[str, int]
    uses: Mapping[str, int]
    other_in_degrees: Mapping[str, Sequence[int]]
    biases: Sequence[str]
    changed: Sequence[str]
    kept: Sequence[str]
    fixed: Sequence[str]
    ends_in: Sequence[str]
    relus: int
    is_checkpointed: bool


class RolesTrace(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Follows a forward pass.

    Parameters
    ----------
    module : whose parameters are followed.
    inputs : what it is called with.

    Raises
    ------
    ModuleError : a parameter that the module does not know as its own; several that share part of
        their memory.
    """

    def __init__(self, module: nn.Module, inputs: Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._parts = {id(part): name for name, part in module.named_modules()}
        self._shapes = {name: p.shape for name, p in module.named_parameters()}
        self._buffers = {_place(b): name for name, b in module.named_buffers()}
        self._origins = {_place(p): frozenset({n}) for n, p in module.named_parameters()}
        self._origins[_place(inputs)] = _ACTIVATIONS
        _check_memory(module)
        self._layer_weights: set[int] = set()
        self._of_norms: set[str] = set()
        self._products: set[int] = set()
        self._alive: list[Any] = []
        """Everything that was made, so that no place in memory is used twice."""
        self._in_degrees: dict[str, list[int]] = {}
        self._factors: set[str] = set()
        self._gains: set[str] = set()
        self._changed: set[str] = set()
        self._biases: set[str] = set()
        self._kept: set[str] = set()
        self._fixed: dict[str, None] = {}
        self._ends_in: list[str] = []
        self._relus = 0
        self._is_checkpointed = False

    def layer_weights(self, weights: Iterable[Tensor]) -> None:
        """Take note that a layer is about to be called with these as its weights."""
        self._layer_weights.update(map(_place, weights))

    def norm_weights(self, weights: Iterable[Tensor]) -> None:
        """Take note that a norm is about to be called with these as its weights."""
        self._of_norms.update(*map(self._origin, weights))

    def roles(self) -> ParameterRoles:
        """Return what was found."""
        degrees = {
            name: list(dict.fromkeys(found))
            for name, found in self._in_degrees.items()
            if name not in self._gains
        }
        kept = (self._kept | self._gains) - degrees.keys() - self._of_norms
        return ParameterRoles(
            in_degrees={name: found[0] for name, found in degrees.items()},
            uses={name: len(self._in_degrees[name]) for name in degrees},
            other_in_degrees={name: found[1:] for name, found in degrees.items() if found[1:]},
            biases=[own for own in self._shapes if own in self._biases - degrees.keys()],
            changed=[name for name in degrees if name in self._changed],
            kept=[own for own, shape in self._shapes.items() if own in kept and len(shape) > 1],
            fixed=list(self._fixed),
            ends_in=self._ends_in,
            relus=self._relus,
            is_checkpointed=self._is_checkpointed,
        )

    def __torch_dispatch__(
        self,
        func: Any,  # noqa: ANN401
        types: Any,  # noqa: ANN401
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """Compute, and find out what the operands are."""
        result = func(*args, **(kwargs or {}))
        self._alive.append(result)
        operands = tensors((args, kwargs))
        for x in operands:
            if isinstance(x, nn.Parameter) and _place(x) not in self._origins:
                raise ModuleError(
                    f"a parameter of shape {tuple(x.shape)} is not registered in the module, but "
                    f"used in submodule {_place_in(self._parts)!r}; keep layers in attributes or "
                    "an nn.ModuleList, not in a plain list"
                )
        self._is_checkpointed |= any(
            frame.f_code.co_filename == checkpoint.__file__ for frame in _frames()
        )
        name = func.overloadpacket.__name__
        self._ends_in.append(name)
        self._relus += name in {"relu", "relu_"}
        made = tensors(result)
        if name in _PRODUCTS or name in _CONVOLUTIONS or name in _WEIGHTED:
            origin = self._product(name, args, operands)
            self._products.update(map(_place, made))
        elif name.endswith("_like") or name.startswith("new_"):
            origin = frozenset()
        else:
            origin = self._other(name, operands, made)
        for x in made:
            # What is written into part of something leaves the rest what it was.
            before = [self._origin(x)] if any(_place(x) == _place(y) for y in operands) else []
            self._origins[_place(x)] = _joined([origin, *before])
        return result

    def _origin(self, x: Tensor) -> frozenset[str]:
        """Return the names of the parameters that a tensor was made of; none for constants."""
        return self._origins.get(_place(x), frozenset())

    def _product(
        self, name: str, args: Sequence[Any], operands: Sequence[Tensor]
    ) -> frozenset[str]:
        """Take note of the weights of a product, and return the origin of what it makes."""
        if name in _WEIGHTED:
            for x in operands:
                for own in sorted(self._origin(x) - _ACTIVATIONS):
                    if x.ndim > 1:
                        self._weight(own, math.prod(self._shapes[own][1:]))
                    else:
                        self._biases.add(own)
            self._ends_in.clear()
            return _joined(map(self._origin, operands)) and _ACTIVATIONS
        if name in _CONVOLUTIONS:
            left, right, bias = args[0], args[1], args[2]
            degree = right[0].numel()
            if len(args) > 6 and args[6]:  # transposed: an output sees one in stride of the kernel
                kernel, stride = math.prod(right.shape[2:]), math.prod(args[3])
                degree = max(1, round(right.shape[0] // args[8] * kernel / stride))
        else:
            at = _PRODUCTS[name]
            left, right = args[at], args[at + 1]
            bias = args[0] if at else args[2] if name == "linear" and len(args) > 2 else None
            degree = left.shape[-1]
        if isinstance(bias, Tensor):
            self._added(bias)
        return self._met(left, right, degree)

    def _met(self, left: Tensor, right: Tensor, degree: int) -> frozenset[str]:
        """Decide which of two factors is a weight."""
        origins = self._origin(left), self._origin(right)
        active = [origin == _ACTIVATIONS for origin in origins]
        if not any(active):
            layer = [_place(x) in self._layer_weights for x in (left, right)]
            if not any(layer):  # made of weights alone: it may become a weight
                self._factors.update(*(origins if all(origins) else ()))
                return _joined(origins)
            active = [not own for own in layer]
        for x, other, is_active in zip((left, right), (right, left), active, strict=True):
            origin = self._origin(x)
            if is_active:
                self._kept |= origin - _ACTIVATIONS
            elif origin:
                for own in sorted(origin):  # in the same order in every process
                    shape = self._shapes[own]
                    by_convention = own in self._factors and len(shape) > 1
                    self._weight(own, math.prod(shape[1:]) if by_convention else degree)
            elif self._origin(other) == _ACTIVATIONS:
                self._fixed[self._buffers.get(_place(x), "") or _place_in(self._parts)] = None
        self._ends_in.clear()
        return _ACTIVATIONS

    def _weight(self, name: str, degree: int) -> None:
        self._in_degrees.setdefault(name, []).append(degree)

    def _added(self, bias: Tensor) -> None:
        for name in self._origin(bias) - _ACTIVATIONS:
            if len(self._shapes[name]) == 1:
                self._biases.add(name)
            else:
                self._kept.add(name)

    def _other(
        self, name: str, operands: Sequence[Tensor], made: Sequence[Tensor]
    ) -> frozenset[str]:
        """Return the origin of what an operator makes that multiplies no matrices."""
        origins = [self._origin(x) for x in operands]
        joined = _joined(origins)
        if joined != _ACTIVATIONS:
            self._find_gains(name, operands, made)
            if name not in _COPIES and not all(
                any(_place(x) == _place(y) for y in operands) for x in made
            ):
                self._changed |= joined
            return joined
        if not any(norm in name for norm in _NORMS):
            is_sum = name in {"add", "add_"} and any(_place(x) in self._products for x in operands)
            for x in operands:
                if is_sum:
                    self._added(x)
                else:
                    self._kept |= self._origin(x) - _ACTIVATIONS
        return joined

    def _find_gains(self, name: str, operands: Sequence[Tensor], made: Sequence[Tensor]) -> None:
        """Find parameters that scale others: of weight norms, and gains of rows."""
        if name in _JOINS or len(operands) < 2 or not made:
            return
        size = made[0].numel()
        full = _joined(self._origin(x) for x in operands if x.numel() >= size)
        if full:
            small = _joined(self._origin(x) for x in operands if x.numel() < size)
            self._gains |= small - full
            if name == "_weight_norm_interface":  # torch's own, which begin with the weights' norms
                self._of_norms |= {
                    own for own in small if own.endswith("_g") or "parametrizations." in own
                }


def tensors(tree: Any) -> list[Tensor]:  # noqa: ANN401
    """Return all tensors in a tree of tuples, lists and dicts."""
    leaves = torch.utils._pytree.tree_leaves(tree)
    return [leaf for leaf in leaves if isinstance(leaf, Tensor)]


def _check_memory(module: nn.Module) -> None:
    """Let no parameter be a part of another, whose weights it would change."""
    seen: dict[int, tuple[str, Tensor]] = {}
    for name, p in module.named_parameters():
        other, q = seen.setdefault(_place(p), (name, p))
        if (p.shape, p.stride(), p.storage_offset()) != (q.shape, q.stride(), q.storage_offset()):
            raise ModuleError(
                f"the parameters {other} and {name} share memory; give each its own, by clone()"
            )


def _joined(origins: Iterable[frozenset[str]]) -> frozenset[str]:
    together: frozenset[str] = frozenset().union(*origins)
    return _ACTIVATIONS if together & _ACTIVATIONS else together


def _place(x: Tensor) -> int:
    """Return where a tensor's numbers are, which its views share."""
    place: int = x.untyped_storage()._cdata
    return place


def _place_in(parts: Mapping[int, str]) -> str:
    """Return the name of the innermost submodule that is being called."""
    for frame in _frames():
        own = frame.f_locals.get("self")
        if isinstance(own, nn.Module) and id(own) in parts:
            return parts[id(own)] or "the module"
    return "the module"


def _frames() -> Iterator[FrameType]:
    """Return the calls that are going on, the innermost first."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        yield frame
        frame = frame.f_back
