"""Networks that are paired over sizes, and intervals of what pairs have in common."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from known_sweeps import over_sizes as over_known_sizes
from scipy import stats
from sweep_runs import CPU, due, run
from tiny_experiments import tiny_cell, tiny_experiment

from empirical.checks.growth import exponents
from empirical.measures.quantities import log_norms
from empirical.measures.trained import NetworkId
from empirical.sweeps import train_one
from empirical.sweeps.record import read_sweep, write_record
from empirical.sweeps.sweep import agenda
from evidence.two_level import two_level_interval
from running.store import Store


def tiny_pairs(*, paired, folder):
    cells = [replace(tiny_cell(), size=size) for size in (8, 16)]
    experiment = replace(tiny_experiment(*cells, repeats=2), paired=paired)
    with closing(Store(folder / "networks.sqlite")) as store:
        plan = agenda(experiment, seed=0, device=CPU, store=store).plan
    return experiment, plan, cells


@pytest.mark.parametrize("paired", [True, False])
def test_networks_of_one_index_begin_alike_at_every_size_of_a_pair(tmp_path, paired):
    _, plan, cells = tiny_pairs(paired=paired, folder=tmp_path)

    def weights(cell, index):
        data = train_one.images_at(plan, cell.size, CPU)
        return train_one.initial_network(plan, NetworkId(cell, index), data).state_dict()

    small, large = (weights(cell, 0) for cell in cells)
    assert all(torch.equal(small[name], large[name]) for name in small) is paired
    other = weights(cells[0], 1)
    assert not all(torch.equal(small[name], other[name]) for name in small)
    names = {plan.stream_name(NetworkId(cell, 0)) for cell in cells}
    assert len(names) == (1 if paired else 2)  # which name the order of the images, too


def test_a_sweep_says_whether_it_is_paired_and_so_does_its_record(tmp_path):
    experiment, plan, _ = tiny_pairs(paired=True, folder=tmp_path)
    sweep = run(experiment, tmp_path)
    assert sweep.paired
    write_record(tmp_path, experiment, sweep, {"seed": 0, "run": plan.run, "images": plan.digest})
    assert read_sweep(tmp_path)[0].paired
    with closing(Store(Path(":memory:"))) as store:
        assert agenda(experiment, seed=0, device=CPU, store=store, record=tmp_path).due == []
    assert len(due(replace(experiment, paired=False), tmp_path)) == 4


def paired_law(*, shared, seed=0, networks=8, images=400):
    """Draw a paired sweep of √d, in which networks of one index share a part of their chance."""
    rng = np.random.default_rng(seed)
    luck = rng.normal(size=networks)
    sweep = over_known_sizes((32, 64, 128), images=images, spread=0.0, seed=seed)
    chance = {}
    for one in sweep.networks:
        own = rng.normal()
        chance[one.cell, one.index] = np.exp(
            0.3 * (shared * luck[one.index] + np.sqrt(1 - shared**2) * own)
        )
    return replace(
        sweep,
        paired=True,
        networks=[
            replace(
                one,
                measures=replace(
                    one.measures,
                    gradient_norm=one.measures.gradient_norm * chance[one.cell, one.index],
                ),
            )
            for one in sweep.networks
        ],
    )


def exponent(sweep, *, error=0.05):
    return exponents(sweep, error)["the mean l1-norm of the loss gradient"]


def test_what_pairs_share_cancels():
    sweep = paired_law(shared=1.0)
    pairs, independent = exponent(sweep), exponent(replace(sweep, paired=False))
    assert pairs.estimate == pytest.approx(independent.estimate)
    assert pairs.high - pairs.low < 0.4 * (independent.high - independent.low)


def test_pairs_that_share_nothing_gain_nothing():
    sweep = paired_law(shared=0.0)
    pairs, independent = exponent(sweep), exponent(replace(sweep, paired=False))
    assert pairs.high - pairs.low > 0.8 * (independent.high - independent.low)


def test_the_interval_of_pairs_is_that_of_their_slopes():
    """Written out: one slope a network and image, and one two-level interval of them."""
    sweep = paired_law(shared=0.5)
    logs = [log_norms(sweep, cell) for cell in sweep.cells()]
    centred = np.log([sweep.of(cell)[0].d for cell in sweep.cells()])
    centred -= centred.mean()
    slopes = sum(a * log for a, log in zip(centred / (centred @ centred), logs, strict=True))
    expected, found = two_level_interval(slopes, 0.05), exponent(sweep)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.samples == 8


def test_pairs_are_found_by_their_index_whatever_the_order_and_gaps():
    sweep = paired_law(shared=1.0)
    last = sweep.cells()[-1]
    gaps = [one for one in sweep.networks if (one.cell, one.index) != (last, 3)]
    found = exponent(replace(sweep, networks=gaps[::-1]))
    whole = [one for one in sweep.networks if one.index != 3]
    expected = exponent(replace(sweep, networks=whole))
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.samples == 7


def test_sizes_without_a_common_network_are_one_line():
    sweep = paired_law(shared=1.0)
    first = sweep.cells()[0]
    apart = [one for one in sweep.networks if (one.index < 4) == (one.cell == first)]
    with pytest.raises(ValueError, match=r"no network of .* is there at every size") as error:
        exponent(replace(sweep, networks=apart))
    assert "\n" not in str(error.value)


def test_intervals_of_pairs_cover():
    """At error 0.1, with networks that share half of their variance."""
    runs = 400
    found = [
        exponent(paired_law(shared=0.7, seed=seed, images=50), error=0.1) for seed in range(runs)
    ]
    missed = sum(not one.low <= 0.5 <= one.high for one in found)
    assert missed <= stats.binom.isf(1e-6, runs, 0.1)
