"""What a reader of the figures has to know of a module."""

from collections.abc import Iterator, Sequence

from torch import Tensor, nn
from torch.nn.utils import parametrize, prune
from torch.nn.utils.spectral_norm import SpectralNorm

from simulations.engine.any_module.parameter_roles import ParameterRoles

_MOST_LISTED = 4
"""Names in one note."""

_BOUNDED = {"_softmax", "sigmoid", "sigmoid_", "hardsigmoid"}


def notes_on_parameters(module: nn.Module, roles: ParameterRoles) -> Iterator[str]:
    """Say what is not drawn, and what is not drawn as usual.

    Parameters
    ----------
    module : what the networks compute.
    roles : of its parameters.
    """
    if roles.kept:
        yield (
            f"the same in all networks, as the module has them: {_listed(roles.kept)}; they are "
            "added to activations, joined with them or scale them, and are no weights"
        )
    if roles.fixed:
        yield (
            f"the same in all networks: matrices that are no parameters, in {_listed(roles.fixed)}"
        )
    for name, others in roles.other_in_degrees.items():
        yield (
            f"{name} is used with fan-ins {roles.in_degrees[name]} and {_listed(others)}; it is "
            "drawn for the first"
        )
    changed = [name or "the module" for name, part in module.named_modules() if _changes(part)]
    if changed:
        yield (
            "weights are drawn with variance 2/fan-in, and then parametrized or pruned: "
            f"{_listed(changed)}"
        )


def notes_on_outputs(outputs: Tensor, ends_in: Sequence[str]) -> Iterator[str]:
    """Say whether outputs are probabilities.

    Parameters
    ----------
    outputs : of a few inputs.
    ends_in : the operators after the last product, as in `ParameterRoles`.
    """
    if bool(((outputs >= 0) & (outputs <= 1)).all()) and _BOUNDED.intersection(ends_in):
        yield (
            "the outputs are probabilities, and are taken for logits here; let the module return "
            "what comes before its softmax or sigmoid"
        )


def _changes(part: nn.Module) -> bool:
    """Say whether a layer's weights are other than its parameters."""
    return parametrize.is_parametrized(part) or any(
        isinstance(hook, SpectralNorm | prune.BasePruningMethod)
        for hook in part._forward_pre_hooks.values()
    )


def _listed(names: Sequence[object]) -> str:
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return ", ".join(map(str, names[:_MOST_LISTED])) + more
