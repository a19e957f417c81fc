"""Sees every operator that torch carries out, and lets codes go the way of the numbers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from theory.graph.layers import CONSTANT, DagError
from theory.modules.calls import Call
from theory.modules.memory.shadow_memory import ShadowMemory
from theory.modules.neurons import Neurons
from theory.modules.operators.table import OPERATORS, PRODUCTS, READS_VALUES, SHAPES_ONLY, refusal


class Places:
    """Where in a module the run is: the path of the innermost submodule that is being called."""

    def __init__(self, module: nn.Module) -> None:
        self._parts = dict(module.named_modules())
        self._stack: list[str] = []

    @property
    def path(self) -> str:
        """Return the path, as `named_modules` has it."""
        return self._stack[-1] if self._stack else ""

    def words(self) -> str:
        """Name the innermost submodule in a message."""
        if not self.path:
            return "the module"
        return f"submodule {self.path!r} ({type(self._parts[self.path]).__name__})"

    def hint(self) -> str:
        """Say what helps, where that is known."""
        part = self._parts[self.path]
        if isinstance(part, nn.modules.batchnorm._NormBase) and part.running_mean is None:
            return "; it normalizes by the batch's own statistics: set track_running_stats=True"
        return ""

    def layer(self, operator: str) -> str:
        """Name a layer without weights: by its submodule, where that is a layer of torch's."""
        part = self._parts[self.path]
        is_layer = type(part).__module__.startswith("torch.nn") and not list(part.children())
        if self.path and is_layer:
            return self.path
        return f"{self.path}.{operator}" if self.path else operator

    def pools_one_axis(self) -> bool:
        """Whether the innermost submodule is a pooling over one axis."""
        return type(self._parts[self.path]).__name__.endswith("Pool1d")

    @contextmanager
    def named(self) -> Iterator[None]:
        """Follow the calls of submodules by hooks, which are taken away at the end."""

        def enter(path: str, *_: object) -> None:
            self._stack.append(path)

        def leave(*_: object) -> None:
            self._stack.pop()

        hooks = []
        try:
            for path, part in self._parts.items():
                hooks.append(part.register_forward_pre_hook(partial(enter, path), prepend=True))
                hooks.append(part.register_forward_hook(leave))
            yield
        finally:
            for hook in hooks:
                hook.remove()


class Escapes(TorchFunctionMode):
    """Refuses what takes activations out of torch, where no operator is seen.

    Parameters
    ----------
    follower : of the run.
    """

    WAYS_OUT = (Tensor.numpy, Tensor.tolist, Tensor.__array__, Tensor.__dlpack__)

    def __init__(self, follower: "Follower") -> None:
        super().__init__()
        self._follower = follower

    def __torch_function__(
        self,
        func: Any,  # noqa: ANN401
        types: Any,  # noqa: ANN401
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """Intercept them."""
        if func in self.WAYS_OUT and self._follower.memory.knows(args[0]):
            follower = self._follower
            follower.refusal = follower.refusal or follower.call_of((), name=func.__name__).refused(
                "takes activations out of torch; leave it out, or write it with torch's operators"
            )
            raise follower.refusal
        return func(*args, **(kwargs or {}))


class Follower(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees every operator, and lets codes go the way of the numbers."""

    def __init__(self, memory: ShadowMemory, neurons: Neurons, places: Places) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.memory = memory
        self.neurons = neurons
        self.places = places
        self.positive: list[tuple[Tensor, Tensor]] = []
        self.made: list[tuple[Tensor, int]] = []
        self.refusal: DagError | None = None

    def call_of(
        self, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None, name: str = ""
    ) -> Call:
        """Describe a call of an operator, here and now."""
        return Call(
            name=name,
            place=self.places.words(),
            layer=self.places.layer(name),
            pools_one_axis=self.places.pools_one_axis(),
            args=tuple(args),
            kwargs=dict(kwargs or {}),
            memory=self.memory,
            neurons=self.neurons,
            positive=self.positive,
        )

    def __torch_dispatch__(
        self,
        func: Any,  # noqa: ANN401
        types: Any,  # noqa: ANN401
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        kwargs = kwargs or {}
        name = func.overloadpacket.__name__
        call = self.call_of(args, kwargs, name.strip("_"))
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        try:
            if any(isinstance(tensor, nn.Parameter) for tensor in tensors):
                raise call.refused(
                    "uses a parameter that is not registered in the module; keep layers in "
                    "attributes or an nn.ModuleList, not in a plain list"
                )
            return self._follow(func, name, call, tensors)
        except DagError as error:
            self.refusal = self.refusal or error
            raise

    def _follow(self, func: Any, name: str, call: Call, tensors: Sequence[Tensor]) -> Any:  # noqa: ANN401
        memory, changes = self.memory, func._schema.is_mutable
        if not any(memory.knows(tensor) for tensor in tensors):
            result = func(*call.args, **call.kwargs)
            self._note_computed(func, tensors, result)
            return result
        if any(tensor.is_complex() for tensor in tensors):
            raise call.refused("computes with complex numbers; write real and imaginary parts")
        if name in READS_VALUES:
            raise call.refused("lets the program decide by the values of activations; leave it out")
        carries = torch.is_grad_enabled() and any(call.carries(tensor) for tensor in tensors)
        plain = name.removesuffix("_") if changes else name
        if changes:
            # Read what was there before it is gone.
            codes = self.codes_of(func, plain, call, call.args[0].shape) if carries else None
            result = func(*call.args, **call.kwargs)
            target = call.args[0]
            if not isinstance(result, Tensor) or result.untyped_storage()._cdata != memory.keep(
                target
            ):
                raise refusal(call)
            found = torch.full(target.shape, CONSTANT) if codes is None else codes
            memory.write(target, found, with_gradient=carries or target.requires_grad)
            return result
        result = func(*call.args, **call.kwargs)
        made = [leaf for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
        if name in SHAPES_ONLY or all(memory.knows(tensor) for tensor in made):
            self._note_computed(func, [], result)
            return result  # new memory without values, or views
        first, *others = made
        if carries and first.is_floating_point():
            memory.write(first, self.codes_of(func, plain, call, first.shape), with_gradient=True)
            if OPERATORS.get(plain) in PRODUCTS:
                memory.note_product(first)
            self.made.append((first, self.neurons.number_of_layers))
        else:
            memory.write(first, torch.full(first.shape, CONSTANT), with_gradient=False)
        for tensor in others:
            memory.write(tensor, torch.full(tensor.shape, CONSTANT), with_gradient=False)
        return result

    def _note_computed(self, func: Any, tensors: Sequence[Tensor], result: Any) -> None:  # noqa: ANN401
        """Note what is made of parameters, or at random."""
        self.memory.parameters.note_computed(
            func.overloadpacket.__name__,
            tensors,
            tree_leaves(result),
            is_random=torch.Tag.nondeterministic_seeded in func.tags,
            changes=func._schema.is_mutable,
        )

    def codes_of(self, func: Any, name: str, call: Call, shape: Sequence[int]) -> Tensor:  # noqa: ANN401, ARG002
        """Return the codes, of this shape, of what an operator gives; DagError if it is none."""
        operator = OPERATORS.get(name)
        if operator is None:
            raise refusal(call)
        if name != func.overloadpacket.__name__:  # done in place: take the operator that is not
            apart = getattr(torch.ops.aten, name, None)
            func = getattr(apart, func._overloadname, func)
        codes: Tensor = operator(call, func)
        return codes
