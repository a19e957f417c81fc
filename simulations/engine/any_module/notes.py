"""What a reader of the figures has to know of a module."""

from collections.abc import Iterator, Sequence

from torch import Tensor

from simulations.engine.any_module.parameter_roles import ParameterRoles

_MOST_LISTED = 4
"""Names in one note."""

_BOUNDED = {"_softmax", "sigmoid", "sigmoid_", "hardsigmoid"}


def notes_on_parameters(roles: ParameterRoles) -> Iterator[str]:
    """Say which parameters are not drawn, or not as usual."""
    if roles.kept:
        yield (
            f"the same in all networks, as the module has them: {_listed(roles.kept)}; they are "
            "added to activations, joined with them or scale them, and are no weights"
        )
    if roles.fixed:
        yield (
            f"the same in all networks, as matrices that are no parameters: {_listed(roles.fixed)}"
        )
    for name, others in roles.other_in_degrees.items():
        yield (
            f"{name} is used with fan-ins {roles.in_degrees[name]} and {_listed(others)}; it is "
            "drawn for the first"
        )
    if roles.changed:
        yield (
            "drawn with variance 2/fan-in, and then masked, normalized or otherwise changed by the "
            f"module: {_listed(roles.changed)}"
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


def _listed(names: Sequence[object]) -> str:
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return ", ".join(map(str, names[:_MOST_LISTED])) + more
