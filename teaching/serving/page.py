"""A page as HTML: the whole document, and its parts, which events replace one by one."""

from collections.abc import Mapping, Sequence

from htpy import (
    Attribute,
    Element,
    Node,
    a,
    body,
    button,
    details,
    div,
    fieldset,
    footer,
    h1,
    h2,
    head,
    header,
    html,
    legend,
    li,
    link,
    main,
    meta,
    nav,
    ol,
    p,
    script,
    section,
    span,
    strong,
    summary,
    title,
)
from markupsafe import Markup

from evidence.findings import Outcome
from teaching.contents import CONTENTS, Entry
from teaching.fields import to_query
from teaching.lesson import Puzzle, Question, Step
from teaching.pictures.handles import press
from teaching.state import NOT_ANSWERED, Progress, State

SIGNS = {Outcome.HOLDS: "✓", Outcome.FAILS: "✗", Outcome.UNDECIDED: "?"}
WORDS = {
    Outcome.HOLDS: "holds here",
    Outcome.FAILS: "fails here",
    Outcome.UNDECIDED: "not decided yet",
}
SHOW_ME = "I can't tell. Show me."


def fragments(state: State) -> dict[str, str]:
    """Return the parts of a page by the id of the element they fill."""
    lesson, progress = state.lesson, state.progress
    view = lesson.view(state.settings, state.reader, state.pieces)
    parts: Mapping[str, Node] = {
        "bar": _bar(state),
        "message": state.message and p[state.message],
        "question": _question(lesson.question(), progress),
        "figure": view.figure,
        "handles": view.handles,
        "counterexample": view.counterexample,
        "steps": _steps(view.steps, progress.step),
        "puzzle": _puzzle(view.puzzle, progress),
    }
    return {name: str(div[part])[len("<div>") : -len("</div>")] for name, part in parts.items()}


def document(slug: str, state: State, parts: Mapping[str, str], session: str) -> str:
    """Return the whole page of a lesson.

    Parameters
    ----------
    slug : the lesson's name in the address.
    state : what is shown.
    parts : its fragments.
    session : names the page to the server.
    """
    lesson = state.lesson

    def place(element: Element, name: str, heading: str = "") -> Element:
        filled = div(id=name)[Markup(parts[name])]  # noqa: S704  (made by htpy, which escapes)
        return element[heading and h2[heading], filled]

    return _whole(
        lesson.title,
        state.progress,
        body(
            data_lesson=slug,
            data_session=session,
            data_address=f"/{slug}" + (f"?{state.query}" if state.query else ""),
            data_more="1" if state.wants_more else None,
        )[
            a(".skip", href="#content")["To the lesson"],
            header[_contents(slug, state.progress), place(div(".bar"), "bar")],
            main(id="content", tabindex="-1")[
                header(".lead")[h1[lesson.title], p(".place")[lesson.place], p[lesson.lead]],
                div(role="status", aria_live="polite")[place(div, "message")],
                div(".columns")[
                    div[
                        place(section(".card", aria_label="Picture"), "figure"),
                        place(section(".card", aria_label="Handles"), "handles"),
                        place(div(role="status", aria_live="polite"), "counterexample"),
                    ],
                    div[
                        place(section(".card"), "question", "Before you look closer"),
                        place(section(".card"), "steps", "Line by line"),
                        place(section(".card"), "puzzle", "Puzzle"),
                    ],
                ],
            ],
            footer[
                _neighbours(slug, state.progress),
                _all(state.progress),
                p[
                    "Every figure on this page is computed as you look, by the library that checks "
                    "the paper. The address holds all that you have done: share it."
                ],
            ],
        ],
    )


def not_found(progress: Progress) -> str:
    """Return the page for an address that is no lesson's."""
    return _whole(
        "No such lesson",
        progress,
        body[
            header[_contents("", progress)],
            main(id="content")[h1["No such lesson"], p["There are nine:"], _all(progress)],
        ],
    )


def broken(progress: Progress, words: str) -> str:
    """Return the page for a lesson that cannot be shown, with one line that says why."""
    return _whole(
        "Not shown",
        progress,
        body[
            header[_contents("", progress)],
            main(id="content")[h1["This lesson cannot be shown"], p[words], _all(progress)],
        ],
    )


def _whole(name: str, progress: Progress, content: Element) -> str:
    return str(
        html(
            lang="en",
            data_theme=progress.theme,
            data_large="1" if progress.large else None,
        )[
            head[
                meta(charset="utf-8"),
                meta(name="viewport", content="width=device-width, initial-scale=1"),
                title[f"{name} · sqrtd"],
                link(rel="icon", href="/static/icon.svg"),
                link(rel="stylesheet", href="/static/lessons.css"),
                script(src="/static/lessons.js", defer=True),
            ],
            content,
        ]
    )


def looks(progress: Progress) -> str:
    """Return the query that a link to another lesson carries, so that the page's looks go along."""
    return to_query(Progress(large=progress.large, theme=progress.theme))


def _contents(slug: str, progress: Progress) -> Element:
    return nav(".contents", aria_label="Lessons")[
        ol[
            (
                li[_link(entry, progress, aria_current="page" if entry.slug == slug else None)]
                for entry in CONTENTS
            )
        ]
    ]


def _all(progress: Progress) -> Element:
    """Link all lessons by their names."""
    return nav(".all", aria_label="All lessons")[
        ol[(li[_link(entry, progress)] for entry in CONTENTS)]
    ]


def _neighbours(slug: str, progress: Progress) -> Element:
    """Link the lessons before and after one."""
    at = [entry.slug for entry in CONTENTS].index(slug)
    return nav(".neighbours", aria_label="Before and after")[
        at > 0 and _link(CONTENTS[at - 1], progress, rel="prev"),
        at + 1 < len(CONTENTS) and _link(CONTENTS[at + 1], progress, rel="next"),
    ]


def _link(entry: Entry, progress: Progress, **attributes: Attribute) -> Element:
    query = looks(progress)
    href = f"/{entry.slug}" + (f"?{query}" if query else "")
    return a(".lesson", href=href, title=entry.title, **attributes)[span[entry.title]]


def _bar(state: State) -> Node:
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


def _question(question: Question, progress: Progress) -> Node:
    chosen = progress.answer
    if chosen == NOT_ANSWERED:
        return [
            p[question.text],
            div(".options")[
                (
                    press(option, "answer", str(n))
                    for n, option in enumerate([*question.options, SHOW_ME])
                )
            ],
        ]
    said = question.options[chosen] if chosen < len(question.options) else None
    right = chosen == question.right
    return [
        p[question.text],
        p(class_="verdict " + ("good" if right else "bad" if said is not None else ""))[
            "You asked to be shown. " if said is None else ["You said: ", strong[said], ". "],
            "That is right." if right else ["Computed: ", strong[question.options[question.right]]],
            "" if right else ".",
        ],
        div[question.because],
    ]


def _steps(steps: Sequence[Step], shown: int) -> Node:
    shown = min(shown, len(steps))
    failing = [
        n for n, step in enumerate(steps, 1) if step.check and step.check.outcome is Outcome.FAILS
    ]
    return [
        failing
        and p(".verdict.bad", role="status")[
            f"On this instance, line {failing[0]} is the first that fails."
        ],
        ol(".steps")[[_step(step, n in failing[:1]) for n, step in enumerate(steps[:shown], 1)]],
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


def _step(step: Step, is_first_failing: bool) -> Element:
    return li(class_="first-failing" if is_first_failing else None)[
        div(".formula")[step.formula],
        p(".reason")[span(".mark")[step.mark.value], " ", step.reason],
        p(class_=f"check {step.check.outcome.value}")[
            strong[SIGNS[step.check.outcome], " ", WORDS[step.check.outcome]],
            ": ",
            step.check.says,
        ]
        if step.check
        else None,
    ]


def _puzzle(puzzle: Puzzle, progress: Progress) -> Node:
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
            else None
        ],
        hints
        and details(open=True)[
            summary[f"Hints ({len(hints)} of {len(puzzle.hints)})"],
            ol[[li[hint] for hint in hints]],
        ],
    ]
