"""The sentences of Section 4, held against the recorded networks."""

import math
from collections.abc import Sequence
from typing import TypeAlias

from htpy import Node, p

from evidence import findings as evidence
from evidence.findings import Evidence, Finding, Outcome
from evidence.intervals import Equivalence, Inequality
from evidence.levels import FIGURE_ERROR
from teaching.lesson import Check, Step, checked, compared, not_yet
from teaching.lessons.after_training.claims import SENTENCES, Sentence
from teaching.lessons.after_training.settings import MEASURES, NAMES, Settings
from teaching.lessons.after_training.shown import Shown, find

Piece: TypeAlias = Evidence | str
"""Evidence on one sentence, or why the recorded networks have none."""

ROUNDING = 1e-3
"""Relative: measures are recorded to three digits on each image, and averaged over many."""

TERMS = {
    "false neighbour: it is ε E‖∂_x L‖_2": "the real damage over ε times the mean l2-norm",
    "the real damage is ε E‖∂_x L‖_1": "the real damage over ε times the mean l1-norm",
    "ε E‖∂_x L‖_1": "ε times the mean l1-norm",
    "E‖∂_x L‖_1": "the mean l1-norm",
    "E‖∂_x L‖_2": "the mean l2-norm",
    **{method: f"“{name}”" for method, name in NAMES.items() if "-" in method},
}
"""Names that the checks use, in the page's words."""

KINDS = {Outcome.HOLDS: "holding", Outcome.UNDECIDED: "undecided", Outcome.FAILS: "failing"}
"""Words for outcomes, in the order in which a tally names them: those that decide come last."""


def draw(figure: str, piece: int) -> Piece:
    """Put one sentence to the test."""
    record = find(figure)
    if isinstance(record, str):
        return record
    try:
        return SENTENCES[figure][piece].check(record.sweep, error=FIGURE_ERROR)
    except ValueError as error:
        return str(error)


def steps(shown: Shown, pieces: Sequence[Piece]) -> Sequence[Step]:
    """Return what the marks are, and the sentences of the figure."""
    sentences = SENTENCES[shown.settings.figure]
    found = [*pieces, *[None] * (len(sentences) - len(pieces))]
    drawn = checked(
        formula="A mark is a mean over networks and images.",
        reason="No network was trained on these images. Of norms it is the geometric mean over "
        "networks. Each interval on this page misses in 5 % of cases. The ledger "
        "(paper_checks.md) allows that much for all its verdicts together.",
        check=_files_agree(shown),
    )
    return [
        drawn,
        *(_step(shown.settings, *pair) for pair in zip(sentences, found, strict=True)),
    ]


def untested(settings: Settings, why: str) -> Sequence[Step]:
    """Return the sentences of a figure without networks."""
    return [_step(settings, sentence, why) for sentence in SENTENCES[settings.figure]]


def counterexample(settings: Settings, pieces: Sequence[Piece]) -> Node:
    """Tell what fails of the sentences whose assumption is dropped."""
    said = []
    for sentence, piece in zip(SENTENCES[settings.figure], pieces, strict=False):
        if sentence.neighbour(settings) and isinstance(piece, Evidence):
            held = sentence.held(settings, piece)
            said += [p[_words(one)] for one in _deciding(held)[:1]]
    return said


def _step(settings: Settings, sentence: Sentence, piece: Piece | None) -> Step:
    is_corrected = settings.corrected and sentence.corrected and not sentence.neighbour(settings)
    return checked(
        formula=sentence.formula(settings),
        reason=[sentence.says, f" Corrected: {sentence.corrected}" if is_corrected else ""],
        check=_check(settings, sentence, piece),
    )


def _files_agree(shown: Shown) -> Check:
    """Hold the marks, from the measures on each image, against the table written beside them."""
    means, wrong = 0, []
    for cell in shown.cells:
        for name in {shown.settings.x, shown.settings.y} & MEASURES.keys():
            found = shown.interval(cell, name)
            if found is None:
                continue
            means += 1
            value = shown.record.tabulated(cell, MEASURES[name])
            if not math.isclose(found.estimate, value, rel_tol=ROUNDING, abs_tol=1e-9):
                wrong.append(
                    f"{shown.name(cell)}: {found.estimate:.4g} from the images, {value:.4g} in "
                    "the table"
                )
    if wrong:
        return compared(False, wrong[0])
    return Check(
        outcome=Outcome.HOLDS if means else Outcome.UNDECIDED,
        says=f"{means} means over single images agree with the table that was written after "
        "the training (networks.csv)",
    )


def _check(settings: Settings, sentence: Sentence, piece: Piece | None) -> Check:
    if piece is None:
        return not_yet("being put to the test")
    if isinstance(piece, str):
        return not_yet(f"cannot be tested here. {piece}")
    held = sentence.held(settings, piece)
    alone = evidence.combined(held)
    if sentence.neighbour(settings):
        return Check(outcome=alone, says=_figures(held))
    outcome = evidence.combined_beside(held, piece.controls)
    if outcome is not alone:
        return Check(
            outcome=outcome,
            says=["it holds, and so may its false neighbours: ", _figures(piece.controls)],
        )
    return Check(outcome=outcome, says=_figures(held))


def _figures(findings: Sequence[Finding]) -> str:
    """Say how many findings there are of each kind, and one that decides."""
    kinds = [finding.outcome for finding in findings]
    counted = ", ".join(f"{kinds.count(k)} {word}" for k, word in KINDS.items() if k in kinds)
    tally = f"{counted}: " if len(kinds) > 1 else ""
    one = _deciding(findings)
    return tally + (_words(one[0]) if one else "nothing to compare")


def _words(finding: Finding) -> str:
    """Say a finding in the page's words."""
    said = finding.statement
    for term, name in TERMS.items():
        said = said.replace(term, name)
    if not isinstance(finding, Equivalence | Inequality):
        return f"{said}: {finding.summary}"
    wanted = (
        f"{finding.predicted:.3g} ± {finding.margin:.3g}"
        if isinstance(finding, Equivalence)
        else f"{finding.relation} {finding.bound:.3g}"
    )
    return (
        f"{said}: {finding.estimate:.3g}, interval {finding.low:.3g} to {finding.high:.3g}; "
        f"wanted {wanted}"
    )


def _deciding(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Return those that fail, else those that are undecided, else all."""
    for kind in (Outcome.FAILS, Outcome.UNDECIDED):
        if found := [finding for finding in findings if finding.outcome is kind]:
            return found
    return findings
