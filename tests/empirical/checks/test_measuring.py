"""The measuring code obeys Lemma 1."""

import pytest

from empirical.checks.section_2.measuring import check_lemma_1_in_measuring
from evidence.findings import Outcome, combined


@pytest.mark.parametrize("seed", range(5))
def test_it_holds_and_refutes_its_false_neighbours(seed):
    evidence = check_lemma_1_in_measuring(seed=seed)
    assert combined(evidence.stated) is Outcome.HOLDS
    assert all(control.outcome is Outcome.FAILS for control in evidence.controls)
