"""What the ledger found of the recorded networks: `sqrtd verify` writes it beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from empirical.sweeps.record import EXPERIMENT
from empirical.sweeps.recorded import Recorded
from evidence.errors import UserError
from evidence.findings import Outcome
from running.places import is_file, read_json

LEDGER = Path("verify", "checks.json")
"""The ledger's results, from the folder `results`."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """One finding.

    Attributes
    ----------
    statement, outcome : what is found, in words, and whether it holds.
    summary : its figures in words.
    estimate, low, high : of what was measured, with its interval; 0 where nothing was.
    """

    statement: str
    outcome: Outcome
    summary: str
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the ledger says of a claim.

    Attributes
    ----------
    verdict : in the ledger's words, such as "undecided".
    reason : why it is not checked, or not decided; may be empty.
    stated, corrected, controls : the findings, as of `evidence.findings.Findings`.
    """

    verdict: str
    reason: str
    stated: Sequence[Found]
    corrected: Sequence[Found]
    controls: Sequence[Found]


def judged(record: Recorded, claim: str) -> Judged | None:
    """Return what the ledger says of a claim; None where it has not seen these very networks.

    Parameters
    ----------
    record : the networks.
    claim : its id in the ledger.
    """
    path = record.folder.parents[1] / LEDGER
    try:
        if not is_file(path):
            return None
        described = read_json(record.folder / EXPERIMENT)
        said = _claims(path, path.stat().st_mtime_ns).get(claim)
        origin = ", ".join(f"{name} {value}" for name, value in described["provenance"].items())
        if said is None or ("stated" in said and origin not in said["data"]):
            return None
        return Judged(
            verdict=said["verdict"],
            reason=said.get("reason", ""),
            **{
                name: [_found(one) for one in said.get(key, ())]
                for name, key in (
                    ("stated", "stated"),
                    ("corrected", "corrected_findings"),
                    ("controls", "controls"),
                )
            },
        )
    except (UserError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # a file of another version, or damaged


@lru_cache(maxsize=4)
def _claims(path: Path, written: int) -> Mapping[str, Any]:  # noqa: ARG001
    return {claim["id"]: claim for claim in read_json(path)["claims"]}


def _found(one: Mapping[str, Any]) -> Found:
    return Found(
        statement=one["statement"],
        outcome=Outcome(one["outcome"]),
        summary=one["summary"],
        **{name: float(one.get(name, 0)) for name in ("estimate", "low", "high")},
    )
