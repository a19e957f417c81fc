"""Records that lack what a claim compares leave it not checked; a check that breaks is an error."""

from contextlib import suppress
from dataclasses import replace

import pytest
import synthetic_sweeps
from hypothesis import given, settings
from hypothesis import strategies as st
from known_sweeps import over_poolings, over_sizes

from evidence.errors import LackingRecordsError
from evidence.faces import resolve
from sqrtd.ledgers.paper import LEDGER
from sqrtd.verdicts.checks import RecordedCheck, TrainedCheck, judge_networks
from sqrtd.verdicts.claims import NotCheckedError, Verdict
from sqrtd.verdicts.recorded import judge_sweep

SWEEPS = {
    "figure-1": over_sizes(images=60),
    "figure-2": synthetic_sweeps.sweep(synthetic_sweeps.Law(networks=2, images=60)),
    "figure-3": over_poolings(
        [{"share": share, "norm": 9.0, "accuracy": 0.8} for share in (0.05, 0.2, 0.3)]
    ),
}
CHECKS = sorted(
    {
        (claim.check.function, claim.check.figure)
        for claim in LEDGER.claims
        if isinstance(claim.check, RecordedCheck | TrainedCheck)
    }
)


@pytest.mark.parametrize(("function", "figure"), CHECKS)
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_a_part_of_a_sweep_is_judged_or_lacks_something(function, figure, data):
    """Never another error, which would be one of ours."""
    sweep = SWEEPS[figure]
    cells = sweep.cells()
    kept = data.draw(st.lists(st.booleans(), min_size=len(cells), max_size=len(cells)))
    part = sweep.only([cell for cell, keep in zip(cells, kept, strict=True) if keep])
    with suppress(LackingRecordsError):
        assert resolve(function)(part, error=0.01).stated


@pytest.mark.parametrize(("function", "figure"), CHECKS)
def test_no_networks_at_all_are_lacking(function, figure):
    with pytest.raises(LackingRecordsError):
        resolve(function)(SWEEPS[figure].only([]), error=0.01)


def breaking(sweep, *, error):
    raise ValueError("operands could not be broadcast together")


def lacking(sweep, *, error):
    raise LackingRecordsError("no network is wide")


def test_a_check_that_breaks_is_not_taken_for_lacking_networks():
    with pytest.raises(ValueError, match="broadcast"):
        judge_networks(f"{__name__}:breaking", SWEEPS["figure-3"], 0.01, "train")
    with pytest.raises(NotCheckedError, match="no network is wide"):
        judge_networks(f"{__name__}:lacking", SWEEPS["figure-3"], 0.01, "train")


@pytest.mark.parametrize(
    ("check", "verdict", "reason"),
    [("breaking", Verdict.ERROR, "Traceback"), ("lacking", Verdict.NOT_CHECKED, "no network is")],
)
def test_after_training_a_breaking_check_is_an_error(check, verdict, reason):
    claim = next(claim for claim in LEDGER.claims if claim.id == "figure-3")
    broken = replace(claim, check=replace(claim.check, function=f"{__name__}:{check}"))
    (found,) = judge_sweep("figure-3", SWEEPS["figure-3"], replace(LEDGER, claims=[broken]))
    assert found.verdict is verdict
    assert found.reason.startswith(reason)
