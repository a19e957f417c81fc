"""What every page has: its head, the contents above, and links that carry its looks along."""

from collections.abc import Sequence

from htpy import (
    Attribute,
    Element,
    Node,
    a,
    body,
    h1,
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
    span,
    title,
)

from teaching.contents import CONTENTS, Entry
from teaching.fields import to_query
from teaching.state import Progress

LESSON_SCRIPTS = ("course", "lessons", "replies", "light", "presenter", "hands")
"""Of a lesson's page, in the order in which they run."""


def whole(
    name: str, progress: Progress, content: Element, *, scripts: Sequence[str] = ("course",)
) -> str:
    """Return a document.

    Parameters
    ----------
    name : for its title.
    progress : how it looks.
    content : its body.
    scripts : names of files in `static`.
    """
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
                link(rel="stylesheet", href="/static/presenter.css"),
                [script(src=f"/static/{each}.js", defer=True) for each in scripts],
            ],
            content,
        ]
    )


def looks(progress: Progress) -> str:
    """Return the query that a link to another page carries, so that the page's looks go along."""
    return to_query(Progress(large=progress.large, theme=progress.theme))


def top(slug: str, progress: Progress, *more: Node) -> Element:
    """Return what stays in view above a page: the course, the lessons by number, and more.

    Parameters
    ----------
    slug : the open lesson; empty on other pages.
    """
    return header(".top")[
        nav(".contents", aria_label="Lessons")[
            home_link("Course", progress),
            ol[
                (
                    li[
                        lesson_link(
                            entry, progress, aria_current="page" if entry.slug == slug else None
                        )
                    ]
                    for entry in CONTENTS
                )
            ],
        ],
        more,
    ]


def all_lessons(progress: Progress) -> Element:
    """Link all lessons by their names."""
    return nav(".all", aria_label="All lessons")[
        ol[(li[lesson_link(entry, progress)] for entry in CONTENTS)]
    ]


def home_link(words: str, progress: Progress, *, to: str = "") -> Element:
    """Link a page of the course, its home page if `to` is empty."""
    return a(".course", href=_with_looks(f"/{to}", progress))[words]


def lesson_link(entry: Entry, progress: Progress, **attributes: Attribute) -> Element:
    """Link a lesson by its title."""
    return a(
        ".lesson",
        href=_with_looks(f"/{entry.slug}", progress),
        title=entry.title,
        data_lesson=entry.slug,
        **attributes,
    )[span[entry.title]]


def not_found(progress: Progress) -> str:
    """Return the page for an address that is no lesson's."""
    return _sorry("No such lesson", "There are these:", progress)


def broken(progress: Progress, words: str) -> str:
    """Return the page for a lesson that cannot be shown, with one line that says why."""
    return _sorry("This lesson cannot be shown", words, progress)


def _sorry(heading: str, words: str, progress: Progress) -> str:
    return whole(
        heading,
        progress,
        body[top("", progress), main(id="content")[h1[heading], p[words], all_lessons(progress)]],
    )


def _with_looks(path: str, progress: Progress) -> str:
    query = looks(progress)
    return path + (f"?{query}" if query else "")
