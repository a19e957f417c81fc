"""One row of the report: a claim, its verdict, and the few lines that decided it."""

import networkx as nx

from evidence.findings import Evidence, Finding, Outcome, combined
from sqrtd.verdicts.claims import Claim, Ledger, Verdict
from sqrtd.verdicts.dependencies import fall
from sqrtd.verdicts.judge import Result
from sqrtd.verdicts.report.markdown import code_block, escaped, link, links, shortened
from sqrtd.verdicts.report.places import FOLDER
from sqrtd.verdicts.report.words import (
    certain_headline,
    correction_line,
    decisive,
    literal_line,
    margin_line,
    readings,
    stopped,
)

LONGEST_STATEMENT, LONGEST_FIGURES = 90, 64
MOST_NAMED = 4
"""Of claims that fall with another one; the picture and checks.json have them all."""
LINK_TO_NETWORKS = "On [smaller networks](#the-networks)."


def row(ledger: Ledger, result: Result, graph: nx.DiGraph) -> list[str]:
    """Return the lines of a claim's row.

    Parameters
    ----------
    ledger : of the claim.
    result : of its check.
    graph : what rests on what, as of `sqrtd.verdicts.dependencies`.
    """
    claim, evidence = result.claim, result.evidence
    whose = f" Ours, not the {ledger.source}'s." if claim.ours else ""
    paragraphs = [
        f"*{escaped(claim.where)}.*{whose} {escaped(claim.statement)}",
        f"**{_capitalized(certain_headline(result))}.** {_why(result)}".rstrip(),
        escaped(literal_line(result)),
        distance(claim),
        _repetition(ledger, claim),
        _rest(claim, graph),
    ]
    lines = [f"### {claim.id}", ""]
    for paragraph in filter(None, paragraphs):
        lines += [paragraph, ""]
    if result.verdict is Verdict.ERROR:
        lines += [*code_block(result.reason), ""]
    if evidence is None or _is_shown_elsewhere(ledger, claim):
        return lines
    return [*lines, *_findings(evidence), "", *_files(claim, evidence)]


def distance(claim: Claim) -> str:
    """Name what is ours in a verdict: a margin, and networks that are described below the rows."""
    margin = escaped(margin_line(claim))
    return f"{margin} {LINK_TO_NETWORKS}".strip() if claim.scale else margin


def _capitalized(words: str) -> str:
    return words[:1].upper() + words[1:]


def _why(result: Result) -> str:
    """Say why a statement is open, or what holds in its place."""
    is_open = result.reason and result.verdict is not Verdict.ERROR
    reason = stopped(f"Reason: {result.reason}") if is_open else ""
    return escaped(" ".join(filter(None, [reason, correction_line(result)])))


def _repetition(ledger: Ledger, claim: Claim) -> str:
    if not claim.repeats:
        return ""
    if _is_shown_elsewhere(ledger, claim):
        return f"Repeats {link(claim.repeats)}, whose check it shares: see there for the evidence."
    return f"Repeats a part of {link(claim.repeats)}."


def _is_shown_elsewhere(ledger: Ledger, claim: Claim) -> bool:
    """Whether a claim shares its check with the one that it repeats."""
    return any(one.id == claim.repeats and one.check == claim.check for one in ledger.claims)


def _rest(claim: Claim, graph: nx.DiGraph) -> str:
    """Say what a claim rests on, and what falls if it falls."""
    rests = f"Rests on {links(claim.rests_on)}." if claim.rests_on else ""
    if proof := [one for one in claim.proof_rests_on if one not in claim.rests_on]:
        rests += f" Its proof {'also ' if rests else ''}rests on {links(proof)}."
    return " ".join(filter(None, [rests.strip(), _fall(graph, claim.id)]))


def _fall(graph: nx.DiGraph, id: str) -> str:  # noqa: A002
    falling = fall(graph, id)
    if not falling.all:
        return ""
    direct = [
        *([links(falling.statements)] if falling.statements else []),
        *([f"the proof of {links(falling.proofs)}"] if falling.proofs else []),
    ]
    told = f"Supports {' and '.join(direct)}"
    if len(falling.further) > MOST_NAMED:
        return f"{told}; through them, {len(falling.further)} more."
    return f"{told}; through them, {', '.join(falling.further)}." if falling.further else f"{told}."


def brief(finding: Finding, statement: int, figures: int) -> str:
    """Return a finding in Markdown, its statement and its figures cut to so many letters each."""
    parts = shortened(finding.statement, statement), shortened(finding.summary, figures)
    return escaped(": ".join(parts))


def _findings(evidence: Evidence) -> list[str]:
    """Return a line for each reading: the finding that decided it, and how many agree with it."""
    lines = []
    for reading, findings in readings(evidence)[:-1]:
        finding, agreeing = decisive(findings)
        if finding is None:
            continue
        more = f" ({agreeing} more)" if agreeing else ""
        text = brief(finding, LONGEST_STATEMENT, LONGEST_FIGURES)
        lines.append(f"- {reading}, {combined(findings)}: {text}{more}")
    return [*lines, *_neighbours(evidence)]


def _neighbours(evidence: Evidence) -> list[str]:
    """Say how many false neighbours were refuted, and name one that was not."""
    missed = [one for one in evidence.controls if one.outcome is not Outcome.FAILS]
    if not evidence.controls:
        return []
    total = len(evidence.controls)
    named = (
        f", but not: {escaped(shortened(missed[0].statement, LONGEST_STATEMENT))}" if missed else ""
    )
    return [f"- false neighbours refuted: {total - len(missed)} of {total}{named}"]


def _files(claim: Claim, evidence: Evidence) -> list[str]:
    """Link the full figures, and show the plots."""
    tables = [
        f"[{place}]({FOLDER / f'{claim.id}-{place}.csv'})"
        for place in range(1, len(evidence.tables) + 1)
    ]
    plots = [
        f"![{claim.id}: {escaped(claim.where)}]({FOLDER / name}.png)" for name in evidence.plots
    ]
    told = [f"Tables: {', '.join(tables)}."] if tables else []
    return [line for one in (*told, *plots) for line in (one, "")]
