"""What is said of a result in words, the same on the page, on the terminal and in a notebook."""

import math
from collections.abc import Sequence

from evidence.findings import Evidence, Finding, Outcome, combined
from evidence.samples_to_decide import factor_to_decide, rounded_up
from sqrtd.verdicts.certainty import certainty
from sqrtd.verdicts.claims import STANDS, Claim, Verdict
from sqrtd.verdicts.judge import UNSETTLED, Result

MOST_FIGURES = 3


def headline(result: Result) -> str:
    """Return the verdict in a few words, with what else is open or wrong.

    That is the corrected statement, or, for a reason that holds, what it is the reason of.
    """
    if gives_no_reason(result):
        return f"{result.verdict}; {what_it_explains(result)}"
    if result.corrected and result.corrected is not Outcome.HOLDS:
        return f"{result.verdict}; what we put in its place: {result.corrected}"
    return result.verdict


def gives_no_reason(result: Result) -> bool:
    """Whether a claim that stands gives the reason of another one that does not."""
    is_reason = bool(result.claim.explains) and result.verdict in STANDS
    return is_reason and result.explained not in STANDS


def no_reason_line(result: Result) -> str:
    """Say what a claim is worth that gives a reason for what was not shown; else empty."""
    if not gives_no_reason(result):
        return ""
    return f"It holds as a measurement alone; {what_it_explains(result)}."


def what_it_explains(result: Result) -> str:
    """Name the claim whose reason a claim gives, and the verdict on it."""
    effect = result.explained or "not tested here"
    return f"{result.claim.explains}, whose reason it gives: {effect}"


def certain_headline(result: Result) -> str:
    """Return the verdict in a few words, and how certain it is."""
    how = certainty(result)
    return f"{headline(result)} ({how})" if how else headline(result)


def key_finding(result: Result) -> Finding | None:
    """Return the finding that decided a result; None where none did."""
    stated = result.evidence.stated if result.evidence else ()
    if result.verdict is Verdict.ERROR:
        return None
    return decisive(stated)[0]


def key_figure(result: Result) -> str:
    """Return one line of evidence: the statement that decided and its figures, or why none did."""
    finding = key_finding(result)
    return described(finding) if finding else reason(result)


def reason(result: Result) -> str:
    """Return why nothing decided a result: of a traceback, the last line."""
    return result.reason.strip().rpartition("\n")[2]


def short_reason(result: Result) -> str:
    """Return why a statement was not checked, without what would help; others' reasons whole."""
    whole = reason(result)
    return whole.partition(";")[0] if result.verdict is Verdict.NOT_CHECKED else whole


def what_stands(result: Result) -> str:
    """Return the statement, and what a reader may believe of it where it does not simply hold."""
    beside = ""
    if result.corrected:
        beside = correction_line(result)
    elif result.verdict not in UNSETTLED and result.verdict is not Verdict.HOLDS:
        beside = f"Measured: {stopped(key_figure(result))}"
    literal = literal_line(result) if result.literal is Outcome.FAILS else ""
    return " ".join(filter(None, [stopped(result.claim.statement), beside, literal]))


def in_short(result: Result) -> str:
    """Return in a few words in what a claim does not simply hold; empty where that is not so."""
    mended = result.corrected is Outcome.HOLDS
    not_literal = result.verdict is Verdict.HOLDS and result.literal is Outcome.FAILS
    return result.claim.in_short if mended or not_literal else ""


def margin_line(claim: Claim) -> str:
    """Name the margin that decides a verdict, where it is ours; else empty."""
    return f"Our margin: {stopped(claim.margin)}" if claim.margin else ""


def described(finding: Finding) -> str:
    """Return a tested sentence and its figures."""
    return f"{finding.statement}: {finding.summary}"


def figures(findings: Sequence[Finding]) -> str:
    """Return tested sentences and their figures, and how many more there are than are told."""
    told = "; ".join(map(described, findings[:MOST_FIGURES]))
    more = len(findings) - MOST_FIGURES
    return f"{told}; and {more} more" if more > 0 else told


def samples_to_decide(result: Result) -> str:
    """Say how many samples would decide what is too wide; the same as its reason does, in short."""
    factor = max(map(factor_to_decide, result.wide))
    if math.isinf(factor):
        return "unknown how many samples would decide it"
    return f"at most about {rounded_up(factor)} times as many samples would decide it"


def literal_line(result: Result) -> str:
    """Say what the words say to the letter, and whether that holds; empty where nothing differs."""
    if not result.literal:
        return ""
    outcome = "is undecided" if result.literal is Outcome.UNDECIDED else result.literal
    return f"To the letter it {outcome}: {stopped(result.claim.literal)}"


def correction_line(result: Result) -> str:
    """Say what holds instead of the statement, as far as it was tested; else empty."""
    correction = result.claim.correction
    if not correction or not result.corrected:
        return ""
    head = {
        Outcome.HOLDS: "What holds",
        Outcome.FAILS: "What we put in its place fails, too",
        Outcome.UNDECIDED: "What we put in its place is undecided",
    }[result.corrected]
    place = ""
    if correction.used_in:
        place = f" The paper has it so in {correction.used_in}."
    elif correction.cancels_in:
        place = f" The paper has it so nowhere, but the fault cancels in {correction.cancels_in}."
    return f"{head}: {stopped(correction.statement)}{place}"


def stopped(text: str) -> str:
    """Return a text with a full stop."""
    return text if text.endswith((".", "!", "?", ".)")) else f"{text}."


def decisive(findings: Sequence[Finding]) -> tuple[Finding | None, int]:
    """Return the first finding with the outcome of all together, and how many agree with it."""
    outcome = combined(findings)
    agreeing = [finding for finding in findings if finding.outcome is outcome]
    return (agreeing[0] if agreeing else None), len(agreeing) - 1


def readings(evidence: Evidence) -> list[tuple[str, Sequence[Finding]]]:
    """Return what is tested of a claim, each with its findings."""
    return [
        ("as stated", evidence.stated),
        ("to the letter", evidence.literal),
        ("corrected", evidence.corrected),
        ("must fail", evidence.controls),
    ]
