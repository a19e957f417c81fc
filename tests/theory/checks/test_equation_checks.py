"""Every check of the equations: its verdicts as read and corrected, and its false neighbours."""

import pytest

from evidence.findings import Outcome
from theory.checks.appendices.regularized_points import check_regularized_points
from theory.checks.appendices.robustness_bounds import check_equation_14, check_remark_1_margins
from theory.checks.appendices.signal_to_noise import (
    check_appendix_c,
    check_average_ratio,
    check_equation_17,
)
from theory.checks.section_2.augmented_training import (
    check_equation_3,
    check_equation_4,
    check_proposition_2,
)
from theory.checks.section_2.first_order import check_equation_2, check_lemma_1
from theory.checks.section_2.large_gradients import check_large_gradients
from theory.checks.section_2.random_noise import check_random_noise, check_tikhonov
from theory.checks.section_2.thresholds import check_equation_5, check_equation_6
from theory.checks.section_2.vulnerability import check_definition_1, check_lemma_1_vulnerability
from theory.checks.section_3.cross_entropy import (
    check_equation_9,
    check_equation_10,
    check_equation_16,
    check_remark_1,
)
from theory.checks.section_3.growth_exponents import (
    check_appendix_a1_exponent,
    check_section_3_condition,
)
from theory.checks.section_3.lower_error import check_remark_1_error
from theory.checks.section_4.figures import check_section_4_1_range, check_section_4_2_exponents
from theory.checks.section_5.class_switches import check_class_switches
from theory.checks.section_5.dimension_independent import check_dimension_independent
from theory.checks.section_5.trade_off import check_trade_off

HOLDS, FAILS = Outcome.HOLDS, Outcome.FAILS
STATED = {
    check_definition_1: [HOLDS] * 5,
    check_equation_2: [HOLDS] * 4,
    check_random_noise: [HOLDS] * 4,
    check_large_gradients: [HOLDS],
    check_lemma_1: [HOLDS] * 3,
    check_lemma_1_vulnerability: [HOLDS],
    check_equation_3: [HOLDS],
    check_equation_4: [FAILS, FAILS],
    check_proposition_2: [HOLDS] * 3,
    check_tikhonov: [HOLDS],
    check_equation_5: [HOLDS] * 3,
    check_average_ratio: [HOLDS],
    check_equation_6: [HOLDS] * 4,
    check_section_3_condition: [HOLDS, HOLDS],
    check_equation_9: [FAILS] * 3,
    check_remark_1: [HOLDS, HOLDS],
    check_remark_1_error: [HOLDS] * 2,
    check_remark_1_margins: [HOLDS],
    check_equation_10: [FAILS, FAILS, HOLDS],
    check_section_4_1_range: [FAILS, HOLDS, FAILS],
    check_section_4_2_exponents: [HOLDS] * 2,
    check_dimension_independent: [HOLDS] * 3,
    check_class_switches: [HOLDS, FAILS],
    check_trade_off: [FAILS],
    check_appendix_a1_exponent: [FAILS],
    check_equation_14: [HOLDS] * 2,
    check_equation_16: [HOLDS, HOLDS],
    check_regularized_points: [HOLDS, FAILS],
    check_equation_17: [FAILS, HOLDS],
    check_appendix_c: [HOLDS] * 2,
}
TOLD_TO_THE_LETTER = {
    check_large_gradients,
    check_lemma_1_vulnerability,
    check_equation_4,
    check_proposition_2,
    check_average_ratio,
    check_equation_6,
    check_section_3_condition,
    check_remark_1_error,
    check_section_4_1_range,
    check_section_4_2_exponents,
    check_equation_14,
    check_equation_17,
}
"""Each has a literal reading, which fails."""

checks = pytest.mark.parametrize("check", STATED, ids=lambda check: check.__name__)


@checks
def test_the_statement_is_judged_its_correction_holds_and_false_neighbours_fail(check):
    evidence = check(seed=0)
    assert [finding.outcome for finding in evidence.stated] == STATED[check]
    assert {finding.outcome for finding in evidence.corrected} <= {HOLDS}
    assert bool(evidence.corrected) == (FAILS in STATED[check])
    assert {finding.outcome for finding in evidence.literal} == (
        {FAILS} if check in TOLD_TO_THE_LETTER else set()
    )
    assert evidence.controls
    assert {finding.outcome for finding in evidence.controls} == {FAILS}
    for finding in (*evidence.stated, *evidence.literal, *evidence.controls):
        assert finding.outcome is not FAILS or len(finding.counterexample) < 200
    for table in evidence.tables:
        assert {len(row) for row in table.rows} == {len(table.columns)}


@checks
def test_the_same_seed_gives_the_same_evidence_and_progress_does_not_go_back(check):
    fractions = []
    evidence = check(seed=1, progress=lambda fraction, activity: fractions.append(fraction))
    assert evidence == check(seed=1)
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] <= 1
