"""The page: what a reader sees first, a row for each claim, links that lead somewhere, its size."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from small_ledger import FAILS, HOLDS, SAMPLED, broken, claim, found, small_verification

from evidence.findings import Evidence
from sqrtd.ledgers.paper import LEDGER
from sqrtd.verdicts.claims import Correction, Ledger, Verdict
from sqrtd.verdicts.judge import Result, judge
from sqrtd.verdicts.verification import Verification

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
MOST_BYTES = 120_000
NEAR = replace(SAMPLED, statement="an exponent is 0.3", predicted=0.3, margin=0.1666)
REFUTED = replace(SAMPLED, statement="an exponent is 2", predicted=2.0)


@pytest.fixture(scope="module")
def page():
    return small_verification().report()


def row(page, name):
    return page.partition(f"\n### {name}\n")[2].partition("\n### ")[0]


def first_screen(page):
    return page.partition("\n## ")[0]


def test_every_verdict_occurs_in_the_example():
    assert {result.verdict for result in small_verification().results} == set(Verdict)


def test_the_first_screen_counts_and_names(page):
    screen = first_screen(page)
    assert len(screen.splitlines()) <= 32
    assert "Of 10 statements of the paper:" in screen
    assert "- **What stands:** 2 as a careful author would read them.\n" in screen
    assert "  - 1 of them not to the letter: [lemma-1](#lemma-1) (with a word more).\n" in screen
    assert "- **What was mended:** 3, which fail as they are printed.\n" in screen
    assert (
        "  - 1 with a misprint that the paper itself has right elsewhere: [eq-1](#eq-1)" in screen
    )
    assert (
        "  - 1 to which a condition is added that the paper does not name: [lemma-1-more]" in screen
    )
    assert "[lemma-1-more](#lemma-1-more) (no padding).\n" in screen
    assert "  - 1 with another constant or order: [theorem-3](#theorem-3).\n" in screen
    assert "- **What fails:** 1 instead of which something else holds: [eq-7](#eq-7).\n" in screen
    assert (
        "- **What was not reproduced:** 1 on our trained networks, smaller than the paper's.\n"
        "  - [figure-3](#figure-3): a false sentence: counterexample: the empty network. small "
        "ones. Images of \\[mine\\](http\\://here) \\| there.\n"
    ) in screen
    assert "- **What is open:** 3.\n" in screen
    assert "[figure-3-much](#figure-3-much) unknown (an exponent is 0: measured 0.5" in screen
    assert "  - 1 without a check: [section-6](#section-6) (nothing decides it)." in screen
    assert "  - 1 whose check broke: [remark-1](#remark-1).\n" in screen
    assert "“Holds” means that exact tests found no counterexample, or that" in screen
    assert "oracle" not in screen


def test_the_main_statements_have_a_line_each(page):
    lines = [line for line in first_screen(page).splitlines() if line.startswith("| [")]
    assert lines == [
        "| [Definition 1](#definition-1) | holds | The definition-1. |",
        "| [Lemma 1](#lemma-1) | holds | The lemma-1. To the letter it fails: The lemma to "
        "the letter. Beside it: [lemma-1-more](#lemma-1-more): holds under a condition: no padding."
        " |",
        "| [Theorem 3](#theorem-3) | wrong constant or order | The theorem-3. What holds: Another "
        "than theorem-3. Our margin: “much” as 2. |",
        "| [Figure 3](#figure-3) | not reproduced at this scale | The figure-3. What we put in its "
        "place is undecided: Another than figure-3. On [smaller networks](#the-networks)."
        " Beside it: [figure-3-much](#figure-3-much): undecided (unknown how many samples would "
        "decide it). |",
    ]


def test_a_number_without_a_row_of_its_own_counts_its_sentences():
    checked = small_verification()
    claims = [replace(one, id=one.id.replace("figure-3", "figure-2x")) for one in
              checked.ledger.claims]  # fmt: skip
    results = [replace(result, claim=one) for result, one in zip(checked.results, claims,
                                                                 strict=True)]  # fmt: skip
    ledger = replace(checked.ledger, claims=claims, main=("Figure 2",))
    page = replace(checked, ledger=ledger, results=results).report()
    assert (
        "| Figure 2 | 2 sentences | not reproduced at this scale: [figure-2x](#figure-2x) (on "
        "smaller networks); undecided: [figure-2x-much](#figure-2x-much). |"
    ) in page


def test_the_first_screen_tells_the_figures_of_what_was_refuted_or_is_open():
    results = [
        judge(claim("figure-1"), found([NEAR, HOLDS])),
        judge(claim("figure-1-fails", scale="small"), found([REFUTED, HOLDS], literal=[FAILS])),
    ]
    claims = [result.claim for result in results]
    ledger = Ledger(source="paper", title="…", claims=claims, main=("Figure 1",))
    page = Verification(ledger=ledger, results=results, provenance={}, seconds=0.0).report()
    (line,) = [one for one in first_screen(page).splitlines() if one.startswith("| [Figure 1]")]
    shown, open_ = "Shown (1 of 2): a true sentence: no", "Open (at most about 9.0 times"
    assert 0 < line.index(shown) < line.index(open_)
    assert "would decide it): an exponent is 0.3: measured 0.5, interval" in line
    refuted = "fails (on smaller networks), an exponent is 2: measured 0.5"
    assert f"[figure-1-fails](#figure-1-fails): {refuted}" in line


def test_undecided_claims_are_told_by_their_distance_from_a_decision():
    far, edge = replace(NEAR, margin=0.21), replace(NEAR, margin=0.2001)
    results = [judge(claim("eq-1"), found([far])), judge(claim("eq-2"), found([NEAR, far, NEAR]))]
    results.append(judge(claim("eq-3"), found([NEAR])))
    results.append(judge(claim("eq-4"), found([HOLDS, edge])))
    claims = [result.claim for result in results]
    ledger = Ledger(source="paper", title="…", claims=claims)
    page = Verification(ledger=ledger, results=results, provenance={}, seconds=0.0).report()
    told = [line for line in page.splitlines() if "4 undecided, as intervals" in line]
    named = re.findall(r"\[(eq-\d)\]\(#eq-\d\) ([\d,.]+) times", told[0])
    assert [name for name, _ in named] == ["eq-3", "eq-1", "eq-2"]
    assert float(named[0][1]) < 10 < 90 < float(named[1][1].replace(",", ""))
    assert named[1][1] == named[2][1]
    by_chance = (
        "[eq-4](#eq-4) no number, as an estimate lies at the edge of what is claimed (1 of 2"
    )
    assert by_chance in told[0]


def test_statements_that_were_not_checked_stand_with_their_reasons():
    few = "4 networks a cell; 8 are needed"
    results = [
        Result(claim=claim(name), verdict=Verdict.NOT_CHECKED, reason=why)
        for name, why in {"eq-1": few, "eq-2": "none recorded", "eq-3": few}.items()
    ]
    ledger = Ledger(source="paper", title="…", claims=[result.claim for result in results])
    page = Verification(ledger=ledger, results=results, provenance={}, seconds=0.0).report()
    assert (
        "  - 3 not checked for lack of networks: [eq-1](#eq-1), [eq-3](#eq-3) (4 networks a cell; "
        "8 are needed); [eq-2](#eq-2) (none recorded).\n"
    ) in page


def test_a_misprint_that_is_nowhere_printed_right_is_counted_apart():
    mended = Correction(kind=Verdict.MISPRINT, statement="−1.", cancels_in="its square")
    results = [judge(replace(claim("eq-9"), correction=mended), found([FAILS], [HOLDS]))]
    ledger = Ledger(source="paper", title="…", claims=[result.claim for result in results])
    page = Verification(ledger=ledger, results=results, provenance={}, seconds=0.0).report()
    assert "1 with a misprint that the paper nowhere has right, but that cancels in all" in page
    assert "has right elsewhere" not in page
    assert "The paper has it so nowhere, but the fault cancels in its square." in page


def test_what_is_said_in_short_of_a_correction_is_not_said_where_it_fails():
    one = claim("eq-1", Verdict.CONDITION, in_short="no padding")
    results = [judge(one, found([FAILS], [FAILS]))]
    page = Verification(
        ledger=Ledger(source="paper", title="…", claims=[one]), results=results, provenance={},
        seconds=0.0,
    ).report()  # fmt: skip
    assert "no padding" not in page
    assert "1 without anything that was shown to hold instead: [eq-1](#eq-1)." in page


def test_each_claim_that_does_not_simply_hold_says_so_in_short():
    for one in LEDGER.claims:
        mended = one.correction and one.correction.kind is not Verdict.NOT_REPRODUCED
        if mended or (one.literal and not one.scale):
            assert one.in_short, one.id


def test_a_row_says_what_it_came_to_and_what_falls(page):
    told = row(page, "eq-1")
    assert "*Section 2.* The eq-1." in told
    assert "**Holds, misprint mended (tested exactly).** What holds: Another than eq-1. " in told
    assert "The paper has it so in the proof." in told
    assert "Rests on [definition-1](#definition-1)." in told
    assert (
        "Supports [lemma-1](#lemma-1) and the proof of "
        "[theorem-3](#theorem-3); through them, lemma-1-more, eq-7."
    ) in told
    assert "- as stated, fails: a false sentence: counterexample: the empty network" in told
    assert "- false neighbours refuted: 1 of 1\n" in told
    assert "Tables: [1](results/verify/eq-1-1.csv)." in told


def test_a_row_counts_what_falls_where_that_is_much():
    chain = [claim("eq-0")]
    chain += [claim(f"eq-{n}", rests_on=(f"eq-{n - 1}",)) for n in range(1, 7)]
    ledger = Ledger(source="paper", title="…", claims=chain)
    results = [judge(each, found([HOLDS])) for each in chain]
    page = Verification(ledger=ledger, results=results, provenance={}, seconds=0.0).report()
    assert "Supports [eq-1](#eq-1); through them, 5 more." in row(page, "eq-0")
    assert "through them, eq-3, eq-4, eq-5, eq-6." in row(page, "eq-1")


def test_rows_tell_readings_margins_scales_and_reasons(page):
    assert "To the letter it fails: The lemma to the letter." in row(page, "lemma-1")
    assert "Our margin: “much” as 2." in row(page, "theorem-3")
    assert "Its proof rests on [lemma-1](#lemma-1), [eq-1](#eq-1)." in row(page, "theorem-3")
    assert "On [smaller networks](#the-networks)." in row(page, "figure-3")
    assert "small ones. Data: Images of \\[mine\\](http\\://here) \\| there. Tested on" in page
    assert "What we put in its place is undecided: Another than" in row(page, "figure-3")
    assert "**Not checked.** Reason: nothing decides it." in row(page, "section-6")
    assert "Reason: the intervals are too wide" in row(page, "figure-3-much")
    assert "(1 more)" in row(page, "lemma-1-more")
    assert "Ours, not the paper's." in row(page, "oracle-1")


def test_a_claim_that_repeats_another_shows_its_evidence_there():
    one = claim("lemma-7")
    again = replace(one, id="eq-11", repeats="lemma-7")
    part = replace(claim("eq-12", check=lambda *_: 0), repeats="lemma-7")
    ledger = Ledger(source="paper", title="…", claims=[one, again, part])
    results = [judge(each, found([HOLDS])) for each in ledger.claims]
    page = Verification(ledger=ledger, results=results, provenance={}, seconds=0.0).report()
    assert "Repeats [lemma-7](#lemma-7), whose check it shares" in row(page, "eq-11")
    assert "as stated" not in row(page, "eq-11")
    assert "Repeats a part of [lemma-7](#lemma-7).\n" in row(page, "eq-12")
    assert "as stated" in row(page, "eq-12")


def test_headings_and_links_are_those_that_the_report_makes(page):
    tokens = PARSER.parse(page)
    headings = [
        tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"
    ]
    claims = [one.id for one in small_verification().ledger.claims]
    assert headings == [
        *["Paper checks", "What rests on what", "Section by section"],
        *["Section 2", "Section 3", "Appendix A", "Ours", "The claims", *claims, "The networks"],
    ]
    inline = [leaf for token in tokens for leaf in token.children or ()]
    targets = {leaf.attrs["href"] for leaf in inline if leaf.type == "link_open"}
    files = {target for target in targets if not target.startswith("#")}
    assert {target.removeprefix("#") for target in targets - files} <= {*claims, "the-networks"}
    assert all(re.fullmatch(r"results/verify/[\w.-]+\.(csv|json|svg)", file) for file in files)
    assert not [leaf for leaf in inline if leaf.type == "html_inline"]


def test_a_traceback_is_shown_as_it_is(page):
    fences = [token.content for token in PARSER.parse(page) if token.type == "fence"]
    assert fences == [broken(claim("x")).reason + "\n"]


def test_all_tables_have_their_columns(page):
    tokens = PARSER.parse(page)
    rows = sum(token.type == "tr_open" for token in tokens)
    cells = sum(token.type in ("td_open", "th_open") for token in tokens)
    assert cells == 3 * rows


def test_provenance_is_one_line(page):
    assert [line for line in page.splitlines() if line.startswith("Provenance:")] == [
        "Provenance: commit \\[a\\](b) \\| c, seed 0, 1.0 s."
    ]
    assert "1.0 s" not in page.replace("1.0 s.", "", 1)


def test_the_page_of_the_paper_is_short_whatever_its_figures_are():
    """With many findings of the usual length, on each reading of each claim."""
    sentence = "the norm of a gradient, as it is measured or exact, in words of usual length"
    finding = replace(SAMPLED, statement=sentence)
    false = replace(FAILS, statement=sentence, counterexample=sentence)
    results = []
    for one in LEDGER.claims:
        wrong = bool(one.correction)
        evidence = Evidence(
            method=sentence * 9,
            data=sentence if one.scale else "",
            stated=[false if wrong else finding] * 30,
            literal=[false] if one.literal else [],
            corrected=[finding] * 30 if wrong else [],
            controls=[false] * 30,
            tables=found([]).tables,
        )
        results.append(judge(one, evidence))
    checked = Verification(ledger=LEDGER, results=results, provenance={}, seconds=0.0)
    assert len(checked.report().encode()) <= MOST_BYTES


def test_the_committed_page_is_short_and_its_files_are_there():
    root = Path(__file__).parents[4]
    page = (root / LEDGER.report).read_text(encoding="utf-8")
    assert len(page.encode()) <= MOST_BYTES
    for file in re.findall(r"\]\((results/[^)]+)\)", page):
        assert (root / file).is_file(), file
