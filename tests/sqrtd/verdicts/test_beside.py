"""Checks that train networks run in another process, and find what they find in this one."""

import json
from dataclasses import replace

from rich.console import Console

from empirical.data.load import load_data
from simulations.engine.sampler import Sampler
from sqrtd.verdicts.checks import ExactCheck, TrainedCheck
from sqrtd.verdicts.claims import Claim, Ledger, Settings
from sqrtd.verdicts.report.as_json import to_json
from sqrtd.verdicts.run import run_checks

TRAINED = TrainedCheck(
    "figure-1", "small-attack", "empirical.checks.first_order_damage:check_lemma_1_trained"
)
LEDGER = Ledger(
    source="book",
    title="Nobody: *Nothing*",
    claims=[
        Claim(id="trained", where="", statement="…", check=TRAINED),
        Claim(id="exact", where="", statement="…",
              check=ExactCheck("theory.checks.section_2.thresholds:check_equation_6")),
        Claim(id="again", where="", statement="…", check=TRAINED, repeats="trained"),
        Claim(id="unchecked", where="", statement="…", reason="no time"),
    ],
)  # fmt: skip


def found(selected, *, beside):
    settings = Settings(
        seed=3,
        budget=1.0,
        device=Sampler(seed=3).device,
        data=load_data("digits", seed=3),
        error=1e-3,
        sampler=Sampler(seed=3),
    )
    checked = run_checks(LEDGER, selected, settings, Console(quiet=True), beside=beside)
    checked = replace(checked, results=[replace(one, seconds=0) for one in checked.results])
    return json.loads(to_json(checked))["claims"]


def test_another_process_finds_the_same_in_the_ledgers_order():
    every = {claim.id for claim in LEDGER.claims}
    there, here = found(every, beside=True), found(every, beside=False)
    assert [claim["id"] for claim in there] == ["trained", "exact", "again", "unchecked"]
    assert there == here
    assert there[0]["stated"][0]["outcome"]
