"""A part of the campaigns of `benchmarks/`: malformed inputs are refused, killed runs go on."""

import pytest

from benchmarks.robustness import kills
from benchmarks.robustness.attempts import attempts, faults
from benchmarks.robustness.kills import COMMANDS, Command, killed, stored, undisturbed
from benchmarks.robustness.malformed_inputs import Malformed, malformed_inputs

INPUTS = 30


@pytest.mark.slow
def test_malformed_inputs_are_refused_in_one_line_and_leave_nothing(tmp_path):
    """Some of `python benchmarks/malformed_inputs.py`, spread over all readers."""
    inputs = malformed_inputs(tmp_path / "files")
    assert len(inputs) >= 300
    (tmp_path / "runs").mkdir()
    tried = list(attempts(inputs[:: len(inputs) // INPUTS], tmp_path / "runs"))
    assert len(tried) >= INPUTS
    assert [(one, found) for one, found in tried if found] == []


@pytest.mark.slow
def test_what_is_accepted_or_never_ends_is_blamed(tmp_path):
    """The false neighbours: a good input, one that breaks, and one that hangs."""
    broken, endless = tmp_path / "broken.py", tmp_path / "endless.py"
    broken.write_text("import traceback\ntraceback.print_stack()\nraise SystemExit(3)\n")
    endless.write_text("while True: pass\n")
    good = ["simulate", "dense", "--sizes", "4,8", "--nets", "8"]
    found = faults(Malformed("", "", good), tmp_path / "good", seconds=100)
    assert found.keys() == {"exit code", "leftover"}
    assert "results" in found["leftover"]
    found = faults(Malformed("", "", ["simulate", f"{broken}:f"]), tmp_path / "b", seconds=100)
    assert "lines" in found
    found = faults(Malformed("", "", ["simulate", f"{endless}:f"]), tmp_path / "endless", seconds=3)
    assert found.keys() == {"hang"}


@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_as_if_undisturbed(tmp_path):
    command = COMMANDS["audit"]
    undisturbed(command, tmp_path / "first")
    expected = undisturbed(command, tmp_path / "expected")
    found = killed(command, tmp_path / "run", after=0.8 * expected.seconds, expected=expected)
    assert (found.lost, found.leftover, found.different) == (0, [], [])


@pytest.mark.slow
def test_lost_work_and_other_results_are_noticed(tmp_path, monkeypatch):
    """Between the two starts the store is emptied, and the seed that is expected is another."""
    command = COMMANDS["audit"]
    other = Command([*command.arguments, "--seed", "1"], command.store)
    expected = undisturbed(other, tmp_path / "expected")

    def emptied(store):
        had = stored(store)
        store.unlink()
        return had

    monkeypatch.setattr(kills, "stored", emptied)
    found = killed(command, tmp_path / "run", after=kills.LONGEST, expected=expected)
    assert found.was_over
    assert found.lost == found.finished > 0
    assert "results/audit/dense/audit.json" in found.different
