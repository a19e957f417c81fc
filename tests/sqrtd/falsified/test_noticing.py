"""Rows turn red when an ingredient is falsified: those that take no samples and no time."""

import pytest
import torch
from rich.console import Console

from sqrtd.falsified.catalogue import FALSIFICATIONS
from sqrtd.falsified.noticing import Told, run_rows
from sqrtd.ledgers import read_ledger
from sqrtd.verdicts.claims import Settings

LEDGER = read_ledger()

QUICK = {
    "dual-exponent-is-p": "section-3-condition",
    "exact-l1-norm-is-l2": "eq-5",
    "softmax-at-temperature-2": "eq-10",
    "loss-gradient-of-opposite-sign": "eq-10",
    "cross-lipschitz-without-a-pair": "eq-15",
    "trained-cross-lipschitz-without-a-pair": "eq-15",
    "attack-size-to-the-dual-power": "eq-5",
    "penalty-of-the-square": "proposition-2",
    "augmentation-on-attacked-images-alone": "proposition-2",
    "fgsm-at-a-third": "lemma-1",
    "measured-in-training-mode": "lemma-1",
    "one-path-missing": "lemma-7",
    "border-in-degrees-full": "lemma-7",
}
"""Falsifications, and an exact row that notices."""


def run(claims, falsification=None):
    def prepare():
        return Settings(
            seed=0,
            budget=1.0,
            device=torch.device("cpu"),
            data=None,  # nothing is trained
            error=1e-3,
            sampler=None,  # and nothing sampled
        )

    return run_rows(LEDGER, claims, prepare, Console(quiet=True), falsification)


@pytest.fixture(scope="module")
def as_it_is():
    return run(sorted(set(QUICK.values())))


@pytest.mark.parametrize("name", QUICK)
def test_an_exact_row_turns_red(name, as_it_is):
    claim = QUICK[name]
    assert claim in FALSIFICATIONS[name].rows
    false = run([claim], FALSIFICATIONS[name])[claim]
    assert as_it_is[claim].is_noticed_in(false)


def test_rows_are_as_before_after_a_falsification(as_it_is):
    run(["eq-10"], FALSIFICATIONS["softmax-at-temperature-2"])
    assert run(["eq-10"])["eq-10"] == as_it_is["eq-10"]


@pytest.mark.parametrize(
    ("true", "false", "noticed"),
    [
        ("holds", "holds", False),
        ("holds", "fails", True),
        ("holds", "error", True),
        ("holds", "undecided", False),
        ("undecided", "fails", False),
        ("undecided; its correction: undecided", "fails", False),
        ("not checked", "error", False),
        ("fails", "fails; its correction: fails", True),
    ],
)
def test_a_row_notices_when_its_verdict_becomes_another_one(true, false, noticed):
    assert Told(verdict=true).is_noticed_in(Told(verdict=false)) is noticed
