"""The pages about the whole course: home, summary, exercises, their solutions, and the ledger."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from htpy import (
    Element,
    Node,
    a,
    body,
    caption,
    code,
    div,
    figcaption,
    figure,
    footer,
    h1,
    h2,
    header,
    li,
    main,
    ol,
    p,
    section,
    span,
    strong,
    table,
    tbody,
    td,
    th,
    thead,
    tr,
)

from teaching.contents import CONTENTS, Entry, lesson_texts
from teaching.course import course, hypotheses
from teaching.home.law_picture import law_picture
from teaching.home.proof_map import proof_map
from teaching.serving.shell import home_link, lesson_link, top, whole
from teaching.state import Progress
from teaching.statements import Statement, Statements


def course_pages(statements: Statements) -> Mapping[str, Callable[[Progress], str]]:
    """Return what makes each page about the course, by its name in the address."""
    return {
        "": partial(home, statements=statements),
        "summary": summary,
        "exercises": exercises,
        "solutions": solutions,
        "ledger": partial(ledger, statements=statements),
    }


def home(progress: Progress, statements: Statements) -> str:
    """Return the home page."""
    said = course()["home"]
    return _page(
        said["title"],
        progress,
        div(".lead")[p(".place")[said["place"]], p[said["lead"]]],
        div(".halves")[
            div[section(".card")[
                h2["What the paper says"],
                figure[law_picture(), figcaption[said["law"]["caption"]]],
                ol[(li[each] for each in said["whole"])],
            ],
            section(".card")[
                h2["The lessons, in their order"],
                p[said["prerequisites"]],
                p[said["time"]],
                ol(".order", data_solved=said["solved"], data_begun=said["begun"])[
                    (
                        li[lesson_link(entry, progress), " ", span(".kept")]
                        for entry in CONTENTS
                    )
                ],
                p[
                    home_link("Summary", progress, to="summary"), " · ",
                    home_link("Exercises", progress, to="exercises"), " · ",
                    home_link("Solutions", progress, to="solutions"), " · ",
                    home_link("The ledger", progress, to="ledger"),
                ],
            ]],
            div[section(".card")[
                h2["The map of the proof"],
                figure[
                    proof_map(statements, course()["map"]["lessons"]),
                    figcaption[course()["map"]["caption"]],
                ],
            ],
            section(".card")[
                h2["Hypotheses"],
                _table(
                    ("name", "what it says", "what it is for", "where you can drop it"),
                    [
                        (name, words, said["hypotheses"][name]["for"],
                         _drops(said["hypotheses"][name]["drop"], progress))
                        for name, words in hypotheses().items()
                    ],
                    title="The hypotheses (H) of Section 3.2, and the symmetry assumption (S)",
                ),
            ],
            section(".card")[
                h2["Notation"],
                _table(
                    ("letter", "what it stands for"), said["notation"].items(),
                    title="The paper's letters; p has three meanings there",
                ),
            ]],
        ],
    )  # fmt: skip


def summary(progress: Progress) -> str:
    """Return what each lesson has shown, on one page."""

    def part(said: Mapping[str, Any]) -> Node:
        return [p(".place")[said["place"]], p[said["serves"]], p[said["summary"]]]

    return _sheet("Summary", progress, part)


def exercises(progress: Progress) -> str:
    """Return the exercise sheet."""

    def part(said: Mapping[str, Any]) -> Node:
        return p[said["exercise"]["task"]]

    return _sheet("Exercises", progress, part)


def solutions(progress: Progress) -> str:
    """Return the solutions of the exercises."""

    def part(said: Mapping[str, Any]) -> Node:
        exercise = said["exercise"]
        return [p(".note")[exercise["task"]], p[exercise["solution"]]]

    return _sheet("Solutions", progress, part)


def ledger(progress: Progress, statements: Statements) -> str:
    """Return the statements of the paper, each with its place and what tests it."""
    lessons = course()["map"]["lessons"]
    titles = {entry.slug: entry for entry in CONTENTS}

    def entry(one: Statement) -> Element:
        return section(".statement", id=one.id)[
            h2[one.name],
            p(".place")[one.where, one.number and f" · {one.id}"],
            p[one.says],
            one.verdict and p[strong["Verdict of the last run: "], one.verdict, "."],
            one.checks and p(".note")["Tested by ", _listed(code[each] for each in one.checks)],
            one.rests_on
            and p(".note")["Rests on ", _listed(_to(each, statements) for each in one.rests_on)],
            one.id in lessons and p["Lesson: ", lesson_link(titles[lessons[one.id]], progress)],
        ]

    return _page(
        "The ledger",
        progress,
        p(".lead")[
            "Every statement of the paper that is put to the test, and ours beside them. ",
            code["sqrtd verify"],
            " runs the tests, and writes the evidence into ",
            code["paper_checks.md"],
            ".",
        ],
        div(".card")[[entry(one) for one in statements.values()]],
    )


def _page(heading: str, progress: Progress, *contents: Node) -> str:
    return whole(
        heading,
        progress,
        body[
            a(".skip", href="#content")["To the page"],
            top("", progress),
            main(id="content", tabindex="-1")[header(".lead")[h1[heading]], contents],
            footer[p[home_link("The course's home page", progress)]],
        ],
    )


def _sheet(heading: str, progress: Progress, part: Callable[[Mapping[str, Any]], Node]) -> str:
    """Return a page with a part of the words of each lesson: its code is not loaded."""
    texts = {entry: lesson_texts(entry.slug) for entry in CONTENTS}
    sections = [
        section[h2[lesson_link(entry, progress)], part(said)] for entry, said in texts.items()
    ]
    return _page(heading, progress, div(".card.sheet")[sections])


def _drops(slugs: list[str], progress: Progress) -> Node:
    entries: Mapping[str, Entry] = {entry.slug: entry for entry in CONTENTS}
    return _listed(lesson_link(entries[slug], progress) for slug in slugs)


def _to(name: str, statements: Statements) -> Element:
    return a(href=f"#{name}")[statements[name].name if name in statements else name]


def _listed(nodes: Iterable[Node]) -> Node:
    return [[", " if n else None, node] for n, node in enumerate(nodes)]


def _table(heads: tuple[str, ...], lines: Iterable[Sequence[Node]], *, title: str) -> Element:
    return div(".wide")[
        table(".prose")[
            caption[title],
            thead[tr[[th(scope="col")[head] for head in heads]]],
            tbody[
                [tr[th(scope="row")[first], [td[cell] for cell in rest]] for first, *rest in lines]
            ],
        ]
    ]
