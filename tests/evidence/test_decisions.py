"""Statements of several findings keep their error, and confirming one costs no correction."""

import numpy as np
import pytest

from evidence.decisions import decide
from evidence.findings import Exact, Findings, Outcome, combined
from evidence.levels import doublings, statement_error
from evidence.means import mean_interval

HOLDS, FAILS, UNDECIDED = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED
PARTS, NETWORKS, ERROR = 4, 30, 0.05


def outcome(means, seed, decided_by):
    """Of the statement that all means are 0 within 1, from 30 standard normal errors each."""
    samples = np.random.default_rng(seed).normal(size=(PARTS, NETWORKS))

    def findings_at(error):
        return Findings(
            stated=[
                mean_interval(mean + row, error).against("", predicted=0, margin=1)
                for mean, row in zip(means, samples, strict=True)
            ]
        )

    return combined(decided_by(findings_at, ERROR).stated)


def without_a_correction(findings_at, error):
    return findings_at(2 * error)


def share(means, wanted, decided_by=decide, runs=2000):
    return np.mean([outcome(means, seed, decided_by) is wanted for seed in range(runs)])


def test_a_true_statement_on_its_edge_fails_no_more_often_than_allowed():
    """Binomial(2000, 0.05) exceeds 0.075 with probability below 1e-6; the control is near 0.18."""
    on_the_edge = [1.0, -1.0, 1.0, -1.0]
    assert share(on_the_edge, FAILS) <= 0.075 < share(on_the_edge, FAILS, without_a_correction)


def test_a_false_statement_on_its_edge_holds_no_more_often_than_allowed():
    """One part is at the edge, the others are far inside: the worst that an intersection can do."""
    found = share([1.0, 0.0, 0.0, 0.0], HOLDS)
    assert 0.025 < found <= 0.075  # no smaller: nothing was given away


def test_a_decided_finding_has_the_interval_that_decided_it():
    rows = {"inside": 0.0, "outside": 3.0, "on the edge": 1.0}
    samples = np.random.default_rng(0).normal(size=NETWORKS)
    samples -= samples.mean()

    def findings_at(error):
        return Findings(
            stated=[
                mean_interval(mean + samples, error).against(name, predicted=0, margin=1)
                for name, mean in rows.items()
            ],
            controls=[mean_interval(samples, error).against("control", predicted=9, margin=1)],
        )

    found = decide(findings_at, 0.03)
    assert [finding.outcome for finding in found.stated] == [HOLDS, FAILS, UNDECIDED]
    assert [finding.error for finding in found.stated] == pytest.approx([0.06, 0.01, 0.01])
    assert found.controls[0].error == 0.06


def test_exact_findings_are_made_once():
    calls = []

    def findings_at(error):
        calls.append(error)
        return Findings(stated=[Exact(statement="", cases=1)])

    assert decide(findings_at, 0.01).stated[0].outcome is HOLDS
    assert len(calls) == 1


def test_the_directions_can_have_levels_of_their_own():
    samples = np.random.default_rng(0).normal(size=NETWORKS)

    def findings_at(error):
        interval = mean_interval(samples, error)
        return Findings(
            stated=[interval.against("", predicted=where, margin=1) for where in (0, 9)]
        )

    found = decide(findings_at, 0.01, failing_error=0.04)
    assert [finding.outcome for finding in found.stated] == [HOLDS, FAILS]
    assert [finding.error for finding in found.stated] == pytest.approx([0.02, 0.02])


def test_half_of_the_error_is_shared_among_the_statements():
    assert statement_error(0.05, 100) == pytest.approx(0.05 / 200)
    assert statement_error(0.05, 0) == 0.025


def test_looks_at_a_budget_are_its_doublings():
    assert [doublings(budget) for budget in (0.1, 1, 1.5, 2, 3, 4, 5)] == [0, 0, 1, 1, 2, 2, 3]
