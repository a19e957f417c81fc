"""A page as HTML: the whole document, and its parts, which events replace one by one."""

from collections.abc import Mapping

from htpy import (
    Attribute,
    Element,
    Node,
    a,
    body,
    div,
    footer,
    h1,
    h2,
    head,
    header,
    html,
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
    title,
)
from markupsafe import Markup

from teaching.contents import CONTENTS, Entry
from teaching.fields import to_query
from teaching.serving.parts import bar, gated, puzzle_part, question_part, steps_part
from teaching.state import Progress, State


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
                header(".lead")[
                    h1[lesson.title],
                    p(".place")[lesson.place],
                    lesson.serves and p(".serves")[lesson.serves],
                    p[lesson.lead],
                ],
                div(".message", role="status", aria_live="polite")[place(div, "message")],
                div(".columns")[
                    place(section(".card.asked"), "question", "Before you look closer"),
                    div(".seen")[
                        place(section(".card", aria_label="Picture"), "figure"),
                        place(section(".card", aria_label="Handles"), "handles"),
                        place(div(role="status", aria_live="polite"), "counterexample"),
                    ],
                    div(".read")[
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
            main(id="content")[h1["No such lesson"], p["There are these:"], _all(progress)],
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
