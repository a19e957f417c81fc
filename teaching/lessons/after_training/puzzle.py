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
from teaching.lesson import Puzzle, Verdict, solved, unsolved
from teaching.lessons.after_training.shown import Shown, find

MARGIN = math.log(superposition.FACTOR)


def puzzle(shown: Shown | None) -> Puzzle:
    """Return the puzzle; the two kinds chosen in the picture are the answer."""
    return Puzzle(
        task="In Figure 2, find two kinds of networks, trained by different methods (plain "
        "training does not count), whose mean l1-norms are equal within a quarter, as their "
        "95 % intervals have it. Press both marks in the picture; where they hide each other, "
        "press a name first. Are the two equally vulnerable?",
        judge=lambda: _judge(shown),
        hints=[
            "Put the l1-norm on the horizontal axis and look for marks above one another. Marks "
            "with short bars decide more.",
            "Proposition 2 says which two methods should be the same at equal, small ε.",
            "Try training on attacks with p = ∞ and the penalty with q = 1, both at one ε.",
        ],
    )


def _judge(shown: Shown | None) -> Verdict:
    if shown is None or shown.settings.figure != "2":
        nothing = find("2")
        if isinstance(nothing, str):
            return unsolved(nothing)
        return unsolved("the puzzle is about the networks of Figure 2.")
    if len(shown.chosen) < 2:
        return unsolved(f"{len(shown.chosen)} of two kinds are chosen; press marks to choose.")
    one, other = shown.chosen
    names = f"“{shown.name(one)}” and “{shown.name(other)}”"
    if "plain" in (one.method, other.method):
        return unsolved(f"of {names}, one is plain training.")
    if one.method == other.method:
        return unsolved(f"{names} are trained by the same method.")
    return _compared(shown, one, other, names)


def _compared(shown: Shown, one: Cell, other: Cell, names: str) -> Verdict:
    sweep = shown.record.sweep
    try:
        norms = superposition.norm_ratio(sweep, [(one, other)], FIGURE_ERROR)
        shares = superposition.vulnerability_ratio(sweep, [(one, other)], FIGURE_ERROR)
    except ValueError as error:
        return unsolved(f"{names} cannot be compared: {error}.")
    held = norms.against("equal norms", predicted=0.0, margin=MARGIN)
    ratio = f"the norms of {names} have the ratio {_factor(norms)}"
    if held.outcome is Outcome.FAILS:
        beyond = _outside(shown, one, other)
        return unsolved(f"{ratio}: they differ by more than a quarter.{beyond}")
    if held.outcome is Outcome.UNDECIDED:
        return unsolved(f"{ratio}: that interval reaches beyond a quarter, and decides nothing.")
    vulnerable = shares.against("equal vulnerabilities", predicted=0.0, margin=MARGIN)
    words = {
        Outcome.HOLDS: "equal within a quarter, too.",
        Outcome.FAILS: "not equal: the norm is not all.",
        Outcome.UNDECIDED: "which these few networks do not decide.",
    }[vulnerable.outcome]
    return solved(
        f"{ratio[0].upper()}{ratio[1:]}. Their vulnerabilities have the ratio "
        f"{_factor(shares)}, {words}{_outside(shown, one, other)}{_few(shown, one, other)}"
    )


def _outside(shown: Shown, one: Cell, other: Cell) -> str:
    """Say where Proposition 2 says nothing of a pair: beyond the first order."""
    if not any({one.method, other.method} == set(pair) for pair in DUALS):
        return ""
    try:
        curves.small(shown.record.sweep, [(one, other)])
    except LackingRecordsError:
        return (
            " (Such strengths are outside the range of Proposition 2, which speaks of small ε: "
            "whatever comes out speaks neither for it nor against it.)"
        )
    return ""


def _few(shown: Shown, one: Cell, other: Cell) -> str:
    fewest = min(len(shown.record.sweep.of(cell)) for cell in (one, other))
    if fewest >= LEAST_NETWORKS:
        return ""
    return (
        f" (The ledger would not decide on {fewest} networks of a kind; it asks for "
        f"{LEAST_NETWORKS}.)"
    )


def _factor(logarithm: Interval) -> str:
    found = logarithm.exponential()
    return f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})"
