"""Exact moments: Theorems 3, 4 and 6, Corollary 5, Equations 8 and 13, assumption (S)."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from evidence.findings import Outcome
from theory.checks.appendices.equation_13 import check_equation_13
from theory.checks.section_3 import convolution_moments, symmetric_architectures
from theory.checks.section_3.average_pooling_moments import check_theorem_6_moments
from theory.checks.section_3.convolution_moments import check_corollary_5_moments
from theory.checks.section_3.equation_8 import check_equation_8_moments, check_theorem_3_moments
from theory.checks.section_3.feedforward_moments import check_theorem_4_moments
from theory.checks.section_3.one_pixel_moments import check_one_pixel_needs_root_n
from theory.checks.section_3.symmetric_architectures import check_assumption_s, spread
from theory.checks.section_3.theorem_4_implies_3 import check_theorem_4_implies_3
from theory.checks.subjects.moment_comparisons import is_symmetric, moments
from theory.checks.subjects.path_networks import SymmetricPad1d, fits, strided
from theory.dag import Dag
from theory.modules.operators.table import OPERATORS
from theory.networks.sequential_networks import PADDING_MODES, Network, convolution, with_logit
from theory.paths import path_pairs, path_polynomial
from theory.strategies import dags

HOLDS, FAILS = Outcome.HOLDS, Outcome.FAILS

PRINTED = {
    check_theorem_3_moments: [HOLDS],
    check_equation_8_moments: [HOLDS, HOLDS, FAILS, HOLDS],
    check_equation_13: [HOLDS] * 5,
    check_theorem_4_moments: [HOLDS] * 3,
    check_corollary_5_moments: [HOLDS, FAILS],
    check_theorem_6_moments: [FAILS],
    check_theorem_4_implies_3: [HOLDS] * 2,
    check_one_pixel_needs_root_n: [HOLDS] * 3,
    check_assumption_s: [HOLDS] * 4 + [FAILS],
}


@pytest.mark.parametrize("check", PRINTED, ids=lambda check: check.__name__)
def test_outcomes(check):
    fractions = []
    evidence = check(seed=0, progress=lambda fraction, activity: fractions.append(fraction))
    assert [finding.outcome for finding in evidence.stated] == PRINTED[check]
    assert {finding.outcome for finding in evidence.corrected} <= {HOLDS}
    assert bool(evidence.corrected) == (FAILS in PRINTED[check])
    assert {control.outcome for control in evidence.controls} == {FAILS}
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] <= 1


def test_counterexamples_are_small():
    unseen = check_corollary_5_moments(seed=0).stated[1].summary
    assert "kernel 1, stride 2: γ = 0.000 from d = 2 to 4" in unseen
    (single,) = check_corollary_5_moments(seed=0).literal
    assert "Conv1d(1, 1, 1, stride=2)" in single.summary
    assert "(1, 2)" in single.summary
    stride = check_assumption_s(seed=0).stated[-1].summary
    assert "Conv1d(1, 1, 1, stride=2)" in stride
    assert "input 0, none from input 1" in stride


def test_mirror_padding_is_not_padding_by_copies_of_the_border_pixel(monkeypatch):
    monkeypatch.setattr(symmetric_architectures, "SymmetricPad1d", nn.ReplicationPad1d)
    (mirrored,) = (f for f in check_assumption_s(seed=0).corrected if "mirror" in f.statement)
    assert mirrored.outcome is FAILS


@st.composite
def convolutional_networks(draw):
    """Draw one or two convolutions without zero padding, and a logit."""
    pixels, layers = draw(st.integers(2, 6)), []
    size = pixels
    for _ in range(draw(st.integers(1, 2))):
        kernel, stride = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        mode = draw(st.sampled_from(PADDING_MODES[1:]))
        padding = draw(st.integers(0, 2))
        assume(fits(kernel, padding, mode, size))
        layers += convolution(kernel, padding=padding, mode=mode, stride=stride)
        size = (size + 2 * padding - kernel) // stride + 1
    return with_logit(layers, (1, pixels))


@settings(max_examples=60, deadline=None)
@given(convolutional_networks())
def test_theorem_4_on_random_convolutions(network):
    """The mean squared norm is 1 with or without (S); coordinates are 1/d under it."""
    found, d = moments(network), len(network.dag.inputs)
    assert sum(found) == 1
    if is_symmetric(network.dag):
        assert set(found) == {Fraction(1, d)}
    without_relu = Network(list(network.module)[:-1], network.shape)
    assert sum(moments(without_relu)) == 2


@settings(max_examples=100, deadline=None)
@given(dags())
def test_theorem_4_on_random_dags(dag):
    for o in dag.outputs:
        found = dag.second_moments(o)
        assert sum(found.values()) == 1
        assert found == dag.path_sums(o)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.integers(1, 6), st.integers(1, 4))
def test_periodic_strided_layers_are_symmetric_exactly_for_multiples(stride, kernel, periods):
    assume(stride <= kernel <= stride + stride * periods)
    network = with_logit(strided(kernel, stride), (1, stride * periods))
    assert is_symmetric(network.dag) == (kernel % stride == 0)


def test_path_sums_beside_mirrors_by_hand():
    def one(layers):
        return spread(with_logit(layers, (1, 8)))

    # Interior pixels have 3 paths of degree 3. Reflected: pixel 0 has 2, pixel 1 has 4.
    assert one(convolution(3, padding=1, mode="reflect")) == 2
    assert one(convolution(3, padding=1)) == Fraction(7, 5)
    assert one([SymmetricPad1d(2), *convolution(5)]) == 1
    assert one(convolution(3, padding=1, mode="replicate")) == 1
    assert one(convolution(5, padding=2, mode="replicate")) > 1
    assert one(convolution(1, stride=2)) == float("inf")


@pytest.mark.parametrize(
    "check",
    [check_theorem_3_moments, check_theorem_4_moments, check_equation_13],
    ids=lambda check: check.__name__,
)
def test_relus_that_kill_a_third_are_refuted(check, monkeypatch):
    monkeypatch.setattr(path_pairs, "HALF", Fraction(2, 3))
    assert check(seed=0).stated[0].outcome is FAILS


def with_larger_divisors(monkeypatch, name):
    """Let DAGs have larger divisors where torch calls an operator."""
    original = OPERATORS[name]

    def falsified(call, func):
        codes = original(call, func)
        for layer in call.neurons.layers[-1:]:
            call.neurons.layers[-1] = replace(layer, divisors=layer.divisors + 1)
        return codes

    monkeypatch.setitem(OPERATORS, name, falsified)


@pytest.mark.parametrize(
    ("check", "name"),
    [(check_theorem_6_moments, "avg_pool2d"), (check_corollary_5_moments, "convolution")],
)
def test_a_falsified_divisor_is_refuted(check, name, monkeypatch):
    with_larger_divisors(monkeypatch, name)
    assert check(seed=0).corrected[0].outcome is FAILS


def test_averages_of_another_divisor_leave_no_independence_of_the_resolution(monkeypatch):
    with_larger_divisors(monkeypatch, "avg_pool2d")
    evidence = check_one_pixel_needs_root_n(seed=0)
    assert [finding.outcome for finding in evidence.stated] == [HOLDS, FAILS, FAILS]


def test_equal_coordinates_do_not_leave_equation_7(monkeypatch):
    """As they would be under (S)."""

    def equal(network):
        d = len(network.dag.inputs)
        return [Fraction(1, d)] * d

    monkeypatch.setattr(convolution_moments, "moments", equal)
    (larger,) = (
        f for f in check_corollary_5_moments(seed=0).corrected if "rise with q" in f.statement
    )
    assert larger.outcome is FAILS
    assert "kernel 3, stride 2: +0.000 at q = 1" in larger.summary.replace("-0.000", "+0.000")


@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (4, 3)])
def test_all_pixels_together_grow_alike_in_one_and_two_dimensions(kernel, stride):
    """Σ_x √E[(∂_x f_k)²] of a square is the square of that of a line: one factor an axis."""
    line, square = (
        Network(strided(kernel, stride, axes=axes), (1, *[stride] * axes)) for axes in (1, 2)
    )
    sums = [sum(float(moment) ** 0.5 for moment in moments(one)) for one in (line, square)]
    assert sums[1] == pytest.approx(sums[0] ** 2)


def test_a_falsified_in_degree_is_refuted(monkeypatch):
    original = Dag.in_degree
    monkeypatch.setattr(Dag, "in_degree", lambda dag, node: original(dag, node) + 1)
    assert check_equation_13(seed=0).stated[2].outcome is FAILS


def test_path_degrees_without_their_numbers_are_refuted(monkeypatch):
    original = path_polynomial._sweep

    def without_numbers(dag, o, **options):
        return [
            Counter(dict.fromkeys(carried, 1)) if isinstance(carried, Counter) else carried
            for carried in original(dag, o, **options)
        ]

    monkeypatch.setattr(path_polynomial, "_sweep", without_numbers)
    *_, never, not_even_inside = check_assumption_s(seed=0).corrected
    assert never.outcome is FAILS
    assert not_even_inside.outcome is FAILS
