"""Sweeps: what they keep, what they go on with, and what they are told apart by."""

import shutil
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sweep_runs import CPU, assert_equal, due, run
from tiny_experiments import KILLED_EXPERIMENT, tiny_cell, tiny_experiment

from empirical.data.load import DataError
from empirical.errors import TrainingError
from empirical.measures.trained import NetworkId
from empirical.sweeps import prepared, train_one
from empirical.sweeps.experiment import ExperimentError, Images
from empirical.sweeps.reporting import AbandonedError, Reporter, reports
from empirical.sweeps.sweep import _training_key, agenda, run_sweep
from empirical.sweeps.timing import seconds_a_network
from running.leftovers import remove_leftovers
from running.pools import PoolError, open_pool, thread_pool
from running.store import Store
from simulations.networks.sources import SourceError


def test_networks_come_in_the_order_of_the_experiment(experiment, uninterrupted):
    names = [(one.cell, one.index) for one in uninterrupted.networks]
    assert names == [(cell, index) for cell, _ in experiment.cells for index in (0, 1)]
    assert all(one.d == 64 for one in uninterrupted.networks)
    assert all(one.measures.pgd_changed is not None for one in uninterrupted.networks)


def test_networks_of_a_cell_differ_and_are_independent_of_the_others(uninterrupted):
    norms = [one.measures.gradient_norm.mean() for one in uninterrupted.networks]
    assert len(set(norms)) == 4


def test_a_network_does_not_depend_on_the_others_of_its_experiment(
    experiment, uninterrupted, tmp_path
):
    alone = replace(experiment, cells=((tiny_cell(), 1),))
    sweep = run(alone, tmp_path)
    assert_equal(replace(uninterrupted, networks=uninterrupted.networks[:1]), sweep)


def test_processes_give_the_same_numbers(experiment, uninterrupted, tmp_path):
    with open_pool(workers=2) as pool:
        assert_equal(run(experiment, tmp_path, pool=pool), uninterrupted)


def test_what_is_finished_is_not_trained_again(experiment, uninterrupted, tmp_path, monkeypatch):
    first = replace(experiment, cells=((tiny_cell(), 1),))
    run(first, tmp_path)
    trained = []
    original = train_one.train_network
    monkeypatch.setattr(
        train_one,
        "train_network",
        lambda *args, **kwargs: trained.append(kwargs["name"]) or original(*args, **kwargs),
    )
    assert_equal(run(experiment, tmp_path), uninterrupted)
    assert len(trained) == 3
    assert_equal(run(experiment, tmp_path), uninterrupted)
    assert len(trained) == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, recipe=replace(one.recipe, learning_rate=0.03)),
        lambda one: replace(one, epsilon=0.06),
        lambda one: replace(one, pgd=False),
        lambda one: replace(one, images=replace(one.images, train=64)),
        lambda one: replace(one, images=replace(one.images, held_out=49)),
        lambda one: replace(one, images=replace(one.images, validation=50)),
        lambda one: replace(one, cells=((replace(tiny_cell(), widths=(5,) * 5), 1),)),
    ],
)
def test_whatever_decides_the_numbers_makes_another_network(experiment, tmp_path, change):
    first = replace(experiment, cells=((tiny_cell(), 1),))
    run(first, tmp_path)
    assert due(first, tmp_path) == []
    assert len(due(first, tmp_path, seed=1)) == 1
    assert len(due(change(first), tmp_path)) == 1


def test_other_attacks_measure_the_same_networks_anew(experiment, tmp_path):
    first = replace(experiment, cells=((tiny_cell(), 1),))
    (before,) = run(first, tmp_path).networks
    (after,) = run(replace(first, epsilon=0.2), tmp_path).networks
    np.testing.assert_array_equal(after.measures.loss, before.measures.loss)
    assert after.measures.changed.sum() > before.measures.changed.sum()


def test_checkpoints_go_when_their_network_is_finished(experiment, tmp_path):
    first = replace(experiment, cells=((tiny_cell(), 2),))
    with closing(Store(tmp_path / "networks.sqlite")) as store:
        plan = agenda(first, seed=0, device=CPU, store=store).plan
    run(first, tmp_path)
    assert not (tmp_path / "checkpoints").exists()
    # A run that was killed when a network was stored, and one of another experiment.
    (tmp_path / "checkpoints").mkdir()
    for key in (_training_key(plan, NetworkId(tiny_cell(), 1)), "another"):
        (tmp_path / "checkpoints" / f"{key}.pt").touch()
    run(first, tmp_path)
    assert [file.name for file in (tmp_path / "checkpoints").iterdir()] == ["another.pt"]


def test_the_name_and_the_number_of_networks_do_not(experiment, tmp_path):
    first = replace(experiment, cells=((tiny_cell(), 1),))
    run(first, tmp_path)
    assert len(due(replace(first, name="other", cells=((tiny_cell(), 3),)), tmp_path)) == 2


def test_kill_in_the_middle_and_start_again(tmp_path, monkeypatch):
    """Finished networks stay, the interrupted one goes on from its checkpoint."""
    script = Path(__file__).parent / "killed_sweep.py"
    process = subprocess.Popen(
        [sys.executable, script, tmp_path], stdout=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        finished = int(line.split()[0])
        if finished == 1 and len(list((tmp_path / "checkpoints").glob("*.pt"))) == 1:
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL

    seen = {}

    class Recording(Reporter):
        def __init__(self, file):
            super().__init__(file)
            self.fractions = seen.setdefault(file.name, [])

        def __call__(self, fraction, activity):
            self.fractions.append(fraction)
            super().__call__(fraction, activity)

    monkeypatch.setattr(train_one, "Reporter", Recording)
    sweep = run(KILLED_EXPERIMENT, tmp_path)
    assert len(seen) == 2  # the finished one was not touched
    steps = 40 * 3
    first_steps = sorted(fractions[1] for fractions in seen.values())
    assert first_steps[0] == pytest.approx(1 / steps)  # a fresh one
    assert first_steps[1] > 1 / steps  # one that goes on
    fresh = tmp_path / "fresh"
    assert_equal(sweep, run(KILLED_EXPERIMENT, fresh))
    assert list(tmp_path.glob(".*.running")) != []  # of the killed run: harmless
    remove_leftovers(tmp_path)
    assert list(tmp_path.glob(".*")) == []
    assert not (tmp_path / "checkpoints").exists()


def test_an_interruption_stops_the_workers_and_keeps_what_is_finished(experiment, tmp_path):
    def progress(fraction, activity):
        if activity.startswith("2 "):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(experiment, tmp_path, progress=progress)
    assert len(due(experiment, tmp_path)) == 2
    assert list(tmp_path.glob(".*.running")) == []


def test_progress_rises_to_one(experiment, tmp_path):
    fractions = []
    run(experiment, tmp_path, progress=lambda fraction, _: fractions.append(fraction))
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def test_workers_stop_when_nobody_waits(tmp_path):
    with reports(tmp_path) as there:
        report = Reporter(there.file("one"))
        report(0.25, "")
        assert there.fraction("one") == 0.25
        assert there.fraction("another") == 0
        late = Reporter(there.file("two"))
    with pytest.raises(AbandonedError):
        late(0.5, "")


def test_a_diverging_training_is_one_line_that_names_the_network(experiment, tmp_path):
    wild = replace(experiment, recipe=replace(experiment.recipe, learning_rate=1e30))
    with pytest.raises(TrainingError, match=r"^network 1 of paper-figure-2, 8 px, plain: the loss"):
        run(replace(wild, cells=((tiny_cell(), 1),)), tmp_path)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (tiny_cell(network="paper-figure-9"), "unknown network 'paper-figure-9'"),
        (tiny_cell(widths=(4, 4)), "5 blocks: give 5 widths"),
        (tiny_cell(network="dense"), "takes inputs of shape"),
        (tiny_cell(network="paper-figure-1"), "32, 64, 96 ... pixels, not 8"),
    ],
)
def test_networks_that_do_not_fit_are_one_line(cell, message, tmp_path):
    with pytest.raises(ExperimentError, match=message):
        run(tiny_experiment(cell), tmp_path)


def test_a_users_factory_is_trained(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from torch import nn\n"
        "def net(size, *, channels=1, logits=10):\n"
        "    layers = nn.Flatten(), nn.Linear(channels * size**2, logits)\n"
        "    return nn.Sequential(*layers), (channels, size, size)\n"
    )
    experiment = tiny_experiment(tiny_cell(network=f"{file}:net", widths=None), epochs=20)
    sweep = run(experiment, tmp_path)
    assert sweep.networks[0].measures.summary().accuracy > 0.3
    file.write_text(file.read_text().replace("nn.Flatten()", "nn.Flatten(), nn.Identity()"))
    assert len(due(experiment, tmp_path)) == 1


def test_a_users_file_that_is_edited_during_a_run_stops_it(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from torch import nn\n"
        "def net(size, *, channels=1, logits=10):\n"
        "    layers = nn.Flatten(), nn.Linear(channels * size**2, logits)\n"
        "    return nn.Sequential(*layers), (channels, size, size)\n"
    )
    cell = tiny_cell(network=f"{file}:net", widths=None)
    experiment = tiny_experiment(cell, repeats=2)

    with closing(Store(tmp_path / "networks.sqlite")) as store:
        todo = agenda(experiment, seed=0, device=CPU, store=store)
        file.write_text(file.read_text().replace("nn.Flatten()", "nn.Flatten(), nn.Tanh()"))
        with pytest.raises(SourceError, match=r"mine\.py:net changed during the run"):
            run_sweep(
                todo,
                device=CPU,
                store=store,
                pool=thread_pool(workers=1),
                folder=tmp_path,
                costs={cell: 1.0},
            )
        assert agenda(experiment, seed=0, device=CPU, store=store).finished == {}


def test_checkpoints_of_older_code_are_not_continued(tmp_path, monkeypatch):
    trained = []
    original = train_one.train_network

    def counting(*args, progress, **kwargs):
        steps = []
        value = original(*args, progress=lambda *report: steps.append(report), **kwargs)
        trained.append(len(steps))
        return value

    monkeypatch.setattr(train_one, "train_network", counting)
    experiment = tiny_experiment()

    def fail(*_, **__):
        raise DataError("not measured")

    monkeypatch.setattr(train_one, "measure_images", fail)  # the checkpoint stays
    for version in (train_one.VERSION, train_one.VERSION, train_one.VERSION + 1):
        monkeypatch.setattr(train_one, "VERSION", version)
        with pytest.raises(DataError, match="not measured"):
            run(experiment, tmp_path)
    assert trained == [6, 0, 6]  # 2 epochs of 3 batches; a finished checkpoint; newer code


def test_workers_that_do_not_see_the_folder_are_one_line(tmp_path):
    def take_away(fraction, activity):
        for folder in tmp_path.glob(".*.running"):
            shutil.rmtree(folder)

    with pytest.raises(PoolError, match=r"^a worker cannot report to .*: No such file") as error:
        run(tiny_experiment(epochs=400), tmp_path, progress=take_away)
    assert "\n" not in str(error.value)


def test_a_worker_with_other_versions_is_refused(tmp_path):
    with closing(Store(tmp_path / "networks.sqlite")) as store:
        plan = agenda(tiny_experiment(), seed=0, device=CPU, store=store).plan
    other = replace(plan, run="networks 0")
    with pytest.raises(PoolError, match=r"it has networks .*, we have networks 0"):
        train_one.train_and_measure(
            other, NetworkId(tiny_cell(), 0), CPU, tmp_path / "a", tmp_path / "b"
        )


def test_a_worker_of_a_cluster_reads_images_anew_that_changed(tmp_path, monkeypatch):
    with closing(Store(tmp_path / "networks.sqlite")) as store:
        plan = agenda(tiny_experiment(), seed=0, device=CPU, store=store).plan
    prepared.forget_images()
    original = prepared.load_data

    def older(*args, **kwargs):
        data = original(*args, **kwargs)
        return replace(data, train_images=255 - data.train_images)

    with monkeypatch.context() as patch:
        patch.setattr(prepared, "load_data", older)
        old = prepared.read_images(plan.images, 0, 8, CPU)  # by an earlier run of the worker
        with pytest.raises(DataError, match="other images than this process"):
            train_one.images_at(plan, 8, CPU)
    assert train_one.images_at(plan, 8, CPU).classes == old.data.classes


def test_random_labels_leave_chance_through_the_whole_sweep(tmp_path, monkeypatch):
    """No leak: with training labels shuffled, held-out accuracy is that of guessing."""
    original = train_one.resized_images

    def shuffled(*args, **kwargs):
        data = original(*args, **kwargs)
        order = torch.randperm(len(data.train_labels), generator=torch.Generator().manual_seed(1))
        return replace(data, train_labels=data.train_labels[order])

    held_out = 1_000
    learned = tiny_experiment(
        repeats=2, epochs=8, images=Images(data="digits", train=480, held_out=held_out)
    )
    correct = [one.measures.correct.sum() for one in run(learned, tmp_path / "true").networks]
    monkeypatch.setattr(train_one, "resized_images", shuffled)
    random = [one.measures.correct.sum() for one in run(learned, tmp_path / "random").networks]
    # Chance is 1/10; by Hoeffding's inequality a share of 1,000 exceeds it by 0.083 with
    # probability 1e-6. Predictions favour some classes, which are not all equally frequent.
    assert max(random) < 183
    assert min(correct) > 183


def test_times_of_networks_are_estimated(experiment, tmp_path):
    with closing(Store(tmp_path / "networks.sqlite")) as store:
        todo = agenda(experiment, seed=0, device=CPU, store=store)
    cells = [cell for cell, _ in experiment.cells]
    costs = seconds_a_network(todo.plan, cells, CPU)
    assert costs.keys() == set(cells)
    assert all(0 < cost < 60 for cost in costs.values())
    longer = replace(todo.plan, recipe=replace(todo.plan.recipe, epochs=2_000))
    assert seconds_a_network(longer, cells, CPU)[cells[0]] > costs[cells[0]]
