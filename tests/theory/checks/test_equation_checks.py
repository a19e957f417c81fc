"""Every check of the equations: its verdict as printed and corrected, and its false neighbours."""

import pytest

from evidence.findings import Outcome
from theory.checks.appendices.robustness_bounds import check_equation_14
from theory.checks.appendices.signal_to_noise import check_appendix_c, check_equation_17
from theory.checks.section_2.augmented_training import (
    check_equation_3,
    check_equation_4,
    check_proposition_2,
)
from theory.checks.section_2.first_order import check_equation_2, check_lemma_1
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
from theory.checks.section_4.figures import check_section_4_1_range, check_section_4_2_exponents

HOLDS, FAILS = Outcome.HOLDS, Outcome.FAILS
PRINTED = {
    check_definition_1: [HOLDS] * 5,
    check_equation_2: [HOLDS] * 4,
    check_lemma_1: [HOLDS] * 3,
    check_lemma_1_vulnerability: [FAILS, FAILS],
    check_equation_3: [HOLDS],
    check_equation_4: [FAILS, FAILS],
    check_proposition_2: [FAILS, FAILS, FAILS],
    check_equation_5: [HOLDS] * 3,
    check_equation_6: [HOLDS] * 4,
    check_section_3_condition: [HOLDS, HOLDS],
    check_equation_9: [FAILS] * 3,
    check_remark_1: [HOLDS, HOLDS],
    check_equation_10: [FAILS, FAILS, HOLDS],
    check_section_4_1_range: [FAILS, HOLDS, FAILS],
    check_section_4_2_exponents: [FAILS, FAILS],
    check_appendix_a1_exponent: [FAILS],
    check_equation_14: [FAILS],
    check_equation_16: [HOLDS, HOLDS],
    check_equation_17: [FAILS, FAILS, HOLDS],
    check_appendix_c: [HOLDS, FAILS],
}
checks = pytest.mark.parametrize("check", PRINTED, ids=lambda check: check.__name__)


@checks
def test_the_print_is_judged_the_correction_holds_and_false_neighbours_fail(check):
    evidence = check(seed=0)
    assert [finding.outcome for finding in evidence.stated] == PRINTED[check]
    assert {finding.outcome for finding in evidence.corrected} <= {HOLDS}
    assert bool(evidence.corrected) == (FAILS in PRINTED[check])
    assert evidence.controls
    assert {finding.outcome for finding in evidence.controls} == {FAILS}
    for finding in (*evidence.stated, *evidence.controls):
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
