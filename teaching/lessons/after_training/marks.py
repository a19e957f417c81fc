"""Marks of lines of networks, by colour and shape, and the legend that filters by them."""

from collections.abc import Sequence

from htpy import Node

from teaching.lessons.after_training.settings import NAMES
from teaching.lessons.after_training.shown import Shown
from teaching.pictures import svg
from teaching.pictures.handles import part
from teaching.words import Words

TEXT = Words.beside(__name__)

LOOKS = {
    "plain": ("four", "diamond"),
    "l1-penalty": ("one", "circle"),
    "linf-augmentation": ("one", "square"),
    "linf-through-attack": ("one", "diamond"),
    "linf-pgd": ("one", "triangle"),
    "l2-penalty": ("two", "circle"),
    "l2-augmentation": ("two", "square"),
    "l2-through-attack": ("two", "diamond"),
    "l2-pgd": ("two", "triangle"),
    "cross-lipschitz": ("three", "triangle"),
    "average": ("one", "circle"),
    "strided": ("two", "square"),
    "max": ("three", "diamond"),
}
"""Colour by the norm and shape by the way of training; of Figure 3, both by the pooling."""

CORNERS: dict[str, Sequence[tuple[float, float]]] = {
    "square": ((-5, -5), (5, -5), (5, 5), (-5, 5)),
    "diamond": ((0, -7), (7, 0), (0, 7), (-7, 0)),
    "triangle": ((0, -7), (6.5, 5), (-6.5, 5)),
}
ROW = 27.0
"""Units between two rows of the legend."""


def look(line: str) -> tuple[str, str]:
    """Return the colour and the shape of a line's marks."""
    return LOOKS.get(line, ("four", "circle"))


def mark(shape: str, x: float, y: float) -> Node:
    """Draw a mark."""
    if shape not in CORNERS:
        return svg.disc(x, y, 5.5, class_="dot")
    return svg.polygon(".dot", points=svg.corners((x + dx, y + dy) for dx, dy in CORNERS[shape]))


def legend(shown: Shown) -> Node:
    """Name the lines, in two columns; pressing one shows it alone."""
    entries = []
    for n, line in enumerate(shown.lines):
        x, y = svg.WIDTH / 2 * (n % 2) + 10, ROW * (n // 2) + ROW / 2
        colour, shape = look(line)
        alone, name = shown.settings.only == line, NAMES.get(line, line)
        entries.append(
            part(
                [
                    svg.rect(
                        class_="node chosen" if alone else "ground", x=f"{x - 9:.1f}",
                        y=f"{y - 12:.1f}", width=f"{svg.WIDTH / 2 - 12:.1f}", height="24", rx="5",
                    ),
                    svg.g(class_=colour)[mark(shape, x + 4, y)],
                    svg.words(x + 18, y + 5, name, kind="small", anchor="start"),
                ],
                "only", line, link=f"line-{line}", chosen=alone,
                label=TEXT("caption.again" if alone else "caption.alone", line=name),
            )
        )  # fmt: skip
    height = ROW * -(-len(shown.lines) // 2)
    return svg.canvas(entries, label=TEXT("caption.legend"), height=height)
