"""Claims on trained networks: where the ledger finds the networks, and what it says of them."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
import synthetic_sweeps
from known_sweeps import POOLINGS, over_poolings, over_sizes
from tiny_experiments import tiny_cell, tiny_experiment

from empirical.checks import growth
from empirical.sweeps.record import SEAL, write_record
from evidence.errors import UserError
from evidence.faces import resolve
from evidence.findings import Evidence, Outcome, silent
from evidence.intervals import Interval
from sqrtd.cli import main
from sqrtd.ledgers.paper import LEDGER
from sqrtd.verdicts.checks import RecordedCheck, TrainedCheck
from sqrtd.verdicts.claims import NotCheckedError, Settings, Verdict
from sqrtd.verdicts.judge import Result, is_settled, judge
from sqrtd.verdicts.recorded import judge_sweep, places_of, read_sweeps

TRUE = [
    {"share": 0.05, "norm": 4.0, "accuracy": 0.8},
    {"share": 0.2, "norm": 9.0, "accuracy": 0.8},
    {"share": 0.2, "norm": 12.0, "accuracy": 0.8},
]
FIGURE_3 = "figure-3-cpu"
RECORDED = [claim for claim in LEDGER.claims if isinstance(claim.check, RecordedCheck)]


def record(out, place, sweep):
    folder = out / "results" / place
    folder.mkdir(parents=True)
    cells = [tiny_cell(network=network) for network in POOLINGS.values()]
    experiment = tiny_experiment(*cells, figure="figure-3")
    write_record(folder, experiment, sweep, {"seed": 0, "commit": place})


def verdicts(sweep):
    return {one.claim.id: one.verdict for one in judge_sweep("figure-3", sweep, LEDGER)}


@pytest.fixture(scope="module")
def sweep():
    return over_poolings(TRUE)


@pytest.fixture(scope="module")
def false_sweep():
    """Average-pooling is the least robust."""
    return over_poolings(TRUE[::-1])


def test_every_claim_on_trained_networks_has_a_check():
    assert len(RECORDED) == 22
    assert all(claim.reason == "" for claim in RECORDED)
    drawn = [claim.check.figure for claim in RECORDED if claim.check.drawing]
    assert sorted(drawn) == ["figure-1", "figure-2", "figure-3"]


def test_verdicts_follow_the_networks(sweep, false_sweep):
    assert verdicts(sweep)["figure-3"] is Verdict.HOLDS
    assert verdicts(false_sweep)["figure-3"] is Verdict.NOT_REPRODUCED


def test_a_sweep_without_what_a_claim_compares_is_not_checked(sweep):
    partial = sweep.only(sweep.cells()[:2])
    found = {one.claim.id: one for one in judge_sweep("figure-3", partial, LEDGER)}
    assert found["figure-3"].verdict is Verdict.NOT_CHECKED
    assert "paper-figure-3-max" in found["figure-3"].reason
    assert judge_sweep(None, sweep, LEDGER) == []


def test_the_ledger_takes_the_gpu_before_the_cpu_and_never_smoke(sweep, tmp_path):
    record(tmp_path, "train/figure-3-smoke", sweep)
    assert read_sweeps(LEDGER, [tmp_path]) == {}
    for place in ("train/figure-3-cpu", "train/figure-3-paper", "gpu/figure-3-paper"):
        record(tmp_path, place, sweep)
        found = read_sweeps(LEDGER, [tmp_path])
        assert found.keys() == {"figure-3"}
        assert f"commit {place}" in found["figure-3"].data
    assert "Trained for 2 epochs by `make gpu`" in found["figure-3"].data


def test_verify_reads_and_draws_them(sweep, tmp_path, capsys):
    record(tmp_path, "train/figure-3-cpu", sweep)
    place = ["--results", str(tmp_path), "--out", str(tmp_path / "out")]
    assert main(["verify", "--claim", "figure-3", *place, "--json"]) == 0
    (claim,) = json.loads(capsys.readouterr().out)["claims"]
    assert claim["id"], claim["verdict"] == ("figure-3", "holds")
    assert "sqrtd train figure-3 --preset cpu" in claim["data"]
    # Not the name of the live figure 1, which would be another picture of the same name.
    assert claim["plots"] == ["figure-3-trained.png"]
    assert (tmp_path / "out/results/claims/figure-3-trained.png").is_file()


def test_they_are_read_from_where_they_are_kept_and_not_from_out(sweep, false_sweep, tmp_path):
    record(tmp_path / "here", "train/figure-3-cpu", sweep)
    record(tmp_path / "out", "train/figure-3-cpu", false_sweep)

    def verdict(*options):
        command = ["verify", "--claim", "figure-3", "--out", str(tmp_path / "out"), *options]
        assert main(command) == 0
        file = tmp_path / "out/results/claims/figure-3.json"
        return json.loads(file.read_text())["claims"][0]["verdict"]

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "here")
        assert verdict() == "holds"
        assert verdict("--results", str(tmp_path / "out")) == "not reproduced at this scale"
        assert verdict("--results", str(tmp_path / "here/results")) == "holds"


def test_what_is_not_recorded_here_comes_with_the_package(sweep, tmp_path, monkeypatch):
    record(tmp_path, "train/figure-3-cpu", sweep)
    monkeypatch.chdir(tmp_path)
    found = read_sweeps(LEDGER, places_of(None))
    assert found.keys() == LEDGER.figures.keys()
    assert "commit train/figure-3-cpu" in found["figure-3"].data
    assert "read from results/train/figure-2-cpu." in found["figure-2"].data


def test_a_part_of_a_sweep_gives_way_to_a_whole_one(sweep, tmp_path):
    for place, networks in (("part", sweep.networks[:-1]), ("whole", sweep.networks)):
        record(tmp_path / place, f"train/{FIGURE_3}", replace(sweep, networks=networks))
        file = tmp_path / place / "results/train" / FIGURE_3 / "experiment.json"
        described = json.loads(file.read_text()) | {"planned": len(sweep.networks)}
        del described[SEAL]
        file.write_text(json.dumps(described))
    assert read_sweeps(LEDGER, [tmp_path / "part"]) == {}
    found = read_sweeps(LEDGER, [tmp_path / "part", tmp_path / "whole"])
    assert len(found["figure-3"].networks) == len(sweep.networks)


def test_a_place_without_results_is_named(tmp_path, capsys):
    assert main(["verify", "--claim", "eq-6", "--results", str(tmp_path)]) == 2
    assert "give the folder that `sqrtd train --out` had" in capsys.readouterr().err


def test_verify_of_a_part_of_them_is_not_checked(sweep, tmp_path):
    record(tmp_path, "gpu/figure-3-paper", sweep.only(sweep.cells()[:2]))
    settings = SimpleNamespace(sweeps=read_sweeps(LEDGER, [tmp_path]), error=0.01)
    check = next(claim.check for claim in RECORDED if claim.id == "figure-3")
    with pytest.raises(NotCheckedError, match="paper-figure-3-max"):
        check(settings, lambda *_: None)


def test_verify_without_them_says_how_to_get_them(sweep, tmp_path, capsys):
    record(tmp_path, "train/figure-3-smoke", sweep)
    assert main(["verify", "--claim", "figure-3", "--results", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "claim 'figure-3': no whole sweep of trained networks is recorded here" in error
    assert "`sqrtd train figure-3 --preset cpu` trains some" in error


def test_verify_of_damaged_records_is_one_line(sweep, tmp_path, capsys):
    record(tmp_path, "train/figure-3-cpu", sweep)
    (tmp_path / "results/train/figure-3-cpu/networks.npz").write_bytes(b"PK")
    with pytest.raises(UserError, match="holds no whole results"):
        read_sweeps(LEDGER, [tmp_path])
    assert main(["verify", "--claim", "eq-6", "--results", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_corrected_findings_and_corrected_sentences_go_together():
    laws = {
        "figure-1": over_sizes(),
        "figure-2": synthetic_sweeps.sweep(synthetic_sweeps.Law(networks=2, images=60)),
        "figure-3": over_poolings(TRUE),
    }
    for claim in RECORDED:
        evidence = resolve(claim.check.function)(laws[claim.check.figure], error=0.01)
        assert bool(evidence.corrected) is bool(claim.correction), claim.id
        assert bool(evidence.literal) is bool(claim.literal), claim.id


def test_verify_decides_nothing_on_too_few_networks(sweep, tmp_path, capsys):
    few = replace(sweep, networks=[one for one in sweep.networks if one.index < 7])
    record(tmp_path, "train/figure-3-cpu", few)
    assert main(["verify", "--claim", "figure-3", "--results", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    reason = "7 networks a cell; 8 are needed: `sqrtd train figure-3 --preset cpu` trains them"
    assert f"What came out. It was not checked: {reason}." in printed


@pytest.mark.parametrize(
    ("estimate", "half", "verdict", "literally"),
    [
        (0.50, 0.05, Verdict.HOLDS, Outcome.UNDECIDED),
        (0.45, 0.04, Verdict.HOLDS, Outcome.FAILS),
        (0.42, 0.09, Verdict.UNDECIDED, Outcome.UNDECIDED),
        (0.28, 0.08, Verdict.NOT_REPRODUCED, Outcome.FAILS),
    ],
)
def test_almost_like_the_root_has_words_for_each_exponent(estimate, half, verdict, literally):
    """Within a tenth of 1/2, and never exactly 1/2 where that is excluded."""
    (claim,) = [claim for claim in LEDGER.claims if claim.id == "figure-1"]
    measured = Interval.around(estimate, half, error=0.01, samples=16)
    evidence = Evidence(
        method="",
        stated=[measured.against("almost", predicted=0.5, margin=growth.MARGIN)],
        literal=[measured.against("exactly", predicted=0.5, margin=growth.POINT)],
    )
    result = judge(claim, evidence)
    assert (result.verdict, result.literal) == (verdict, literally)


def test_a_recorded_claim_whose_check_breaks_is_not_settled(sweep):
    (claim,) = [claim for claim in RECORDED if claim.id == "figure-3"]
    undecided = Result(claim=claim, verdict=Verdict.UNDECIDED)
    assert is_settled(undecided)
    assert not is_settled(replace(undecided, verdict=Verdict.ERROR))
    few = replace(undecided, verdict=Verdict.NOT_CHECKED, reason="7 networks a cell")
    assert is_settled(few)
    assert not is_settled(replace(few, reason=claim.check.missing))
    exact = next(claim for claim in LEDGER.claims if claim.id == "lemma-7")
    assert not is_settled(replace(undecided, claim=exact))


def test_claims_on_networks_of_one_run_share_their_training(monkeypatch):
    trained = []

    def train(experiment, **options):
        trained.append(experiment.cells[0][1])
        return over_sizes(networks=experiment.cells[0][1])

    monkeypatch.setattr("empirical.sweeps.in_memory.train_in_memory", train)
    live = [claim for claim in LEDGER.claims if isinstance(claim.check, TrainedCheck)]
    assert len(live) == 3
    data = SimpleNamespace(channels=1)
    settings = Settings(seed=0, budget=1.0, device=None, data=data, sampler=None, error=0.01)
    evidence = [claim.check(settings, silent) for claim in live]
    assert sorted(trained) == [10, 16]
    assert sorted(name for one in evidence for name in one.plots) == ["figure-1"]
    few = replace(settings, budget=0.2, trained={})
    with pytest.raises(NotCheckedError, match="3 networks a cell; 8 are needed: give more --budge"):
        live[0].check(few, silent)
