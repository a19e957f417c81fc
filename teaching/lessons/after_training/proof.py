"""The sentences of Section 4, with the ledger's verdicts on the recorded networks."""

import math
from collections.abc import Sequence

from htpy import Node, p

from evidence.findings import Outcome
from teaching.lesson import Check, Step, compared, not_yet
from teaching.lessons.after_training import verdicts
from teaching.lessons.after_training.claims import SENTENCES, Sentence
from teaching.lessons.after_training.settings import MEASURES, NAMES, Settings
from teaching.lessons.after_training.shown import Shown
from teaching.lessons.after_training.verdicts import Found, Judged
from teaching.words import Words

TEXT = Words.beside(__name__)
ROUNDING = 1e-3
"""Relative: measures are recorded to three digits on each image, and averaged over many."""

TERMS = {
    "false neighbour: it is ε E‖∂_x L‖_2": TEXT("says.over_2"),
    "the real damage is ε E‖∂_x L‖_1": TEXT("says.over_1"),
    "ε E‖∂_x L‖_1": TEXT("says.first_order"),
    "E‖∂_x L‖_1": TEXT("says.mean_1"),
    "E‖∂_x L‖_2": TEXT("says.mean_2"),
    **{method: f"“{name}”" for method, name in NAMES.items() if "-" in method},
}
"""Names that the checks use, in the page's words."""

KINDS = (Outcome.HOLDS, Outcome.UNDECIDED, Outcome.FAILS)
"""Outcomes in the order in which a tally names them: those that decide come last."""

WORST = (Outcome.FAILS, Outcome.UNDECIDED, Outcome.HOLDS)


def steps(shown: Shown) -> Sequence[Step]:
    """Return what the marks are, and the sentences of the figure."""
    drawn = TEXT.step("marks", TEXT("says.mark"), _files_agree(shown))
    return [
        drawn,
        *(
            _step(shown.settings, sentence, verdicts.judged(shown.record, sentence.claim))
            for sentence in SENTENCES[shown.settings.figure]
        ),
    ]


def untested(settings: Settings, why: str) -> Sequence[Step]:
    """Return the sentences of a figure without networks."""
    return [_step(settings, sentence, None, why) for sentence in SENTENCES[settings.figure]]


def counterexample(shown: Shown) -> Node:
    """Tell what fails of the sentences whose assumption is dropped."""
    said = []
    for sentence in SENTENCES[shown.settings.figure]:
        found = verdicts.judged(shown.record, sentence.claim)
        if sentence.neighbour(shown.settings) and found:
            said += [p[_words(one)] for one in _deciding(sentence.held(shown.settings, found))[:1]]
    return said


UNSEEN = TEXT("says.unseen")


def _step(settings: Settings, sentence: Sentence, found: Judged | None, why: str = UNSEEN) -> Step:
    is_corrected = settings.corrected and not sentence.neighbour(settings)
    places = {}
    if sentence.corrects:
        places["corrected"] = TEXT(f"says.{sentence.claim}") if is_corrected else ""
    check = _check(settings, sentence, found) if found else not_yet(why)
    return TEXT.step(sentence.claim, sentence.formula(settings), check, **places)


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
                    TEXT("says.table_differs", kind=shown.name(cell), mean=found.estimate,
                         table=value)
                )  # fmt: skip
    if wrong:
        return compared(False, wrong[0])
    outcome = Outcome.HOLDS if means else Outcome.UNDECIDED
    return Check(outcome=outcome, says=TEXT("says.table_agrees", means=means))


def _check(settings: Settings, sentence: Sentence, found: Judged) -> Check:
    if not found.stated:
        return not_yet(TEXT("says.unchecked", verdict=found.verdict, reason=found.reason))
    held = sentence.held(settings, found)
    alone = _combined(held)
    if sentence.neighbour(settings):
        return Check(outcome=alone, says=_figures(held))
    # As in the ledger: what false neighbours may do as well does not hold.
    refuted = all(one.outcome is Outcome.FAILS for one in found.controls)
    outcome = alone if alone is not Outcome.HOLDS or refuted else Outcome.UNDECIDED
    verdict = "" if settings.corrected else TEXT("says.verdict", verdict=found.verdict)
    said = _figures(held)
    if outcome is not alone:
        said = TEXT("says.neighbours", figures=_figures(found.controls))
    return Check(outcome=outcome, says=TEXT("says.ledger", verdict=verdict, said=said))


def _combined(findings: Sequence[Found]) -> Outcome:
    kinds = [finding.outcome for finding in findings]
    return next((kind for kind in WORST if kind in kinds), Outcome.UNDECIDED)


def _figures(findings: Sequence[Found]) -> str:
    """Say how many findings there are of each kind, and one that decides."""
    kinds = [finding.outcome for finding in findings]
    counted = ", ".join(f"{kinds.count(k)} {TEXT(f'says.{k.name}')}" for k in KINDS if k in kinds)
    tally = f"{counted}: " if len(kinds) > 1 else ""
    one = _deciding(findings)
    return tally + (_words(one[0]) if one else TEXT("says.nothing_to_compare"))


def _words(finding: Found) -> str:
    """Say a finding in the page's words."""
    said = finding.statement
    for term, name in TERMS.items():
        said = said.replace(term, name)
    return f"{said}: {finding.summary.replace('-', '−')}"


def _deciding(findings: Sequence[Found]) -> Sequence[Found]:
    """Return those that fail, else those that are undecided, else all."""
    for kind in (Outcome.FAILS, Outcome.UNDECIDED):
        if found := [finding for finding in findings if finding.outcome is kind]:
            return found
    return findings
