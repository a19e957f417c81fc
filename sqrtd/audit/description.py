"""An audit as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from evidence.intervals import Interval
from evidence.levels import AUDIT_ERROR, FIGURE_ERROR
from simulations.audit.coordinates import PixelMap
from simulations.audit.network_audit import Audit, Measurement
from simulations.audit.sampling import EPSILON
from sqrtd.audit.audit_run import AuditRun
from sqrtd.audit.trained_weights import TrainedWeights
from sqrtd.provenance import provenance
from sqrtd.terminal.devices import read_device


def description(
    audit: Audit, trained: Sequence[TrainedWeights], run: AuditRun, *, seconds: float
) -> dict[str, Any]:
    """Describe a run and all its results."""
    departed = audit.first_departure
    return {
        "provenance": provenance(
            seed=run.seed, device=read_device(run.device), seconds=round(seconds, 3)
        ),
        "network": run.network,
        "error": AUDIT_ERROR,
        "error_of_each_interval": audit.error,
        "epsilon": EPSILON,
        "no_prediction": audit.no_prediction,
        "law": {"norm_1": _measurement(audit.norm), "damage": _measurement(audit.damage)},
        "sizes": [
            {
                "size": size,
                "d": d,
                "input_shape": shape,
                "networks": audit.networks[row],
                "norm_1": asdict(audit.norm.intervals[row]),
                "damage": asdict(audit.damage.intervals[row]),
                "damage_over_first_order": asdict(audit.first_order[row]),
                "pattern": _pattern(audit.maps[row]),
            }
            for row, (size, d, shape) in enumerate(
                zip(audit.sizes, audit.dims, audit.shapes, strict=True)
            )
        ],
        "symmetry": {
            "size": audit.sizes[0],
            "networks": audit.symmetry.networks,
            "spread": _ends(audit.symmetry.spread),
            "border_over_inside": _ends(audit.symmetry.border),
            "verdict": audit.symmetry.verdict,
        },
        "first_departure": None if departed is None else departed.name,
        "layers": [asdict(layer) | {"verdict": layer.departure.value} for layer in audit.layers],
        "remedies": [asdict(effect) for effect in audit.effects],
        "remedies_not_applied": audit.not_applied,
        "error_of_trained": FIGURE_ERROR if trained else None,
        "trained": [asdict(one) for one in trained],
    }


def _measurement(one: Measurement) -> dict[str, Any]:
    return {
        "label": one.label,
        **asdict(one.exponent),
        "predicted": one.predicted_exponent,
        "verdict": one.growth.value,
    }


def _ends(interval: Interval | None) -> dict[str, Any] | None:
    return None if interval is None else asdict(interval)


def _pattern(one: PixelMap | None) -> list[list[float]] | None:
    if one is None or one.pattern is None:
        return None
    rows: list[list[float]] = one.pattern.tolist()
    return rows
