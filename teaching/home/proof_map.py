"""The map of the proof: statements of the paper, and what rests on what, from top to bottom."""

from collections.abc import Mapping

from htpy import Element, Node

from teaching.course import course
from teaching.pictures import svg
from teaching.statements import Statements, arrows

COLUMN, ROW, HALF, TALL = 84.0, 62.0, 38.0, 19.0
"""Units between columns and between rows; half a box's width and height."""

GAP = ROW - 2 * TALL - 3
"""Units down from a box to the tip of an arrow."""


def places() -> dict[str, tuple[int, int]]:
    """Return column and row of each statement on the map."""
    rows = course()["map"]["rows"]
    return {
        name: (column, row)
        for row, names in enumerate(rows)
        for column, name in enumerate(names)
        if name
    }


def proof_map(statements: Statements, lessons: Mapping[str, str]) -> Element:
    """Draw the map; a statement leads to the lesson about it, or else to the ledger.

    Parameters
    ----------
    statements : the ledger's.
    lessons : by id of a statement, the slug of the lesson about it.
    """
    said, there = course()["map"], places()
    lowest = max(row for _, row in there.values())
    return svg.canvas(
        [_arrow(there, one, other) for one, other in arrows(statements, there)],
        [
            _box(place, said["labels"][name], *_way(name, lessons, said))
            for name, place in there.items()
        ],
        label=said["label"],
        height=(lowest + 1) * ROW,
    )


def _way(name: str, lessons: Mapping[str, str], said: Mapping[str, str]) -> tuple[str, str]:
    if name in lessons:
        return f"/{lessons[name]}", said["to_lesson"]
    return f"/ledger#{name}", said["to_ledger"]


def _box(place: tuple[int, int], label: str, href: str, where: str) -> Node:
    x, y = _middle(place)
    first, _, second = label.partition("|")
    slug = href.lstrip("/")
    is_lesson = "#" not in slug
    return svg.link(
        class_="lesson place" if is_lesson else "place",
        href=href,
        data_lesson=slug if is_lesson else None,
        aria_label=f"{first} {second}".strip() + f", {where}",
    )[
        svg.rect(
            ".node", x=f"{x - HALF:.0f}", y=f"{y - TALL:.0f}", width=f"{2 * HALF:.0f}",
            height=f"{2 * TALL:.0f}", rx="6",
        ),
        svg.words(x, y - 2 if second else y + 5, first, kind="tiny strong"),
        " ",  # else both would be read as one word
        second and svg.words(x, y + 13, second, kind="tiny"),
    ]  # fmt: skip


def _middle(place: tuple[int, int]) -> tuple[float, float]:
    column, row = place
    return COLUMN * (column + 0.5), ROW * (row + 0.5)


def _arrow(there: Mapping[str, tuple[int, int]], one: str, other: str) -> Node:
    """Lead from below one box to above another, past the boxes between them."""
    (column, row), (_, to_row) = there[one], there[other]
    (x1, y1), (x2, y2) = _middle(there[one]), _middle(there[other])
    y1, y2 = y1 + TALL, y2 - TALL - 3
    d = f"M{x1:.0f},{y1:.0f}"
    taken = {place for name, place in there.items() if name not in (one, other)}
    free = not any((column, between) in taken for between in range(row + 1, to_row))
    if free:
        # Straight down, and across in the last gap between two rows.
        d += f" V{y2 - GAP:.0f}{_bend(x1, x2, y2 - GAP)}"
    else:
        # Around the boxes below.
        aside = x1 - COLUMN / 2
        d += f"{_bend(x1, aside, y1)} V{y2 - GAP:.0f}{_bend(aside, x2, y2 - GAP)}"
    tip = f"M{x2 - 4:.0f},{y2 - 5:.0f} L{x2:.0f},{y2 + 2:.0f} L{x2 + 4:.0f},{y2 - 5:.0f}"
    return svg.path(".edge", d=f"{d} {tip}", aria_hidden="true")


def _bend(x1: float, x2: float, y: float) -> str:
    """Lead from one place across to another one, down over a gap between rows."""
    middle = y + GAP / 2
    return f" C{x1:.0f},{middle:.0f} {x2:.0f},{middle:.0f} {x2:.0f},{y + GAP:.0f}"
