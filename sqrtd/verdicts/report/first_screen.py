"""The first screen of the report: what stands, what was mended, what is open."""

from collections.abc import Sequence
from math import inf, isinf

from evidence.findings import Outcome
from evidence.intervals import IntervalFinding
from evidence.levels import LEDGER_ERROR
from evidence.samples_to_decide import factor_to_decide, rounded_up
from sqrtd.verdicts.checks import RecordedCheck, TrainedCheck
from sqrtd.verdicts.claims import Ledger, Verdict
from sqrtd.verdicts.judge import Result
from sqrtd.verdicts.report.main_statements import main_statements
from sqrtd.verdicts.report.markdown import escaped, link, links
from sqrtd.verdicts.report.words import (
    described,
    figures,
    gives_no_reason,
    in_short,
    reason,
    short_reason,
    stopped,
)

MOST_LINKS, MOST_TOLD = 20, 3
MOST_TIMES = 1000
"""As many samples: beyond that, an estimate lies at the edge of a range, perhaps by chance."""


def first_screen(ledger: Ledger, results: Sequence[Result]) -> list[str]:
    """Return the lines that tell what came out of a run."""
    theirs = [result for result in results if not result.claim.ours]
    groups = {
        "What stands": _standing(theirs),
        "What was mended": _mended(theirs, ledger.source),
        "What fails": _failing(theirs),
        "What was not reproduced": _not_reproduced(theirs, ledger.source),
        "What is open": _open(theirs),
    }
    repeating = sum(bool(result.claim.repeats) for result in theirs)
    repeats = f" ({repeating} of them repeat another one or a part of it)" if repeating else ""
    lines = [f"Of {len(theirs)} statements of the {ledger.source}{repeats}:", ""]
    for name, told in groups.items():
        first, *others = filter(None, told)
        lines += [f"- **{name}:** {stopped(first)}", *(f"  - {stopped(one)}" for one in others)]
    return [*lines, "", *_intervals(results), *main_statements(ledger, results)]


def _standing(results: Sequence[Result]) -> list[str]:
    """Say how many statements hold, and how many of them not to the letter, or on less."""
    held = _with(results, Verdict.HOLDS)
    of_them = {
        "not to the letter": [one for one in held if one.literal is Outcome.FAILS],
        "on smaller networks only, and after less training": [
            one for one in held if one.claim.scale
        ],
        "as a measurement alone, since it is the reason of something that was not shown": [
            one for one in held if gives_no_reason(one)
        ],
    }
    return [
        f"{len(held)} as a careful author would read them" if held else "none",
        *(_counted(some, f"of them {how}") for how, some in of_them.items()),
    ]


def _mended(results: Sequence[Result], source: str) -> list[str]:
    misprints = _with(results, Verdict.MISPRINT)
    cancelling = [
        one for one in misprints if one.claim.correction and one.claim.correction.cancels_in
    ]
    kinds = {
        f"with a misprint that the {source} itself has right elsewhere": [
            one for one in misprints if one not in cancelling
        ],
        f"with a misprint that the {source} nowhere has right, but that cancels in all that "
        "follows": cancelling,
        f"to which a condition is added that the {source} does not name": _with(
            results, Verdict.CONDITION
        ),
        "with another constant or order": _with(results, Verdict.CONSTANT),
    }
    total = sum(map(len, kinds.values()))
    return [
        f"{total}, which fail as they are printed" if total else "none",
        *(_counted(some, kind) for kind, some in kinds.items()),
    ]


def _failing(results: Sequence[Result]) -> list[str]:
    failing = _with(results, Verdict.FAILS)
    replaced = [one for one in failing if one.corrected is Outcome.HOLDS]
    others = [one for one in failing if one not in replaced]
    told = [
        _counted(replaced, "instead of which something else holds"),
        _counted(others, "without anything that was shown to hold instead"),
    ]
    return ["; ".join(filter(None, told)) or "none"]


def _not_reproduced(results: Sequence[Result], source: str) -> list[str]:
    """Name what smaller networks do not show; where it is little, what they are and do show."""
    refuted = _with(results, Verdict.NOT_REPRODUCED)
    where = f"on our trained networks, smaller than the {source}'s"
    if not refuted or len(refuted) > MOST_TOLD:
        return [_counted(refuted, where) or "none"]
    return [f"{len(refuted)} {where}", *map(_measured, refuted)]


def _measured(result: Result) -> str:
    """Name a statement with all that fails of it, and the networks that this was measured on."""
    stated, data = (result.evidence.stated, result.evidence.data) if result.evidence else ((), "")
    failing = [finding for finding in stated if finding.outcome is Outcome.FAILS]
    *_, accuracy = data.split(". ")
    told = filter(None, [figures(failing), result.claim.scale, accuracy])
    return f"{link(result.claim.id)}: {escaped(' '.join(map(stopped, told)))}"


def _open(results: Sequence[Result]) -> list[str]:
    """Say how far each undecided statement is from a decision, and why others were not checked."""
    undecided = sorted(_with(results, Verdict.UNDECIDED), key=_factor)
    not_checked = _with(results, Verdict.NOT_CHECKED)
    lacking = [one for one in not_checked if one.claim.check]
    broken = _with(results, Verdict.ERROR)
    total = len(undecided) + len(not_checked) + len(broken)
    return [
        str(total) if total else "none",
        f"{len(undecided)} undecided, as intervals are too wide. With these times as many samples, "
        "at most about, each would be decided, if the estimates stay where they are: "
        f"{'; '.join(map(_distance, undecided))}"
        if undecided
        else "",
        f"{len(lacking)} not checked for lack of networks: {_by_reason(lacking)}"
        if lacking
        else "",
        _without_check([one for one in not_checked if not one.claim.check]),
        _counted(broken, "whose check broke"),
    ]


def _with(results: Sequence[Result], verdict: Verdict) -> list[Result]:
    return [result for result in results if result.verdict is verdict]


def _counted(results: Sequence[Result], meaning: str) -> str:
    """Say how many statements there are of a kind, and which where there are few."""
    if not results or len(results) > MOST_LINKS:
        return f"{len(results)} {meaning}" if results else ""
    named = [
        f"{link(one.claim.id)} ({escaped(short)})"
        if (short := in_short(one))
        else link(one.claim.id)
        for one in results
    ]
    return f"{len(results)} {meaning}: {'; '.join(named)}"


def _factor(result: Result) -> float:
    return max(map(factor_to_decide, result.wide), default=inf)


def _distance(result: Result) -> str:
    """Name an undecided statement, how many samples would decide it, and what keeps it open."""
    if not result.wide:
        return f"{link(result.claim.id)} ({escaped(reason(result))})"
    hardest = max(result.wide, key=factor_to_decide)
    factor = factor_to_decide(hardest)
    if isinf(factor):
        times = "unknown"
    elif factor > MOST_TIMES:
        times = "no number, as an estimate lies at the edge of what is claimed"
    else:
        times = f"{rounded_up(factor)} times"
    stated = result.evidence.stated if result.evidence else ()
    held = sum(finding.outcome is Outcome.HOLDS for finding in stated)
    count = f"{held} of {len(stated)} findings hold; the hardest: " if len(stated) > 1 else ""
    return f"{link(result.claim.id)} {times} ({count}{escaped(described(hardest))})"


def _by_reason(results: Sequence[Result]) -> str:
    reasons = dict.fromkeys(map(reason, results))
    return "; ".join(
        f"{links([one.claim.id for one in results if reason(one) == why])} ({escaped(why)})"
        for why in reasons
    )


def _without_check(results: Sequence[Result]) -> str:
    """Name statements that no check is for, with the first part of the reason."""
    named = [f"{link(one.claim.id)} ({escaped(short_reason(one))})" for one in results]
    return f"{len(results)} without a check: {'; '.join(named)}" if results else ""


def _intervals(results: Sequence[Result]) -> list[str]:
    """Explain once what "holds" means, and how strict the intervals are that the page shows."""
    errors = [
        finding.error
        for result in results
        if result.evidence and isinstance(result.claim.check, RecordedCheck | TrainedCheck)
        for finding in result.evidence.stated
        if isinstance(finding, IntervalFinding) and finding.error > 0
    ]
    lines = [
        "“Holds” means that exact tests found no counterexample, or that intervals lie within a "
        "margin. It is no new proof."
    ]
    if errors:
        lines.append(
            f"With probability {100 * (1 - LEDGER_ERROR):.0f} % or more, chance decides no sampled "
            "statement here wrongly. So each interval on trained networks is at a strict error of "
            f"its own, from {min(errors):.1g} to {max(errors):.1g}, and several times as wide as "
            "the one of 95 % that a reader is used to."
        )
    return [" ".join(lines), ""]
