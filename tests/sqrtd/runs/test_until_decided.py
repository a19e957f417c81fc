"""A sweep grows as long as more networks are wanted, and goes on from its record."""

import pytest
from tiny_experiments import tiny_cell, tiny_experiment

from empirical.sweeps.record import write_record
from evidence.errors import UserError
from sqrtd.runs.training import prepared
from sqrtd.runs.training_run import TrainingRun
from sqrtd.runs.until_decided import train_until_decided

PLAIN, PENALTY = tiny_cell(), tiny_cell(method="l1-penalty", epsilon=0.1)
EXPERIMENT = tiny_experiment(PLAIN, PENALTY, epochs=1)


def grown(folder, wanted):
    """Train until nothing more is wanted; return the numbers of networks at each look."""
    wanted, seen = iter(wanted), []

    def look(job):
        sweep = job.agenda.sweep
        write_record(job.place, job.agenda.experiment, sweep, {
            "seed": 0, "run": job.agenda.plan.run, "images": job.agenda.plan.digest,
        })  # fmt: skip
        seen.append([len(sweep.of(cell)) for cell in (PLAIN, PENALTY)])
        return next(wanted, {})

    with prepared(TrainingRun(EXPERIMENT, out=folder)) as job:
        assert not train_until_decided(job, look).agenda.due
    return seen


def test_the_kinds_that_are_wanted_grow(tmp_path):
    wanted = [{PLAIN: 2, PENALTY: 1}, {PLAIN: 2, PENALTY: 2}]
    assert grown(tmp_path, wanted) == [[1, 1], [2, 1], [2, 2]]
    assert grown(tmp_path, []) == [[2, 2]]  # from the record
    for store in tmp_path.rglob("networks.sqlite"):
        store.unlink()
    assert grown(tmp_path, []) == [[2, 2]]


def test_an_experiment_of_no_figure_has_no_claims_to_decide(tmp_path):
    run = TrainingRun(EXPERIMENT, out=tmp_path, until_decided=True)
    with pytest.raises(UserError, match="tiny is of no figure"), prepared(run):
        pass
