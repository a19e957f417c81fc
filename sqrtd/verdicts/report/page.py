"""The report of a run, as one page of Markdown.

First comes what a reader must know, then the picture of what rests on what, then a table for each
section, then a row for each claim.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from evidence.levels import LEDGER_ERROR
from sqrtd.verdicts.claims import Ledger
from sqrtd.verdicts.concordance import by_section
from sqrtd.verdicts.dependencies import dependencies
from sqrtd.verdicts.judge import Result, tallies
from sqrtd.verdicts.report.first_screen import first_screen
from sqrtd.verdicts.report.markdown import escaped, link, links, shortened, table
from sqrtd.verdicts.report.places import CONCORDANCE, JSON, PICTURE
from sqrtd.verdicts.report.rows import brief, row
from sqrtd.verdicts.report.words import certain_headline, key_finding, short_reason, stopped

LONGEST_STATEMENT, LONGEST_FIGURES = 64, 48


def write_report(
    ledger: Ledger, results: Sequence[Result], provenance: Mapping[str, Any], seconds: float
) -> str:
    """Return the report as Markdown.

    Everything that may differ between two runs with one seed (wall time, commit, versions)
    stands in lines that begin with "Provenance:".
    """
    graph = dependencies(ledger.claims)
    return "\n".join(
        [
            f"# {ledger.source.capitalize()} checks",
            "",
            f"{ledger.title}: what of it stands, as `sqrtd verify` found it.",
            "",
            *first_screen(ledger, results),
            "",
            "## What rests on what",
            "",
            f"[![The claims, with an arrow from each to those that rest on it]({PICTURE})]"
            f"({PICTURE})",
            "",
            "## Section by section",
            "",
            *_method(ledger, results),
            *_sections(ledger, results),
            "## The claims",
            "",
            *(line for result in results for line in row(ledger, result, graph)),
            *_networks(results),
            _provenance_line(provenance, seconds),
            "",
        ]
    )


def _method(ledger: Ledger, results: Sequence[Result]) -> list[str]:
    return [
        f"Statements {tallies(results, ledger.source)}.",
        "",
        "A sampled statement is decided by an equivalence test: it holds when its whole "
        "confidence interval lies inside the margin around the prediction, fails when it lies "
        "outside, and is undecided otherwise. With probability "
        f"{1 - LEDGER_ERROR:.0%} or more, no statement of this page is decided wrongly. Beside "
        "each statement stand false neighbours that the same figures had to refute.",
        "",
        f"All figures are in [checks.json]({JSON}); which number of the {ledger.source} is tested "
        f"by which function, in [concordance.csv]({CONCORDANCE}).",
        "",
    ]


def _networks(results: Sequence[Result]) -> list[str]:
    """Say once of networks and data what they are, and which claims are tested on them."""
    tested: dict[tuple[str, str], list[str]] = {}
    for result in results:
        data = result.evidence.data if result.evidence else ""
        if data or result.claim.scale:
            tested.setdefault((result.claim.scale, data), []).append(result.claim.id)
    lines = []
    for (scale, data), ids in tested.items():
        told = [scale, f"Data: {data}" if data else ""]
        described = " ".join(escaped(stopped(text)) for text in told if text)
        lines += [f"{described} Tested on these: {links(ids)}.", ""]
    return ["## The networks", "", *lines] if lines else []


def _sections(ledger: Ledger, results: Sequence[Result]) -> list[str]:
    by_id = {result.claim.id: result for result in results}
    lines: list[str] = []
    for name, claims in by_section(ledger.claims).items():
        rows = [_line(by_id[claim.id]) for claim in claims if claim.id in by_id]
        if rows:
            lines += [f"### {name}", "", *table(["claim", "verdict", "evidence"], rows), ""]
    return lines


def _line(result: Result) -> list[str]:
    finding = key_finding(result)
    if finding:
        evidence = brief(finding, LONGEST_STATEMENT, LONGEST_FIGURES)
    else:
        evidence = escaped(shortened(short_reason(result), LONGEST_STATEMENT + LONGEST_FIGURES))
    return [link(result.claim.id), certain_headline(result), evidence]


def _provenance_line(provenance: Mapping[str, Any], seconds: float) -> str:
    described = ", ".join(f"{name} {value}" for name, value in provenance.items())
    return f"Provenance: {escaped(described)}, {seconds:.1f} s."
