"""The table of the main statements: a line for each, with what stands beside it."""

from collections.abc import Sequence

from evidence.findings import Outcome
from sqrtd.verdicts.claims import STANDS, Ledger, Verdict
from sqrtd.verdicts.concordance import about
from sqrtd.verdicts.judge import UNSETTLED, Result
from sqrtd.verdicts.report.markdown import escaped, link, table
from sqrtd.verdicts.report.rows import distance
from sqrtd.verdicts.report.words import (
    figures,
    gives_no_reason,
    in_short,
    key_figure,
    reason,
    samples_to_decide,
    stopped,
    what_it_explains,
    what_stands,
)

REFUTED = (Verdict.FAILS, Verdict.NOT_REPRODUCED)


def main_statements(ledger: Ledger, results: Sequence[Result]) -> list[str]:
    """Return the lines of the table; none for a ledger without main statements."""
    by_id = {result.claim.id: result for result in results}
    rows = []
    for number in ledger.main:
        found = [by_id[claim.id] for claim in about(ledger.claims, number) if claim.id in by_id]
        if found and found[0].claim.id == number.lower().replace(" ", "-"):
            rows.append(_led(number, *found))
        elif found:
            rows.append(_listed(number, found))
    columns = ["main statement", "verdict", "what is claimed, and what may be believed"]
    return table(columns, rows) if rows else []


def _restrictions(result: Result) -> str:
    """Return what restricts a verdict, in brackets; nothing restricts an open one."""
    held = result.verdict in STANDS
    marks = [
        "not to the letter" if held and result.literal is Outcome.FAILS else "",
        "on smaller networks" if result.claim.scale else "",
        what_it_explains(result) if gives_no_reason(result) else "",
    ]
    restricted = "; ".join(filter(None, marks)) if result.verdict not in UNSETTLED else ""
    return f" ({restricted})" if restricted else ""


def _in_short(result: Result) -> str:
    """Return a claim's verdict in short, with the condition, or the figures of trained networks."""
    short = f"{link(result.claim.id)}: {result.verdict}{_restrictions(result)}"
    refuted = result.verdict in REFUTED and result.corrected is not Outcome.HOLDS
    measured = result.verdict in STANDS and result.claim.scale
    if result.verdict is Verdict.UNDECIDED and result.wide:
        return f"{short} ({samples_to_decide(result)})"
    if refuted or measured:
        return f"{short}, {escaped(key_figure(result))}"
    beside = in_short(result)
    return f"{short}: {escaped(beside)}" if beside else short


def _so_far(result: Result) -> str:
    """Say of an undecided claim what was shown, and then what is open."""
    stated = result.evidence.stated if result.evidence else ()
    shown = [finding for finding in stated if finding.outcome is Outcome.HOLDS]
    first = f"Shown ({len(shown)} of {len(stated)}): {stopped(figures(shown))} " if shown else ""
    if not result.wide:
        return f"{first}Open: {stopped(reason(result))}"
    return f"{first}Open ({samples_to_decide(result)}): {stopped(figures(result.wide))}"


def _led(number: str, first: Result, *others: Result) -> list[str]:
    """Return the line of a number that has a claim of its own: that, and what stands beside it."""
    clause = f"{escaped(what_stands(first))} {distance(first.claim)}".rstrip()
    if first.verdict is Verdict.UNDECIDED:
        clause += f" {escaped(_so_far(first))}"
    beside = "; ".join(map(_in_short, others))
    told = f"{clause} Beside it: {beside}." if beside else clause
    return [f"[{number}](#{first.claim.id})", first.verdict, told]


def _listed(number: str, found: Sequence[Result]) -> list[str]:
    """Return the line of a number that several claims are about: which got which verdict."""
    by_verdict = {
        verdict: [
            f"{link(one.claim.id)}{_restrictions(one)}" for one in found if one.verdict is verdict
        ]
        for verdict in Verdict
    }
    told = "; ".join(
        f"{_with_reason(verdict, found)}: {', '.join(marked)}"
        for verdict, marked in by_verdict.items()
        if marked
    )
    return [number, f"{len(found)} sentences", f"{told}."]


def _with_reason(verdict: Verdict, results: Sequence[Result]) -> str:
    """Return a verdict, and why claims were not checked, if all for one reason."""
    reasons = {reason(result) for result in results if result.verdict is verdict}
    if verdict is not Verdict.NOT_CHECKED or len(reasons) != 1:
        return verdict
    return f"{verdict} ({escaped(reasons.pop())})"
