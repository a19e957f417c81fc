"""Training goes on where a decision is nearest, and a look pays for the ones before it."""

import math
from dataclasses import replace

import pytest
from known_sweeps import over_poolings

from empirical.measures.looks import looked_again
from evidence.findings import Evidence, Outcome
from evidence.intervals import Interval
from evidence.levels import error_of_round
from sqrtd.ledgers.paper import LEDGER
from sqrtd.verdicts.checks import RecordedCheck
from sqrtd.verdicts.claims import Claim, Ledger
from sqrtd.verdicts.open_claims import OpenClaim, describe_open, next_networks, open_claims

AVERAGE, STRIDED, MAX = over_poolings([{"networks": 1}] * 3, images=2).cells()


def poolings(networks, *, share=(0.1, 0.2, 0.3), **chance):
    laws = [
        {"share": each, "norm": 50 * each, "networks": count}
        for each, count in zip(share, networks, strict=True)
    ]
    return over_poolings(laws, **{"images": 400, "spread": 0.3, **chance})


def open_by_name(sweep):
    return {claim.name: claim for claim in open_claims("figure-3", sweep, LEDGER)}


def test_too_few_networks_want_as_many_as_decide_anything():
    found = open_by_name(poolings((4, 4, 4)))["figure-3"]
    assert found.factor == 2
    assert found.reason.startswith("4 networks a cell; 8 are needed")
    assert set(found.cells) == {AVERAGE, STRIDED, MAX}


def test_what_is_decided_is_not_open():
    assert "figure-3" not in open_by_name(
        poolings((40, 40, 40), share=(0.02, 0.2, 0.4), images=4000, spread=0.05)
    )


def open_claim(name, factor, *cells):
    return OpenClaim(name=name, factor=factor, cells=cells)


COSTS = {AVERAGE: 1.0, STRIDED: 1.0, MAX: 10.0}


@pytest.mark.parametrize(
    ("claims", "grown"),
    [
        ([open_claim("far", 9.0, AVERAGE, STRIDED), open_claim("near", 2.0, AVERAGE)], [AVERAGE]),
        ([open_claim("dear", 2.0, MAX), open_claim("cheap", 9.0, AVERAGE)], [AVERAGE]),
        ([open_claim("unknown", math.inf, MAX), open_claim("known", 1e9, STRIDED)], [STRIDED]),
        ([open_claim("unknown", math.inf, MAX)], [MAX]),
        ([OpenClaim(name="hopeless", reason="not measured")], []),
        ([], []),
    ],
)
def test_the_claim_whose_decision_takes_least_time_comes_first(claims, grown):
    sweep = poolings((8, 8, 8))
    counts = next_networks(claims, COSTS, sweep)
    assert [cell for cell, count in counts.items() if count > 8] == grown
    assert set(counts.values()) <= {8, 16}
    assert bool(counts) == bool(grown)


def test_cells_that_have_grown_for_another_claim_wait():
    whole = poolings((16, 8, 8))
    first = replace(whole, networks=[one for one in whole.networks if one.index < 8])
    sweep = looked_again(first, whole)
    both = open_claim("both", 3.0, AVERAGE, STRIDED)
    assert next_networks([both], COSTS, sweep) == {AVERAGE: 16, STRIDED: 16, MAX: 8}


class Looks:
    """A check of strided networks alone, which is decided from some number of them on."""

    decided_at: int
    seen: list[tuple[int, float]]

    @classmethod
    def check(cls, sweep, *, error):
        count = len(sweep.of(STRIDED))
        cls.seen.append((count, error))
        half = 0.5 if count >= cls.decided_at else 1.0
        interval = Interval.around(0.75, half, error=error, samples=count)
        return Evidence(method="", stated=[interval.at_least("it is positive", 0.0)])


def look_at(sweep, monkeypatch, *, decided_at):
    """Return what the check says, and the numbers of networks and levels of its calls."""
    monkeypatch.setattr(Looks, "seen", [], raising=False)
    monkeypatch.setattr(Looks, "decided_at", decided_at, raising=False)
    check = RecordedCheck("figure-3", f"{__name__}:strided")
    evidence = check.on(sweep, 0.01)
    return evidence.stated[0].outcome, Looks.seen


def strided(sweep, *, error):
    return Looks.check(sweep, error=error)


def grown(*counts):
    """Return networks that were looked at when there were so many of each cell."""
    whole = poolings(counts[-1])
    sweep = None
    for each in counts:
        wanted = dict(zip((AVERAGE, STRIDED, MAX), each, strict=True))
        part = [one for one in whole.networks if one.index < wanted[one.cell]]
        now = replace(whole, networks=part)
        sweep = looked_again(sweep, now) if sweep else now
    return sweep


def test_a_later_look_has_a_smaller_error_level(monkeypatch):
    sweep = grown((8, 8, 8), (16, 16, 16))
    outcome, seen = look_at(sweep, monkeypatch, decided_at=16)
    assert outcome is Outcome.HOLDS
    levels = {count: min(level for n, level in seen if n == count) for count in (8, 16)}
    assert levels == {8: error_of_round(0.01, 1), 16: 2 * error_of_round(0.01, 2)}


def test_what_an_early_look_decided_stays_decided(monkeypatch):
    outcome, seen = look_at(grown((8, 8, 8), (16, 16, 16)), monkeypatch, decided_at=8)
    assert outcome is Outcome.HOLDS
    assert {count for count, _ in seen} == {8}


def test_other_cells_that_grow_are_no_look_at_this_claim(monkeypatch):
    """The number of networks at a look must not depend on what other claims found."""
    outcome, seen = look_at(grown((8, 8, 8), (16, 8, 16)), monkeypatch, decided_at=16)
    assert outcome is Outcome.UNDECIDED
    assert {count for count, _ in seen} <= {0, 8}


def test_cells_that_a_claim_does_not_compare_need_not_grow_for_its_look(monkeypatch):
    outcome, seen = look_at(grown((8, 8, 8), (8, 16, 8)), monkeypatch, decided_at=16)
    assert outcome is Outcome.HOLDS
    assert (16, 2 * error_of_round(0.01, 2)) in seen


def test_a_description_says_what_is_left():
    claims = [open_claim("far", 9.0, AVERAGE), open_claim("unknown", math.inf, MAX),
              OpenClaim(name="hopeless", reason="not measured")]  # fmt: skip
    far, unknown, hopeless = describe_open(claims, COSTS, poolings((8, 8, 8)), workers=2)
    assert far == (
        "far: at most about 9.0 times as many networks of 1 kind would decide it, if the estimates "
        "stay where they are: about 32 seconds"
    )
    assert unknown.startswith("unknown: no estimate")
    assert hopeless.endswith("do not decide it: not measured")


def test_a_claim_grows_by_the_cells_that_it_compares(monkeypatch):
    monkeypatch.setattr(Looks, "seen", [], raising=False)
    monkeypatch.setattr(Looks, "decided_at", 16, raising=False)
    check = RecordedCheck("figure-3", f"{__name__}:strided")
    claim = Claim(id="claim", where="", statement="…", check=check)
    ledger = Ledger(source="book", title="Nobody: *Nothing*", claims=[claim])
    (found,) = open_claims("figure-3", poolings((8, 8, 8)), ledger)
    assert found.cells == [STRIDED]
    assert found.factor == pytest.approx((1 / 0.75) ** 2)


def test_kinds_that_grow_for_others_leave_too_few_as_it_was():
    """Else the claim would be told to lack what no training gives it."""
    few = grown((4, 4, 4), (8, 4, 4))
    found = open_by_name(few)["figure-3"]
    assert found.reason.startswith("4 networks a cell; 8 are needed")
    assert set(found.cells) == {AVERAGE, STRIDED, MAX}
