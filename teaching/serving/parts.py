"""The parts of a lesson's page that events change: question, proof, puzzle, and the bar above."""

from collections.abc import Collection, Sequence

from htpy import (
    Element,
    Node,
    a,
    button,
    code,
    details,
    div,
    fieldset,
    legend,
    li,
    ol,
    p,
    span,
    strong,
    summary,
)

from evidence.findings import Outcome
from teaching.lesson import Mark, Puzzle, Question, Step
from teaching.pictures.handles import press
from teaching.state import NOT_ANSWERED, Progress, State

SIGNS = {Outcome.HOLDS: "✓", Outcome.FAILS: "✗", Outcome.UNDECIDED: "?"}
WORDS = {
    Outcome.HOLDS: "holds here",
    Outcome.FAILS: "fails here",
    Outcome.UNDECIDED: "not decided yet",
}
HOLDS_FOR_ANOTHER_REASON = "true here, but not for this reason"
SHOW_ME = "I can't tell. Show me."


def bar(state: State) -> Node:
    """Return what holds for the whole page."""
    progress = state.progress
    themes = {"auto": "light", "light": "dark", "dark": "auto"}
    return [
        press("Undo", "undo", disabled=not state.past),
        press("Reset", "reset"),
        button(id="copy", type="button", data_copy="1")["Copy address"],
        press(
            "Small type" if progress.large else "Present",
            "large",
            "" if progress.large else "1",
            key="switch",
        ),
        press(
            [span(".wide")["Theme: "], progress.theme],
            "theme",
            themes[progress.theme],
            key="switch",
        ),
    ]


def gated(part: Node) -> Node:
    """Return what stands in the place of a part that would answer the question."""
    return part and p(".note.gated")["Shown when you have answered the question."]


def question_part(question: Question, progress: Progress) -> Node:
    """Return the question with its options, or with what was answered."""
    chosen = progress.answer
    return [
        p[question.text],
        chosen == NOT_ANSWERED
        and div(".options")[
            (
                press(option, "answer", str(n))
                for n, option in enumerate([*question.options, SHOW_ME])
            )
        ],
        div(".answered", role="status")[
            chosen != NOT_ANSWERED and [_verdict(question, chosen), div[question.because]]
        ],
    ]


def _verdict(question: Question, chosen: int) -> Element:
    said = question.options[chosen] if chosen < len(question.options) else None
    right = chosen == question.right
    return p(class_="verdict " + ("good" if right else "bad" if said is not None else ""))[
        "You asked to be shown. " if said is None else ["You said: ", strong[said], ". "],
        "That is right." if right else ["Computed: ", strong[question.options[question.right]]],
        "" if right else ".",
    ]


def steps_part(steps: Sequence[Step], dropped: Collection[str], shown: int) -> Node:
    """Return the lines of the proof that are shown, and what shows more.

    Parameters
    ----------
    steps : all lines.
    dropped : names of the assumptions that are dropped.
    shown : how many lines are shown.
    """
    shown = min(shown, len(steps))
    failing = [
        n for n, step in enumerate(steps, 1) if step.check and step.check.outcome is Outcome.FAILS
    ]
    return [
        div(role="status")[
            failing
            and p(".verdict.bad")[f"On this instance, line {failing[0]} is the first that fails."]
        ],
        ol(".steps", aria_live="polite", aria_relevant="additions")[
            [_step(n, step, dropped, n in failing[:1]) for n, step in enumerate(steps[:shown], 1)]
        ],
        div(".buttons")[
            press(
                f"Show line {shown + 1} of {len(steps)}"
                if shown < len(steps)
                else "All lines are shown",
                "step",
                str(min(shown + 1, len(steps))),
                disabled=shown == len(steps),
                kind="main",
                key="next",
            ),
            press("All lines", "step", str(len(steps)), disabled=shown == len(steps), key="all"),
            press("Hide the last", "step", str(max(shown - 1, 0)), disabled=not shown, key="back"),
        ],
    ]


def _step(n: int, step: Step, dropped: Collection[str], is_first_failing: bool) -> Element:
    missing = [name for name in step.uses if name in dropped]
    return li(class_="first-failing" if is_first_failing else None, data_line=str(n))[
        div(".formula")[step.formula],
        p(".reason")[_mark(step, missing), " ", step.reason],
        p(class_=f"check {step.check.outcome.value}")[
            strong[SIGNS[step.check.outcome], " ", _word(step.check.outcome, missing)],
            ": ",
            step.check.says,
        ]
        if step.check
        else None,
        _sources(step),
    ]


def _sources(step: Step) -> Node:
    """Link the claims of the ledger that say the same, and name the code that computes it."""
    if not (step.claims or step.code):
        return None
    claims = [
        [", " if n else None, a(href=f"/ledger#{one}")[one]] for n, one in enumerate(step.claims)
    ]
    return p(".note.sources")[
        [["In the ledger: ", claims, ". "]] if claims else None,
        [["Computed by ", code[step.code.replace(":", ".")], "."]] if step.code else None,
    ]


def _mark(step: Step, missing: Sequence[str]) -> Element:
    """Say how far the line is known to be true, and under which assumptions."""
    if missing:
        return strong(".mark.missing")[
            f"{' and '.join(missing)} dropped: this step is not licensed"
        ]
    under = step.mark is Mark.PROVED and step.uses
    return span(".mark")[step.mark.value, under and f" under {', '.join(step.uses)}"]


def _word(outcome: Outcome, missing: Sequence[str]) -> str:
    if missing and outcome is Outcome.HOLDS:
        return HOLDS_FOR_ANOTHER_REASON
    return WORDS[outcome]


def puzzle_part(puzzle: Puzzle, summary_of: str, progress: Progress) -> Node:
    """Return the puzzle with its hints; when it is solved, what the lesson has shown."""
    hints = puzzle.hints[: progress.hint]
    verdict = puzzle.judge() if progress.judged else None
    return [
        p[puzzle.task],
        fieldset(".answer")[legend["Your answer"], puzzle.handles] if puzzle.handles else None,
        div(".buttons")[
            press("Check my answer", "judged", "1", kind="main"),
            press(
                "A hint" if len(hints) < len(puzzle.hints) else "No more hints",
                "hint",
                str(min(len(hints) + 1, len(puzzle.hints))),
                disabled=len(hints) == len(puzzle.hints),
                key="next",
            ),
        ],
        div(role="status", aria_live="polite")[
            div(class_=f"verdict {'good' if verdict.solved else 'bad'}")[
                strong["Solved. " if verdict.solved else "Not yet. "], verdict.why
            ]
            if verdict
            else None,
            p(".summary")[strong["In short. "], summary_of]
            if verdict and verdict.solved and summary_of
            else None,
        ],
        hints
        and details(open=True)[
            summary[f"Hints ({len(hints)} of {len(puzzle.hints)})"],
            ol[[li[hint] for hint in hints]],
        ],
    ]
