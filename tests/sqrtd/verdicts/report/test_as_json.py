"""The JSON of a run follows its schema, which refuses what is none."""

import json
from pathlib import Path

import jsonschema
import pytest
from small_ledger import small_verification

import sqrtd.verdicts.report.as_json as module
from sqrtd.verdicts.claims import Verdict
from sqrtd.verdicts.report.as_json import to_json

SCHEMA = json.loads(Path(module.__file__).with_name("checks.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
COMMITTED = Path(__file__).parents[4] / "results/verify/checks.json"


@pytest.fixture
def saved():
    return json.loads(to_json(small_verification()))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_run_with_every_verdict_follows_the_schema(saved):
    assert {one["verdict"] for one in saved["claims"]} == set(Verdict)
    VALIDATOR.validate(saved)


def test_the_committed_run_follows_the_schema():
    VALIDATOR.validate(json.loads(COMMITTED.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda run: run.pop("provenance"),
        lambda run: run.update(more=1),
        lambda run: run["claims"][0].update(verdict="confirmed"),
        lambda run: run["claims"][0].update(certainty="sure"),
        lambda run: run["claims"][0].pop("statement"),
        lambda run: run["claims"][0].update(unheard_of=1),
        lambda run: run["claims"][0]["stated"][0].update(outcome="maybe"),
        lambda run: run["claims"][0]["stated"][0].pop("summary"),
        lambda run: run["claims"][0].pop("method"),
        lambda run: run["claims"][1]["corrected"].pop("outcome"),
    ],
)
def test_what_is_no_run_is_refused(saved, spoil):
    spoil(saved)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(saved)


def test_a_claim_says_what_it_rests_on_and_what_tests_it(saved):
    claims = {one["id"]: one for one in saved["claims"]}
    assert claims["theorem-3"]["proof_rests_on"] == ["lemma-1", "eq-1"]
    assert claims["lemma-1"]["would_fall"] == ["lemma-1-more", "theorem-3", "eq-7"]
    assert claims["definition-1"]["certainty"] == "proved by machine"
    assert claims["figure-3"]["checks"] == ["module:function"]
    assert claims["eq-1"]["number"] == "Eq. 1"
    assert claims["eq-1"]["corrected"]["used_in"] == "the proof"
    assert claims["theorem-3"]["margin"] == "“much” as 2"
