"""What stands around a module and computes nothing: compiled code, copies on several devices."""

from torch import nn

_INNER = ("_orig_mod", "module")
"""Where torch.compile, and classes that spread batches over devices, keep the module itself."""

_SPREADING = (nn.DataParallel, nn.parallel.DistributedDataParallel)


def plain(module: nn.Module) -> nn.Module:
    """Return the module that was compiled or spread over devices, with plain submodules.

    Parameters
    ----------
    module : any; its submodules are replaced in place.
    """
    while (inner := _inner(module)) is not None:
        module = inner
    module._compiled_call_impl = None  # as module.compile() sets it
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if _inner(child) is not None or child._compiled_call_impl is not None:
                setattr(parent, name, plain(child))
    return module


def _inner(module: nn.Module) -> nn.Module | None:
    is_compiled = "_orig_mod" in module._modules
    if not is_compiled and not isinstance(module, _SPREADING):
        return None
    return next(module._modules[name] for name in _INNER if name in module._modules)
