"""A run as JSON; `checks.schema.json` beside this file says what is in it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from evidence.findings import Finding
from sqrtd.runs.files import as_json
from sqrtd.verdicts.certainty import certainty
from sqrtd.verdicts.concordance import functions, number
from sqrtd.verdicts.dependencies import dependencies, fall
from sqrtd.verdicts.judge import Result

if TYPE_CHECKING:
    import networkx as nx

    from sqrtd.verdicts.verification import Verification


def to_json(checked: "Verification") -> str:
    """Return the whole run as JSON: provenance, and the claims in the ledger's order."""
    graph = dependencies(checked.ledger.claims)
    claims = [_claim(result, graph) for result in checked.results]
    return as_json({"provenance": checked.provenance, "claims": claims})


def _claim(result: Result, graph: "nx.DiGraph") -> dict[str, Any]:
    claim, evidence = result.claim, result.evidence
    described: dict[str, Any] = {
        "id": claim.id,
        "number": number(claim),
        "where": claim.where,
        "statement": claim.statement,
        "ours": claim.ours,
        "verdict": result.verdict,
        "certainty": certainty(result),
        "rests_on": claim.rests_on,
        "proof_rests_on": claim.proof_rests_on,
        "would_fall": fall(graph, claim.id).all,
        "checks": functions(claim.check),
        "proof": claim.proof,
    }
    told = {
        "repeats": claim.repeats,
        "explains": claim.explains,
        "in_short": claim.in_short,
        "margin": claim.margin,
        "scale": claim.scale,
        "reason": result.reason,
    }
    described |= {name: text for name, text in told.items() if text}
    if claim.correction and result.corrected:
        described["corrected"] = {
            "kind": claim.correction.kind,
            "statement": claim.correction.statement,
            "outcome": result.corrected,
        }
        places = {"used_in": claim.correction.used_in, "cancels_in": claim.correction.cancels_in}
        described["corrected"] |= {name: place for name, place in places.items() if place}
    if result.literal:
        described["literal"] = {"statement": claim.literal, "outcome": result.literal}
    if evidence:
        described |= {
            "method": evidence.method,
            "data": evidence.data,
            "stated": _findings(evidence.stated),
            "literal_findings": _findings(evidence.literal),
            "corrected_findings": _findings(evidence.corrected),
            "controls": _findings(evidence.controls),
            "tables": [asdict(table) for table in evidence.tables],
            "plots": [f"{name}.png" for name in evidence.plots],
            "seconds": round(result.seconds, 3),
        }
    return described


def _findings(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "outcome": finding.outcome,
            "statement": finding.statement,
            "summary": finding.summary,
            **asdict(finding),  # type: ignore[call-overload]
        }
        for finding in findings
    ]
