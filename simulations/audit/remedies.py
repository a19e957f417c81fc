"""The paper's remedies for one network: average-pooling in place of strides and of max-pooling.

A convolution of stride s becomes the same convolution with stride 1 and an average-pooling of s
positions after it. Its output has the same shape as before. A max-pooling becomes an
average-pooling of the same windows, padding left out of the averages.
"""

import copy
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

_AVERAGES: tuple[type[nn.Module], ...] = (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)
_CONVOLUTIONS: tuple[type[nn.Module], ...] = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_MAXIMA: tuple[type[nn.Module], ...] = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)
_ADAPTIVE: dict[type[nn.Module], type[nn.Module]] = {
    nn.AdaptiveMaxPool1d: nn.AdaptiveAvgPool1d,
    nn.AdaptiveMaxPool2d: nn.AdaptiveAvgPool2d,
    nn.AdaptiveMaxPool3d: nn.AdaptiveAvgPool3d,
}


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """Layers of a network to replace, all at once.

    Attributes
    ----------
    label : what is done, in words.
    layers : names of the submodules; none for the network as it is.
    """

    label: str
    layers: tuple[str, ...]


AS_IT_IS = Remedy(label="the network as it is", layers=())


def remedies(module: nn.Module) -> list[Remedy]:
    """List what can be done: each stride, all of them, all max-poolings, everything.

    Strides and poolings count where they are layers (`nn.Conv2d`, `nn.MaxPool2d` and so on). A
    function such as `functional.max_pool2d` in a `forward` is not seen. A max-pooling with
    dilation, or one that returns indices, has no average of the same windows.

    Parameters
    ----------
    module : any module, which is left as it is.
    """
    strides = [name for name, layer in module.named_modules() if _strides(layer)]
    maxima = [name for name, layer in module.named_modules() if _is_maximum(layer)]
    listed = [
        Remedy(label=f"{name}: stride 1, then average-pooling", layers=(name,)) for name in strides
    ]
    if len(strides) > 1:
        listed.append(
            Remedy(label="all strides: stride 1, then average-pooling", layers=tuple(strides))
        )
    if maxima:
        number = "the max-pooling" if len(maxima) == 1 else f"all {len(maxima)} max-poolings"
        listed.append(Remedy(label=f"average-pooling for {number}", layers=tuple(maxima)))
    if strides and maxima:
        listed.append(Remedy(label="both: no stride, no maximum", layers=(*strides, *maxima)))
    return listed


def remedied(module: nn.Module, layers: Collection[str]) -> nn.Module:
    """Return a copy in which some layers are replaced; parameters and buffers are shared.

    Parameters
    ----------
    module : any module, which is left as it is.
    layers : names of submodules, as `remedies` lists them.

    Raises
    ------
    ValueError : a layer that has no remedy.
    """
    shared: Sequence[Tensor] = [*module.parameters(), *module.buffers()]
    duplicate = copy.deepcopy(module, {id(tensor): tensor for tensor in shared})
    # A layer that is used in several places is replaced by one and the same everywhere.
    replaced = {
        id(duplicate.get_submodule(name)): _replacement(name, duplicate.get_submodule(name))
        for name in layers
    }
    if id(duplicate) in replaced:
        return replaced[id(duplicate)]
    for parent in list(duplicate.modules()):
        for name, child in list(parent.named_children()):
            if id(child) in replaced:
                setattr(parent, name, replaced[id(child)])
    return duplicate


def _strides(layer: nn.Module) -> bool:
    return isinstance(layer, _CONVOLUTIONS) and any(step > 1 for step in _tuple(layer.stride))


def _is_maximum(layer: nn.Module) -> bool:
    if type(layer) in _ADAPTIVE:
        return not layer.return_indices
    undilated = isinstance(layer, _MAXIMA) and all(step == 1 for step in _tuple(layer.dilation))
    return undilated and not layer.return_indices


def _replacement(name: str, layer: nn.Module) -> nn.Module:
    if _strides(layer):
        stride = _tuple(layer.stride)
        layer.stride = tuple(1 for _ in stride)  # type: ignore[assignment]  # a plain attribute
        average = _AVERAGES[len(stride) - 1]
        # Up to the edge, where a window may be cut: as many outputs as the stride left.
        return nn.Sequential(layer, average(stride, stride, ceil_mode=True))
    if type(layer) in _ADAPTIVE:
        return _ADAPTIVE[type(layer)](layer.output_size)
    if _is_maximum(layer):
        average = _AVERAGES[[isinstance(layer, kind) for kind in _MAXIMA].index(True)]
        return average(
            layer.kernel_size,
            layer.stride,
            padding=layer.padding,
            ceil_mode=layer.ceil_mode,
            count_include_pad=False,
        )
    raise ValueError(f"{name!r} is neither a strided convolution nor a max-pooling")


def _tuple(steps: object) -> tuple[int, ...]:
    return steps if isinstance(steps, tuple) else (int(steps),)  # type: ignore[call-overload]
