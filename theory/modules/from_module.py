"""Expand a torch module into the DAG of its neurons.

The module is traced with `torch.fx` and run once, not on pixels but on codes of neurons (see
`theory.modules.neurons`): a layer with weights reads which neurons it is connected to, makes new
ones and records the edges; a reshaping only moves codes. Zero padding leaves no edge.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, fx, nn

from theory.graph.graph import Graph, graph_of_layers
from theory.graph.layers import NOTHING, DagError
from theory.modules.expansions import EXPANSIONS, add, mean
from theory.modules.neurons import Neurons
from theory.modules.windows import pad


def graph_from_module(module: nn.Module, input_shape: Sequence[int]) -> Graph:
    """Run `module` on codes of neurons and collect its edges (see `Dag.from_module`)."""
    traced = trace(module, input_shape)
    neurons = Neurons(input_shape, split=frozenset())
    outputs = neurons.finish(run(traced, neurons))
    if split := neurons.used_both_ways():
        neurons = Neurons(input_shape, split)
        outputs = neurons.finish(run(traced, neurons))
    return graph_of_layers(
        neurons.nodes,
        neurons.layers,
        inputs=neurons.inputs,
        outputs=outputs,
        relus=neurons.used[1],
    )


def trace(module: nn.Module, input_shape: Sequence[int]) -> fx.GraphModule:
    """Trace a module with `torch.fx`; DagError if that fails, or it ties weights."""
    if not input_shape or any(size < 1 for size in input_shape):
        raise DagError(f"the input shape {tuple(input_shape)} needs positive sizes")
    if type(module).__module__.startswith("torch.nn") and not isinstance(module, nn.Sequential):
        module = nn.Sequential(module)  # torch.fx looks inside the root, whatever it is
    _refuse_tied_weights(module)
    try:
        return fx.GraphModule(module, _Tracer().trace(module))
    except Exception as error:  # torch.fx raises whatever the traced code raises on a Proxy
        raise DagError(f"torch.fx cannot trace {type(module).__name__}: {_line(error)}") from error


def run(traced: fx.GraphModule, neurons: Neurons) -> Tensor:
    """Run a traced module on the codes of neurons and return those of its outputs.

    Raises
    ------
    DagError
        If the module cannot be expanded, or one of its outputs is a constant.
    """
    try:
        codes = _OnNeurons(traced, neurons).run(neurons.input_codes)
    except RuntimeError as error:
        raise DagError(f"the module does not run on one input tensor: {_line(error)}") from error
    if not isinstance(codes, Tensor):
        kind = type(codes).__name__
        raise DagError(f"the module returns a {kind}: it must return one tensor")
    if bool((codes == NOTHING).any()):
        raise DagError("an output of the module is constant: zero padding or a buffer")
    return codes


def _refuse_tied_weights(module: nn.Module) -> None:
    """Refuse parameters that two submodules share: H4 wants layers to be independent."""
    owners: dict[nn.Parameter, str] = {}
    for name, submodule in module.named_modules():
        for parameter in submodule.parameters(recurse=False):
            owner = owners.setdefault(parameter, name)
            if owner != name:
                raise DagError(
                    f"submodules {owner!r} and {name!r} share a parameter: the weights of "
                    "different layers must be independent (H4)"
                )


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0]


class _Tracer(fx.Tracer):
    """Takes subclasses of the supported layers that keep their `forward` as one piece."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        known = any(isinstance(m, kind) and type(m).forward is kind.forward for kind in EXPANSIONS)
        return known or super().is_leaf_module(m, module_qualified_name)


class _OnNeurons(fx.Interpreter):
    """Runs a traced module on tensors of codes.

    Constants, as they carry no gradient, become tensors of NOTHING. An operation in place writes
    its codes over those of its argument, so that views and later users see them as in torch.
    """

    def __init__(self, traced: fx.GraphModule, neurons: Neurons) -> None:
        super().__init__(traced)
        self.neurons = neurons
        self.extra_traceback = False  # keeps our error messages to one line
        self.name = self.inside = ""

    def run_node(self, n: fx.Node) -> Any:  # noqa: ANN401
        self.name = n.name
        self.inside = next(reversed(n.meta.get("nn_module_stack") or {}), "")
        try:
            result = super().run_node(n)
            return _constant(result) if n.op == "get_attr" else result
        except DagError:
            raise
        except (RuntimeError, IndexError, TypeError, ValueError) as error:
            place = "submodule" if n.op == "call_module" else "operation"
            raise DagError(
                f"{place} {str(n.target)!r} does not fit what arrives: {_line(error)}"
            ) from error

    def call_module(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        return self._expand(target, self.fetch_attr(target), *args, **kwargs)

    def call_function(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        return self._call(target, getattr(target, "__name__", str(target)), args, kwargs)

    def call_method(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        return self._call(getattr(Tensor, target), target, args, kwargs)

    def _expand(self, name: str, layer: Any, *args: Any, **kwargs: Any) -> Tensor:  # noqa: ANN401
        for kind, expansion in EXPANSIONS.items():
            if isinstance(layer, kind):
                codes = expansion(self.neurons, name, layer, *args, **kwargs)
                return args[0].copy_(codes) if getattr(layer, "inplace", False) else codes
        raise DagError(
            f"submodule {name!r} is a {type(layer).__name__}, which cannot be expanded; "
            f"supported are {', '.join(kind.__name__ for kind in EXPANSIONS)}"
        )

    def _call(
        self, function: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:  # noqa: ANN401
        if not any(map(_is_codes, (*args, *_flat(args), *kwargs.values()))):
            return _constant(function(*args, **kwargs))  # shapes and constants
        if name in RESHAPINGS:
            return function(*args, **kwargs)
        plain = IN_PLACE.get(name, name)
        if plain in LAYERS:
            codes = self._expand(self.name, LAYERS[plain](*args[1:], **kwargs), args[0])
            return args[0].copy_(codes) if name in IN_PLACE else codes
        if plain in SPECIAL:
            codes = SPECIAL[plain](self.neurons, self.name, *args, **kwargs)
            return args[0].copy_(codes) if name in IN_PLACE else codes
        place = f"submodule {self.inside!r}" if self.inside else "the module"
        raise DagError(
            f"the function {name!r} in {place} cannot be expanded; supported are "
            f"{', '.join(sorted({*RESHAPINGS, *LAYERS, *SPECIAL} - {'getattr'}))}"
        )


def _is_codes(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, Tensor) and value.dtype == torch.int64


def _constant(value: Any) -> Any:  # noqa: ANN401
    return torch.full(value.shape, NOTHING) if isinstance(value, Tensor) else value


def _flat(args: tuple[Any, ...]) -> list[Any]:
    return [item for arg in args if isinstance(arg, list | tuple) for item in arg]


def _sum(neurons: Neurons, name: str, first: Any, second: Any, **kwargs: Any) -> Tensor:  # noqa: ANN401
    if kwargs.get("alpha", 1) != 1:
        raise DagError(f"the addition {name!r} has an alpha: only plain sums can be expanded")
    if not (_is_codes(first) and _is_codes(second)):
        number_added: Tensor = first if _is_codes(first) else second
        return number_added
    for constant, codes in ((first, second), (second, first)):
        if bool((constant == NOTHING).all()):
            broadcast: Tensor = codes + torch.zeros_like(constant)
            return broadcast
    return add(neurons, name, first, second)


def _mean(
    neurons: Neurons,
    name: str,
    codes: Tensor,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
) -> Tensor:
    if dim is None:
        dim = tuple(range(codes.ndim))
    axes = (dim,) if isinstance(dim, int) else tuple(dim)
    return mean(neurons, name, codes, axes, keepdim)


def _dropout(
    neurons: Neurons,  # noqa: ARG001
    name: str,
    codes: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,  # noqa: ARG001
) -> Tensor:
    if training and p:
        raise DagError(f"the dropout {name!r} is in training: pass training=self.training")
    return codes


def _pad(
    neurons: Neurons,  # noqa: ARG001
    name: str,  # noqa: ARG001
    codes: Tensor,
    amounts: Sequence[int],
    mode: str = "constant",
    value: float | None = None,  # noqa: ARG001  (a constant carries no gradient)
) -> Tensor:
    return pad(codes, amounts, mode)


RESHAPINGS = frozenset(
    [
        *("cat", "chunk", "concat", "concatenate", "contiguous", "flatten", "getattr", "getitem"),
        *("movedim", "permute", "reshape", "size", "split", "squeeze", "stack", "swapaxes"),
        *("transpose", "unflatten", "unsqueeze", "view"),
    ]
)

IN_PLACE = {"relu_": "relu", "add_": "add", operator.iadd.__name__: "add", "dropout_": "dropout"}

LAYERS: dict[str, Callable[..., nn.Module]] = {
    "relu": nn.ReLU,
    "avg_pool1d": nn.AvgPool1d,
    "avg_pool2d": nn.AvgPool2d,
    "max_pool1d": nn.MaxPool1d,
    "max_pool2d": nn.MaxPool2d,
    "adaptive_avg_pool1d": nn.AdaptiveAvgPool1d,
    "adaptive_avg_pool2d": nn.AdaptiveAvgPool2d,
    "adaptive_max_pool1d": nn.AdaptiveMaxPool1d,
    "adaptive_max_pool2d": nn.AdaptiveMaxPool2d,
}

SPECIAL: dict[str, Callable[..., Tensor]] = {
    "add": _sum,
    "dropout": _dropout,
    "mean": _mean,
    "pad": _pad,
}
