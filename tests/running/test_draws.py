"""Every network's random numbers are its own."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from running.draws import Draws


@given(
    shapes=st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=3), min_size=1, max_size=5),
    reserved=st.integers(0, 6),
    seed=st.integers(0, 2**40),
)
@settings(max_examples=60, deadline=None)
def test_numbers_depend_on_neither_batch_nor_reserve(shapes, reserved, seed):
    def drawn(networks, reserve):
        draws = Draws(seed, "a", networks)
        if reserve:
            draws.reserve(*(torch.Size(shape).numel() for shape in shapes[:reserve]))
        return [draws.normal(*shape) for shape in shapes]

    alone = [drawn([index], 0) for index in range(4)]
    together = drawn(range(4), reserved)
    for number, shape in enumerate(shapes):
        assert together[number].shape == (4, *shape)
        for index in range(4):
            assert torch.equal(together[number][index], alone[index][number][0])


def test_seeds_names_and_networks_have_streams_of_their_own():
    streams = [
        Draws(seed, name, range(50)).normal(40)
        for seed, name in ((0, "a"), (1, "a"), (0, "b"), (2**40, "a"))
    ]
    rows = torch.cat(streams)
    correlations = torch.corrcoef(rows).fill_diagonal_(0)
    # Of 19,900 correlations of 40 normals, none should reach 0.75: p < 1e-3 in all.
    assert correlations.abs().max() < 0.75
    assert torch.corrcoef(torch.cat([rows, rows[:1]])).fill_diagonal_(0).max() > 0.75


@pytest.mark.parametrize("count", [1, 5, 16, 33, 1000])
def test_numbers_are_normal(count):
    numbers = Draws(3, "law", range(2000)).normal(count)[:, -1]
    assert stats.kstest(numbers.numpy(), "norm").pvalue > 1e-3
    assert stats.kstest(1.3 * numbers.numpy(), "norm").pvalue < 1e-3


def test_gates_are_fair_coins():
    gates = Draws(0, "coins", range(3)).gates(5000)
    assert set(gates.unique().tolist()) == {0.0, 1.0}
    assert stats.binomtest(int(gates.sum()), 15_000).pvalue > 1e-3


@pytest.mark.parametrize("first", [1, 16, 33])
@pytest.mark.parametrize("second", [1, 16, 33])
def test_a_change_of_one_draw_in_place_leaves_gradients_by_others(first, second):
    draws = Draws(0, "a", range(2))
    draws.reserve(first, second)
    x = torch.ones(2, first, requires_grad=True)
    kept = draws.normal(first)
    product = (x * kept).sum()  # for its derivative, autograd keeps the numbers themselves
    draws.normal(second).mul_(2)
    (gradient,) = torch.autograd.grad(product, x, retain_graph=True)
    assert torch.equal(gradient, kept)
    kept.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.grad(product, x)
