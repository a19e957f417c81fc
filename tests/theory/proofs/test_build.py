"""What Coq is asked, on proofs of a line; where it is not installed these tests are skipped."""

import shutil

import pytest

from evidence.errors import UserError
from theory.proofs import build
from theory.proofs.record import CLOSED

HEAD = "From mathcomp Require Import all_ssreflect.\n"
HOLDS = (
    "Theorem one (n : nat) : n = n.\nProof. by []. Qed.\nTheorem two : 1 = 1.\nProof. by []. Qed."
)

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="Coq is not installed")


@needs_coq
def test_every_theorem_of_a_file_is_told():
    told = build.check({"m": HEAD + HOLDS})
    assert {name: one["statement"] for name, one in told.items()} == {
        "m:one": "forall n : nat, n = n",
        "m:two": "1 = 1",
    }
    assert {one["assumptions"] for one in told.values()} == {CLOSED}


@needs_coq
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "From Coq Require Import Classical.\n"
            "Theorem one (P : Prop) : P \\/ ~ P.\nProof. exact: classic. Qed.",
            "m:one rests on axioms: Axioms: Classical_Prop.classic",
        ),
        ("Theorem one : False.\nProof. by []. Qed.", "Coq refuses m.v"),
    ],
)
def test_axioms_and_false_proofs_are_refused(text, message):
    with pytest.raises(UserError, match=message):
        build.check({"m": HEAD + text})


@pytest.mark.parametrize("word", ["Admitted", "admit", "Axiom", "Parameter"])
def test_what_is_left_out_is_refused_before_coq_is_asked(word):
    with pytest.raises(UserError, match=f"m.v has '{word}'"):
        build.check({"m": f"Theorem one : False.\nProof. {word}."})


def test_a_comment_may_name_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(UserError, match="Coq is not there: apt-get install"):
        build.check({"m": "(* nothing is Admitted *)"})


def test_where_coq_is_missing_the_command_says_so_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert build.main() == 2
    assert capsys.readouterr().err.count("\n") == 1
