"""Cells of too few networks decide nothing."""

from dataclasses import replace

import pytest
from known_sweeps import over_poolings, over_sizes

from empirical.measures.enough import LEAST_NETWORKS, networks_a_cell, with_enough


def without(sweep, size, index):
    """Leave one network out."""
    return replace(
        sweep,
        networks=[one for one in sweep.networks if (one.cell.size, one.index) != (size, index)],
    )


def test_cells_with_enough_networks_are_kept_whole():
    sweep = over_poolings([{"networks": n} for n in (LEAST_NETWORKS, LEAST_NETWORKS - 1, 12)])
    average, _, most = sweep.cells()
    assert with_enough(sweep).cells() == [average, most]
    assert len(with_enough(sweep).networks) == LEAST_NETWORKS + 12


def test_a_paired_sweep_counts_pairs():
    """One network is missing at one size, another at another: two pairs are broken."""
    whole = over_sizes((32, 64))
    broken = without(without(whole, 32, 0), 64, 1)
    assert set(networks_a_cell(broken).values()) == {7}
    assert set(networks_a_cell(replace(broken, paired=True)).values()) == {6}
    assert with_enough(replace(whole, paired=True)).networks == whole.networks
    assert with_enough(replace(broken, paired=True)).networks == []


@pytest.mark.parametrize("paired", [False, True])
def test_no_networks_are_no_cells(paired):
    assert networks_a_cell(replace(over_sizes().only([]), paired=paired)) == {}
