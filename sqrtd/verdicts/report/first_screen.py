"""The first screen of the report: what stands, what was mended, what is open."""

from collections.abc import Sequence

from evidence.findings import Outcome
from sqrtd.verdicts.claims import STANDS, Ledger, Verdict
from sqrtd.verdicts.concordance import about
from sqrtd.verdicts.judge import UNSETTLED, Result
from sqrtd.verdicts.report.markdown import escaped, link, links, table
from sqrtd.verdicts.report.rows import distance
from sqrtd.verdicts.report.words import (
    gives_no_reason,
    key_figure,
    reason,
    stopped,
    what_it_explains,
    what_stands,
)

MOST_LINKS = 20
REFUTED = (Verdict.FAILS, Verdict.NOT_REPRODUCED)

GROUPS = {
    "What stands": {Verdict.HOLDS: "as a careful author would read them"},
    "What was mended": {
        Verdict.MISPRINT: "with a misprint that the {source} itself has right elsewhere",
        Verdict.CONDITION: "to which a condition is added that the {source} does not name",
        Verdict.CONSTANT: "with another constant or order",
    },
    "What fails": {Verdict.FAILS: "instead of which something else holds"},
    "What was not reproduced": {
        Verdict.NOT_REPRODUCED: "on our trained networks, which are smaller than the {source}'s",
    },
    "What is open": {
        Verdict.UNDECIDED: "undecided, as intervals are too wide",
        Verdict.NOT_CHECKED: "not checked",
        Verdict.ERROR: "whose check broke",
    },
}


def first_screen(ledger: Ledger, results: Sequence[Result]) -> list[str]:
    """Return the lines that tell what came out of a run."""
    theirs = [result for result in results if not result.claim.ours]
    lines = [f"Of {len(theirs)} statements of the {ledger.source}:", ""]
    for name, meanings in GROUPS.items():
        counted = [
            _counted(theirs, verdict, meaning.format(source=ledger.source))
            for verdict, meaning in meanings.items()
        ]
        if name == "What stands":
            counted += _reservations(theirs)
        lines.append(f"- **{name}:** {'; '.join(filter(None, counted)) or 'none'}.")
    return [*lines, "", *_main_statements(ledger, results)]


def _counted(results: Sequence[Result], verdict: Verdict, meaning: str) -> str:
    """Say how many statements have a verdict, and which where there are few; empty for none."""
    ids = [result.claim.id for result in results if result.verdict is verdict]
    if not ids:
        return ""
    listed = verdict is not Verdict.HOLDS and len(ids) <= MOST_LINKS
    return f"{len(ids)} {meaning} ({links(ids)})" if listed else f"{len(ids)} {meaning}"


def _reservations(results: Sequence[Result]) -> list[str]:
    """Say how many of the statements that hold fail to the letter, or were seen on less."""
    held = [result for result in results if result.verdict is Verdict.HOLDS]
    literally = sum(result.literal is Outcome.FAILS for result in held)
    smaller = sum(bool(result.claim.scale) for result in held)
    reasons = [result.claim.id for result in held if gives_no_reason(result)]
    return [
        f"{literally} of them not to the letter" if literally else "",
        f"{smaller} of them on smaller networks only" if smaller else "",
        f"{len(reasons)} of them as a measurement alone, since it is the reason of something that "
        f"was not shown ({links(reasons)})"
        if reasons
        else "",
    ]


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
    """Return a claim's verdict; where it was refuted and nothing holds instead, the figure, too."""
    short = f"{link(result.claim.id)}: {result.verdict}{_restrictions(result)}"
    if result.verdict in REFUTED and result.corrected is not Outcome.HOLDS:
        short += f", {escaped(key_figure(result))}"
    return short


def _so_far(result: Result) -> str:
    """Say what an undecided claim came to: its first open finding, and how many others hold."""
    stated = result.evidence.stated if result.evidence else ()
    held = sum(finding.outcome is Outcome.HOLDS for finding in stated)
    count = f" ({held} of {len(stated)} findings hold)" if len(stated) > 1 else ""
    return f"So far{count}: {escaped(stopped(key_figure(result)))}"


def _main_statements(ledger: Ledger, results: Sequence[Result]) -> list[str]:
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


def _led(number: str, first: Result, *others: Result) -> list[str]:
    """Return the line of a number that has a claim of its own: that, and what stands beside it."""
    clause = f"{escaped(what_stands(first))} {distance(first.claim)}".rstrip()
    if first.verdict is Verdict.UNDECIDED:
        clause += f" {_so_far(first)}"
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
