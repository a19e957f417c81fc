"""The checks on convolutional networks: right on the true law, and refuted when it is falsified.

The truth runs at the ledger's own error level, so a finding is on the wrong side with probability
5e-5 at most; the seeds are fixed.
"""

from functools import partial

import pytest
import torch
from ledger_level import VERDICT_ERROR
from torch import nn

import simulations.checks.section_3.average_pooling
import simulations.checks.section_4.dilations
import simulations.checks.section_4.max_pooling
import simulations.engine.ensemble
import simulations.networks.initialization
from evidence.findings import Finding, Outcome
from simulations.checks.appendices.equation_13 import check_equation_13
from simulations.checks.section_3.average_pooling import CASES, check_theorem_6
from simulations.checks.section_3.feedforward import check_theorem_4
from simulations.checks.section_3.one_pixel import check_one_pixel, windows
from simulations.checks.section_3.strided_convolutions import check_corollary_5
from simulations.checks.section_4.dilations import check_dilations
from simulations.checks.section_4.max_pooling import check_max_pooling
from simulations.engine.ensemble import plan
from simulations.engine.sampler import Sampler
from simulations.networks import families, simple_networks
from simulations.networks.paper_networks import figure_1

FALSE_IN_PRINT = {
    check_theorem_4: "nothing",
    check_corollary_5: "kernel 1",
    check_theorem_6: "divided",
    check_one_pixel: "nothing",
    check_max_pooling: "one max-pooling",
    check_equation_13: "nothing",
}
"""What stands in the statements that fail as read."""


@pytest.fixture(scope="module")
def sampler():
    """Shared, as in a run of the ledger: equal ensembles are sampled once."""
    return Sampler(seed=1)


@pytest.fixture
def fresh(monkeypatch):
    """For falsified ingredients; modules that were built with them are forgotten afterwards."""
    monkeypatch.setattr(simulations.engine.ensemble, "MOST_IN_A_BLOCK", 64)
    plan.cache_clear()
    yield Sampler(seed=2)
    plan.cache_clear()


def outcomes(findings: list[Finding], containing: str = "") -> set[Outcome]:
    return {finding.outcome for finding in findings if containing in finding.statement}


@pytest.mark.parametrize("check", FALSE_IN_PRINT)
def test_each_claim_is_decided_and_rightly(check, sampler):
    evidence = check(sampler, error=VERDICT_ERROR)
    for finding in evidence.stated:
        false = FALSE_IN_PRINT[check] in finding.statement
        assert finding.outcome is (Outcome.FAILS if false else Outcome.HOLDS), finding
    assert outcomes(evidence.corrected) <= {Outcome.HOLDS}
    assert outcomes(evidence.literal) <= {Outcome.FAILS}
    assert outcomes(evidence.controls) == {Outcome.FAILS}
    assert evidence.tables


def test_half_the_variance_refutes_second_moments(monkeypatch, fresh):
    monkeypatch.setattr(
        simulations.networks.initialization, "he_variance", lambda in_degree: 1 / in_degree
    )
    evidence = check_theorem_4(fresh, error=VERDICT_ERROR, budget=0.06)
    assert outcomes(evidence.stated, "‖_2²]") == {Outcome.FAILS}
    evidence = check_equation_13(fresh, error=VERDICT_ERROR, budget=0.03)
    assert outcomes(evidence.stated) == {Outcome.FAILS}


def test_a_variance_that_depends_wrongly_on_the_in_degree_refutes_growth(monkeypatch, fresh):
    """The windows' kernels grow with the image, and so does their in-degree."""
    monkeypatch.setattr(
        simulations.networks.initialization, "he_variance", lambda in_degree: 2 / in_degree**1.3
    )
    evidence = check_one_pixel(fresh, error=VERDICT_ERROR, budget=0.1)
    assert outcomes(evidence.stated, "growing windows") == {Outcome.FAILS}
    evidence = check_corollary_5(fresh, error=VERDICT_ERROR, budget=0.03)
    assert outcomes(evidence.stated, "periodic padding: mean") == {Outcome.FAILS}


def test_twice_the_average_refutes_even_the_corrected_theorem_6(monkeypatch, fresh):
    wrong = partial(
        simple_networks.strided,
        pooling=lambda stride: nn.AvgPool2d(stride, divisor_override=stride**2 // 2),
    )
    monkeypatch.setitem(families.FAMILIES, "average-pool", wrong)
    monkeypatch.setattr(simulations.checks.section_3.average_pooling, "CASES", CASES[:2])
    evidence = check_theorem_6(fresh, error=VERDICT_ERROR, budget=0.03)
    assert outcomes(evidence.corrected, "∂_x f_k") == {Outcome.FAILS}


def test_averages_that_do_not_average_refute_independence_of_the_resolution(monkeypatch, fresh):
    wrong = partial(simple_networks.strided, pooling=lambda stride: nn.MaxPool2d(1, stride=stride))
    monkeypatch.setitem(families.FAMILIES, "average-pool", wrong)
    evidence = check_one_pixel(fresh, error=VERDICT_ERROR, budget=0.1)
    assert outcomes(evidence.stated, "growing windows") == {Outcome.FAILS}
    evidence = check_max_pooling(fresh, error=VERDICT_ERROR, budget=0.1)
    assert outcomes(evidence.stated, "average-poolings") == {Outcome.FAILS}


def test_growth_that_does_not_end_refutes_saturation(monkeypatch, fresh):
    """With growing windows for the one over all pixels, vulnerability grows on like √d."""
    monkeypatch.setattr(
        simulations.checks.section_4.max_pooling,
        "over_all_pixels",
        lambda network, *, sizes: windows(network)[: len(sizes)],
    )
    evidence = check_max_pooling(fresh, error=VERDICT_ERROR, budget=0.1)
    assert outcomes(evidence.corrected, "one max-pooling") == {Outcome.FAILS}


def test_dilations_that_are_forgotten_are_noticed(monkeypatch):
    def undilated(size):
        module, shape = figure_1(size)
        for layer in module:
            if isinstance(layer, nn.Conv2d):
                layer.dilation = (1, 1)
        return module, shape

    stated = check_dilations(seed=0).stated
    assert outcomes(stated) == {Outcome.HOLDS}
    monkeypatch.setattr(simulations.checks.section_4.dilations, "figure_1", undilated)
    parameters, *others = check_dilations(seed=0).stated
    assert parameters.outcome is Outcome.HOLDS
    assert outcomes(others) == {Outcome.FAILS}


@pytest.mark.parametrize("dilation", [1, 2])
def test_receptive_fields_are_those_of_gradients(dilation):
    """On a stack of Figure 1's kind whose maxima are averages, so that every pixel counts."""
    layers = [
        nn.Conv2d(1, 1, 3, dilation=dilation, padding=dilation, bias=False),
        nn.MaxPool2d(2),
        nn.Conv2d(1, 1, 3, dilation=dilation, padding=dilation, bias=False),
    ]
    field = simulations.checks.section_4.dilations._Image(32, layers).field
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            nn.init.ones_(layer.weight)
    layers[1] = nn.AvgPool2d(2)
    x = torch.zeros(1, 1, 32, 32, requires_grad=True)
    nn.Sequential(*layers)(x)[0, 0, 8, 8].backward()
    seen = x.grad[0, 0].abs().sum(0).nonzero().flatten()
    assert field * 32 == int(seen.max() - seen.min()) + 1


def test_equal_seeds_give_equal_findings():
    first, second, other = (
        check_equation_13(Sampler(seed=seed), error=VERDICT_ERROR, budget=1e-6)
        for seed in (5, 5, 6)
    )
    assert first.stated == second.stated
    assert first.tables == second.tables
    assert first.stated != other.stated
