"""The page of a lesson: its parts, which events replace one by one, and the whole document."""

from collections.abc import Mapping

from htpy import Element, Node, a, body, div, footer, h1, h2, header, main, nav, p, section
from markupsafe import Markup

from teaching.contents import CONTENTS
from teaching.serving.parts import bar, gated, puzzle_part, question_part, steps_part
from teaching.serving.shell import LESSON_SCRIPTS, all_lessons, home_link, lesson_link, top, whole
from teaching.state import Progress, State

COMPUTED = (
    "Every figure on this page is computed as you look, by the library that checks the paper."
)


def fragments(state: State) -> dict[str, str]:
    """Return the parts of a page by the id of the element they fill."""
    lesson, progress = state.lesson, state.progress
    view = lesson.view(state.settings, state.reader, state.pieces)
    parts: dict[str, Node] = {
        "bar": bar(state),
        "message": state.message and p[state.message],
        "question": question_part(lesson.question(), progress),
        "figure": view.figure,
        "handles": view.handles,
        "counterexample": view.counterexample,
        "steps": steps_part(view.steps, view.dropped, progress.step),
        "puzzle": puzzle_part(view.puzzle, lesson.summary, progress),
    }
    if not state.reader.answered:
        parts |= {name: gated(parts[name]) for name in view.hidden}
    return {name: str(div[part])[len("<div>") : -len("</div>")] for name, part in parts.items()}


def document(
    slug: str, state: State, parts: Mapping[str, str], session: str, *, footing: str = COMPUTED
) -> str:
    """Return the whole page of a lesson.

    Parameters
    ----------
    slug : the lesson's name in the address.
    state : what is shown.
    parts : its fragments.
    session : names the page to the server.
    footing : says where the page's figures come from.
    """
    lesson = state.lesson

    def place(element: Element, name: str, heading: str = "") -> Element:
        filled = div(id=name)[Markup(parts[name])]  # noqa: S704  (made by htpy, which escapes)
        return element[heading and h2[heading], filled]

    return whole(
        lesson.title,
        state.progress,
        body(
            data_lesson=slug,
            data_session=session,
            data_address=f"/{slug}" + (f"?{state.query}" if state.query else ""),
            data_more="1" if state.wants_more else None,
        )[
            a(".skip", href="#content")["To the lesson"],
            top(
                slug,
                state.progress,
                place(div(".bar"), "bar"),
                div(".message", role="status")[place(div, "message")],
            ),
            main(id="content", tabindex="-1")[
                header(".lead")[
                    h1[lesson.title],
                    p(".place")[lesson.place],
                    lesson.serves and p(".serves")[lesson.serves],
                    p[lesson.lead],
                ],
                div(".columns")[
                    place(section(".card.asked"), "question", "Before you look closer"),
                    div(".seen")[
                        place(section(".card", aria_label="Picture"), "figure"),
                        place(section(".card", aria_label="Handles"), "handles"),
                        place(div(role="status"), "counterexample"),
                    ],
                    div(".read")[
                        place(section(".card"), "steps", "Line by line"),
                        place(section(".card"), "puzzle", "Puzzle"),
                        section(".card.following")[h2["Solved. Next:"], p[_following(slug, state)]],
                    ],
                ],
            ],
            footer[
                _neighbours(slug, state.progress),
                all_lessons(state.progress),
                p[
                    footing,
                    " The address holds all that you have done: share it. This browser remembers "
                    "it, too.",
                ],
            ],
        ],
        scripts=LESSON_SCRIPTS,
    )


def _neighbours(slug: str, progress: Progress) -> Element:
    """Link the lessons before and after one."""
    at = _number(slug)
    return nav(".neighbours", aria_label="Before and after")[
        at > 0 and lesson_link(CONTENTS[at - 1], progress, rel="prev"),
        at + 1 < len(CONTENTS) and lesson_link(CONTENTS[at + 1], progress, rel="next"),
    ]


def _following(slug: str, state: State) -> Node:
    """Link what comes next: the lesson after this one, or else the course."""
    at = _number(slug) + 1
    if at < len(CONTENTS):
        return lesson_link(CONTENTS[at], state.progress)
    return home_link("That was the last lesson: the whole course", state.progress)


def _number(slug: str) -> int:
    return [entry.slug for entry in CONTENTS].index(slug)
