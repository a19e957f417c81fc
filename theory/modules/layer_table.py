"""Which parts of a module have exact second moments under (H), and why the others have none."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from torch import Tensor, nn

from theory.graph.layers import DagError, Kind, takes_maximum
from theory.modules.calls import Call
from theory.modules.compact_layers import CompactNeurons
from theory.modules.follower import Follower
from theory.modules.from_module import followed
from theory.modules.real_run import Output, run


@dataclass(frozen=True)
class CalledLayer:
    """What one call of a submodule does to gradients.

    Attributes
    ----------
    path, kind : of the submodule; the path is empty for the module itself.
    operators : of torch that it calls on activations, in order.
    reason : why there is no exact second moment behind it; empty if it is exact.
    """

    path: str
    kind: str
    operators: tuple[str, ...]
    reason: str


def layer_table(
    module: nn.Module, input_shape: Sequence[int], *, output: Output = 0, masks: bool = False
) -> list[CalledLayer]:
    """Run a module once, and tell of each submodule whether it is followed exactly.

    Behind an operator that is not, neurons are taken as new ones, so that all of them are found.

    Parameters
    ----------
    module, input_shape, output, masks : as in `predict_second_moments`.

    Raises
    ------
    DagError
        If the module does not run.
    """
    module = followed(module, input_shape)
    rows: list[CalledLayer] = []
    neurons = CompactNeurons(input_shape, masks=masks)
    run(module, neurons, differentiated=output, follower=partial(_Noting, module, rows))
    return rows


class _Noting(Follower):  # type: ignore[no-untyped-call]
    """Notes what it cannot follow, and goes on."""

    neurons: CompactNeurons

    def __init__(self, module: nn.Module, rows: list[CalledLayer], *given: Any) -> None:  # noqa: ANN401
        super().__init__(*given)
        self._module = module
        self._rows = rows

    def codes_of(self, func: Any, name: str, call: Call, shape: Sequence[int]) -> Tensor:  # noqa: ANN401
        reason = ""
        try:
            layers = self.neurons.number_of_layers
            codes = super().codes_of(func, name, call, shape)
            made = self.neurons.compact[layers:]
            if any(layer.kind is Kind.MAXIMUM for layer in made):
                raise takes_maximum(call.layer)
        except DagError as error:
            reason = str(error)
            codes = self.neurons.fresh(shape)
        path = self.places.path
        kind = type(self._module.get_submodule(path)).__name__
        last = self._rows[-1] if self._rows else None
        if last is not None and last.path == path and path and not (last.reason and reason):
            operators = (*last.operators, name)
            self._rows[-1] = CalledLayer(path, kind, operators, last.reason or reason)
        else:
            self._rows.append(CalledLayer(path, kind, (name,), reason))
        return codes
