"""`sqrtd verify`: what it writes with and without --claim, and what is left as it was."""

import json

import pytest
from small_ledger import HOLDS, claim, found

import sqrtd.ledgers.paper
from sqrtd.cli import main
from sqrtd.verdicts.checks import RecordedCheck
from sqrtd.verdicts.claims import Ledger, NotCheckedError


def lacking(settings, progress):
    raise NotCheckedError("no networks")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working directory, and a ledger of two claims."""
    claims = [
        claim("lemma-7", check=lambda settings, progress: found([HOLDS])),
        claim("lemma-8", check=lambda settings, progress: found([HOLDS]), rests_on=("lemma-7",)),
    ]
    ledger = Ledger(source="paper", title="…", claims=claims)
    monkeypatch.setattr(sqrtd.ledgers.paper, "LEDGER", ledger)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_a_whole_run_writes_the_report_and_all_that_it_links_to(here):
    assert main(["verify"]) == 0
    assert files(here) == [
        "paper_checks.md",
        "results/verify/checks.json",
        "results/verify/claims.svg",
        "results/verify/concordance.csv",
        "results/verify/lemma-7-1.csv",
        "results/verify/lemma-8-1.csv",
    ]
    assert (here / "results/verify/concordance.csv").read_text().splitlines() == [
        "number,where,claim,checks,proof",
        "Lemma 7,Section 2,lemma-7,,",
        "Lemma 8,Section 2,lemma-8,,",
    ]


def test_a_claim_is_explained_and_nothing_is_written(here, capsys):
    assert main(["verify", "--claim", "lemma-7"]) == 0
    printed = capsys.readouterr().out
    assert "What is claimed. The paper says (Section 2): The lemma-7." in printed
    assert "What came out. It holds (tested exactly): a true sentence" in printed
    assert "What would fall with it: lemma-8." in printed
    assert "What is claimed" not in printed.replace("What is claimed", "", 1)
    assert files(here) == []


def test_a_claim_leaves_the_report_as_it_was(here):
    assert main(["verify", "--out", "out"]) == 0
    before = {name: (here / "out" / name).read_bytes() for name in files(here / "out")}
    assert main(["verify", "--claim", "lemma-8", "--out", "out"]) == 0
    assert {name: (here / "out" / name).read_bytes() for name in before} == before
    new = [name for name in files(here / "out") if name not in before]
    assert new == ["results/claims/lemma-8-1.csv", "results/claims/lemma-8.json"]
    saved = json.loads((here / "out/results/claims/lemma-8.json").read_text())
    assert [one["id"] for one in saved["claims"]] == ["lemma-8"]


def test_json_holds_the_claims_that_were_asked_for(here, capsys):
    assert main(["verify", "--claim", "lemma-8", "--json"]) == 0
    assert [one["id"] for one in json.loads(capsys.readouterr().out)["claims"]] == ["lemma-8"]


@pytest.mark.parametrize("check", [lacking, RecordedCheck("figure-3", "module:function")])
def test_a_check_that_lacks_its_networks_is_no_success(here, monkeypatch, capsys, check):
    ledger = Ledger(source="paper", title="…", claims=[claim("figure-3", check=check)])
    monkeypatch.setattr(sqrtd.ledgers.paper, "LEDGER", ledger)
    assert main(["verify"]) == 1
    assert "not checked" in capsys.readouterr().out
    page = (here / "paper_checks.md").read_text()
    assert "1 not checked for lack of networks: [figure-3](#figure-3)" in page


def test_a_claim_without_a_check_is_no_failure(here, monkeypatch):
    open_claim = claim("section-6", check=None, reason="nothing decides it")
    ledger = Ledger(source="paper", title="…", claims=[open_claim])
    monkeypatch.setattr(sqrtd.ledgers.paper, "LEDGER", ledger)
    assert main(["verify"]) == 0
