"""The puzzle: two ways to train that end at the same gradient norm."""

import math

from empirical.checks.dual_pairs import DUALS
from empirical.measures import curves, superposition
from empirical.measures.enough import LEAST_NETWORKS
from empirical.measures.trained import Cell
from evidence.errors import LackingRecordsError
from evidence.findings import Outcome
from evidence.intervals import Interval
from evidence.levels import FIGURE_ERROR
from teaching.lesson import Verdict, unsolved
from teaching.lessons.after_training.shown import Shown, find
from teaching.words import Words

TEXT = Words.beside(__name__)
MARGIN = math.log(superposition.FACTOR)


def judge(shown: Shown | None) -> Verdict:
    """Return the verdict on the two kinds that are chosen."""
    if shown is None or shown.settings.figure != "2":
        nothing = find("2")
        if isinstance(nothing, str):
            return unsolved(nothing)
        return TEXT.unsolved("figure")
    if len(shown.chosen) < 2:
        return TEXT.unsolved("two", chosen=len(shown.chosen))
    one, other = shown.chosen
    names = TEXT("says.pair", one=shown.name(one), other=shown.name(other))
    if "plain" in (one.method, other.method):
        return TEXT.unsolved("plain", names=names)
    if one.method == other.method:
        return TEXT.unsolved("same", names=names)
    return _compared(shown, one, other, names)


def _compared(shown: Shown, one: Cell, other: Cell, names: str) -> Verdict:
    sweep = shown.record.sweep
    try:
        norms = superposition.norm_ratio(sweep, [(one, other)], FIGURE_ERROR)
        shares = superposition.vulnerability_ratio(sweep, [(one, other)], FIGURE_ERROR)
    except ValueError as error:
        return TEXT.unsolved("incomparable", names=names, error=str(error))
    held = norms.against("equal norms", predicted=0.0, margin=MARGIN)
    ratio = {"names": names, "ratio": _factor(norms)}
    beyond = _outside(shown, one, other)
    if held.outcome is Outcome.FAILS:
        return TEXT.unsolved("apart", **ratio, beyond=beyond)
    if held.outcome is Outcome.UNDECIDED:
        return TEXT.unsolved("wide", **ratio)
    vulnerable = shares.against("equal vulnerabilities", predicted=0.0, margin=MARGIN)
    return TEXT.solved(
        **ratio, shares=_factor(shares), decided=TEXT(f"says.equal_{vulnerable.outcome.name}"),
        beyond=beyond, few=_few(shown, one, other),
    )  # fmt: skip


def _outside(shown: Shown, one: Cell, other: Cell) -> str:
    """Say where Proposition 2 says nothing of a pair: beyond the first order."""
    if not any({one.method, other.method} == set(pair) for pair in DUALS):
        return ""
    try:
        curves.small(shown.record.sweep, [(one, other)])
    except LackingRecordsError:
        return TEXT("says.beyond")
    return ""


def _few(shown: Shown, one: Cell, other: Cell) -> str:
    fewest = min(len(shown.record.sweep.of(cell)) for cell in (one, other))
    if fewest >= LEAST_NETWORKS:
        return ""
    return TEXT("says.few", fewest=fewest, least=LEAST_NETWORKS)


def _factor(logarithm: Interval) -> str:
    found = logarithm.exponential()
    return TEXT("says.factor", estimate=found.estimate, low=found.low, high=found.high)
