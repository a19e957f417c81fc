"""All pairs of paths to o at once: the matrix of E[w_p w_p'], which Lemma 9 says is diagonal."""

from htpy import Node, figcaption

from teaching.lessons.path_products.network import Network, Path
from teaching.lessons.path_products.settings import Settings, write
from teaching.lessons.path_products.terms import OMEGA, OMEGA_PRIME, expected, plain, signed
from teaching.pictures import svg
from teaching.pictures.handles import part
from teaching.pictures.mathml import formula
from teaching.words import Words
from theory.paths import weight_laws

TEXT = Words.beside(__name__)
LEFT, TOP, LINE = 44.0, 24.0, 17.0
HIGHEST = 27.0
"""Units of a row, at most."""
LETTER = 9.0
"""Units that a character takes: a value that is wider than its cell is shown by colour alone."""
MOST_HEADS = 9
"""Columns whose names stand side by side; those of more columns stand at two heights."""


def matrix(settings: Settings, net: Network) -> Node:
    """Draw the matrix; pressing a row chooses the path that is being moved."""
    # In the order of their names, so that equal products stand side by side.
    paths = sorted(net.paths(["o"]), key=lambda path: plain(net.product(path)))
    lines = 1 + (len(paths) > MOST_HEADS)
    top = TOP + (lines - 1) * LINE
    size = (svg.WIDTH - LEFT) / len(paths)
    high = min(size, HIGHEST)
    labels = [plain(net.product(path)) for path in paths]
    products = [net.product(path) for path in paths]
    figures: list[Node] = []
    grounds: dict[str, list[str]] = {"cell": [], "cell three": [], "cell four": []}

    def box(row: int, column: int) -> str:
        x, y = LEFT + column * size, top + row * high
        return f"M{x + 1:.1f},{y + 1:.1f} h{size - 2:.1f} v{high - 2:.1f} h{2 - size:.1f} z"

    for i, one in enumerate(products):
        for j in range(i, len(paths)):
            value = weight_laws.expectation(net.law, one + products[j])
            kind = "cell three" if value > 0 else "cell four" if value else "cell"
            # E[w_p w_p'] is E[w_p' w_p].
            for row, column in {(i, j), (j, i)}:
                grounds[kind].append(box(row, column))
                if value and len(signed(value)) * LETTER <= size:
                    x, y = LEFT + (column + 0.5) * size, top + (row + 0.5) * high + 5
                    figures.append(svg.words(x, y, signed(value), kind="small"))
    rows = [
        _row(path, label, top + (i + 0.5) * high, settings)
        for i, (path, label) in enumerate(zip(paths, labels, strict=True))
    ]
    heads = [
        svg.words(LEFT + (j + 0.5) * size, TOP - 8 + j % lines * LINE, label, kind="small")
        for j, label in enumerate(labels)
    ]
    framed = {settings.p, settings.q} <= set(paths) and svg.path(
        ".cell.framed", d=box(paths.index(settings.p), paths.index(settings.q))
    )
    return [
        svg.canvas(
            [svg.path(class_=kind, d=" ".join(boxes)) for kind, boxes in grounds.items() if boxes],
            figures, framed, rows, heads,
            label=TEXT("caption.matrix"),
            height=top + len(paths) * high + 4,
        ),
        figcaption[TEXT("caption.pairs", cross=formula(expected(OMEGA, OMEGA_PRIME)))],
    ]  # fmt: skip


def _row(path: Path, label: str, y: float, settings: Settings) -> Node:
    return part(
        [
            svg.rect(".hit", x="0", y=f"{y - 10:.1f}", width=f"{LEFT - 4}", height="20"),
            svg.words(LEFT - 6, y + 5, label, kind="small", anchor="end"),
        ],
        settings.active,
        write(path),
        label=TEXT("caption.row", path=write(path)),
        chosen=path in (settings.p, settings.q),
    )
