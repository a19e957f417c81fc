"""A claim explained as in class: what is claimed, how it was tested, what came out."""

import networkx as nx

from evidence.findings import Evidence, Outcome, Table, combined
from sqrtd.verdicts.certainty import Certainty, certainty
from sqrtd.verdicts.claims import Ledger, Verdict
from sqrtd.verdicts.dependencies import fall
from sqrtd.verdicts.judge import Result
from sqrtd.verdicts.report.words import (
    correction_line,
    key_figure,
    literal_line,
    margin_line,
    no_reason_line,
    readings,
    stopped,
)

CAME_OUT = {
    Verdict.HOLDS: "It holds",
    Verdict.MISPRINT: "It holds once a misprint is mended",
    Verdict.CONDITION: "It holds under a condition",
    Verdict.CONSTANT: "It has a wrong constant or order",
    Verdict.FAILS: "It fails",
    Verdict.NOT_REPRODUCED: "It was not reproduced at this scale",
    Verdict.UNDECIDED: "It is undecided",
    Verdict.NOT_CHECKED: "It was not checked",
    Verdict.ERROR: "The check broke",
}


def explanation(ledger: Ledger, result: Result, graph: nx.DiGraph) -> list[str]:
    """Return the paragraphs that explain a result.

    Parameters
    ----------
    ledger : of the claim.
    result : of its check.
    graph : what rests on what, as of `sqrtd.verdicts.dependencies`.
    """
    claim, evidence = result.claim, result.evidence
    whose = "We say" if claim.ours else f"The {ledger.source} says"
    method, _, _ = evidence.method.partition(". ") if evidence else ("It was not", "", "")
    how = certainty(result)
    came_out = CAME_OUT[result.verdict] + (f" ({how})" if how else "")
    falling = fall(graph, claim.id).all
    paragraphs = [
        f"What is claimed. {whose} ({claim.where}): {claim.statement}",
        f"How it was tested. {_sentence(method)}",
        f"What came out. {came_out}{_figures(result)}",
        f"Why it is open: {stopped(result.reason)}" if result.verdict is Verdict.UNDECIDED else "",
        _proof_line(result),
        no_reason_line(result),
        correction_line(result),
        literal_line(result),
        margin_line(claim),
        f"Our networks: {stopped(claim.scale)}" if claim.scale else "",
        f"What would fall with it: {', '.join(falling)}." if falling else "",
    ]
    if evidence and evidence.data:
        paragraphs.append(f"Data: {stopped(evidence.data)}")
    return [paragraph for paragraph in paragraphs if paragraph]


def _proof_line(result: Result) -> str:
    if certainty(result) is not Certainty.PROVED:
        return ""
    module, _, name = result.claim.proof.partition(":")
    return (
        f"Its proof: theorem {name} in theory/proofs/{module}.v, which Coq has checked, as "
        "theorems.json there records. `make proofs` lets Coq check it again."
    )


def findings_table(evidence: Evidence) -> Table:
    """Return a row for each reading and outcome: how many findings, and the first of them."""
    rows = []
    for reading, findings in readings(evidence):
        for outcome in Outcome:
            found = [finding for finding in findings if finding.outcome is outcome]
            if found:
                first = found[0]
                rows.append((reading, outcome, len(found), first.statement, first.summary))
    return Table(
        title="findings; the first of each kind in full",
        columns=("tested", "outcome", "how many", "the first", "its figures"),
        rows=rows,
    )


def _figures(result: Result) -> str:
    """Return what decided, as the end of a sentence."""
    figures = key_figure(result)
    if not figures:
        return "."
    failed = result.evidence and combined(result.evidence.stated) is Outcome.FAILS
    return f"; as stated it fails: {stopped(figures)}" if failed else f": {stopped(figures)}"


def _sentence(text: str) -> str:
    """Return a text with a capital and a full stop."""
    return stopped(text[:1].upper() + text[1:])
