"""The home page: its map is the ledger's, and all that it names is there."""

import itertools
import re
from html import unescape

import pytest

from sqrtd.commands.lesson_statements import RECORDED, lesson_statements
from teaching.contents import CONTENTS, SLUGS, lesson_texts
from teaching.course import course, hypotheses
from teaching.home.proof_map import places
from teaching.serving import home
from teaching.state import Progress
from teaching.statements import Statement, arrows

STATEMENTS = lesson_statements()


def test_the_map_shows_statements_of_the_ledger_and_names_lessons():
    there = places()
    assert set(there) <= set(STATEMENTS)
    assert set(course()["map"]["labels"]) == set(there)
    assert set(course()["map"]["lessons"]) <= set(there)
    assert set(course()["map"]["lessons"].values()) <= SLUGS


def test_what_rests_on_something_stands_below_it():
    there = places()
    drawn = arrows(STATEMENTS, there)
    assert len(drawn) > 20
    assert [pair for pair in drawn if there[pair[0]][1] >= there[pair[1]][1]] == []


def supports(arrows, start):
    """All that can be reached from a statement."""
    reached, new = set(), {start}
    while new:
        reached |= new
        new = {to for one, to in arrows if one in new} - reached
    return reached - {start}


def test_the_arrows_are_those_of_the_ledger():
    """Reachability is the same as in the whole ledger, and no arrow follows from others."""
    whole = [(below, one.id) for one in STATEMENTS.values() for below in one.rests_on]
    shown = places()
    drawn = arrows(STATEMENTS, shown)
    for start in shown:
        assert supports(drawn, start) == supports(whole, start) & set(shown)
    for pair in drawn:
        rest = [other for other in drawn if other != pair]
        assert pair[1] not in supports(rest, pair[0])


def statement(name, *below):
    return Statement(id=name, number="", where="", says="", rests_on=below)


def test_arrows_lead_through_what_is_not_shown():
    chain = {n: statement(n, *below) for n, *below in ("a", "ba", "cb", "dca")}
    assert arrows(chain, "acd") == [("a", "c"), ("c", "d")]
    assert arrows(chain, "ad") == [("a", "d")]


def test_statements_have_their_number_and_their_verdict(tmp_path):
    lemma = STATEMENTS["lemma-7"]
    assert (lemma.number, lemma.name, lemma.where) == ("Lemma 7", "Lemma 7", "Appendix A.1")
    assert STATEMENTS["assumption-s"].name == "assumption-s"
    assert not lesson_statements(tmp_path / "none.json")["lemma-7"].verdict
    if RECORDED.is_file():
        assert lemma.verdict == "holds"


def test_every_hypothesis_says_what_it_is_for_and_where_it_is_dropped():
    said = course()["home"]["hypotheses"]
    assert set(said) == set(hypotheses())
    for each in said.values():
        assert each["for"]
        assert set(each["drop"]) <= SLUGS


def test_titles_are_those_of_the_lessons():
    for entry in CONTENTS:
        assert lesson_texts(entry.slug)["title"] == entry.title


@pytest.mark.parametrize("make", [home.home, home.ledger])
def test_every_link_of_a_page_leads_somewhere(make):
    page = make(Progress(), STATEMENTS)
    ledger = home.ledger(Progress(), STATEMENTS)
    pages = {"/", "/summary", "/exercises", "/solutions", "/ledger", *(f"/{s}" for s in SLUGS)}
    for href in re.findall(r'<a [^>]*href="([^"]*)"', page):
        path, _, name = href.partition("#")
        assert path in pages | {""}
        assert not name or name == "content" or f'id="{name}"' in ledger
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))


def test_claims_of_lessons_and_lines_are_in_the_ledger():
    for entry in CONTENTS:
        texts = lesson_texts(entry.slug)
        lines = (line.get("claims", ()) for line in texts["line"].values())
        assert {*texts["claims"], *itertools.chain(*lines)} <= set(STATEMENTS)


def test_sheets_hold_what_they_are_for():
    texts = lesson_texts("random-walk")
    task, solution = texts["exercise"]["task"], texts["exercise"]["solution"]
    exercises, solutions, summary = (
        unescape(make(Progress())) for make in (home.exercises, home.solutions, home.summary)
    )
    assert task in exercises
    assert solution not in exercises
    assert solution in solutions
    assert texts["serves"] in summary


def test_what_the_map_says_of_the_hypotheses():
    """Lemmas 9 and 10, Theorems 3, 4 and 6, and what rests on them use one of H1 to H5."""
    whole = [(below, one.id) for one in STATEMENTS.values() for below in one.rests_on]
    told = {"lemma-9", "lemma-10", "theorem-3", "theorem-4", "theorem-6"}
    rests = told.union(*(supports(arrows(STATEMENTS, places()), one) for one in told))
    used = set().union(*(supports(whole, f"h{n}") for n in range(1, 6)))
    assert used & set(places()) == rests
