"""What is chosen: figure, axes, reading, assumptions; and the figures of the kinds chosen."""

from collections.abc import Sequence

from htpy import Node, br, p, span

from empirical.measures.trained import Cell
from teaching.lessons.after_training.figure import values
from teaching.lessons.after_training.settings import Settings
from teaching.lessons.after_training.shown import Shown
from teaching.pictures.handles import choose, group, press, rows, switch

FIGURES = {"1": "1, resolution", "2": "2, training methods", "3": "3, pooling"}
WORDS = {
    "norm": "l1-norm",
    "norm2": "l2-norm",
    "vulnerability": "vulnerability",
    "accuracy": "accuracy",
    "damage": "damage",
}
OWN = {"1": "d", "2": "ε", "3": "pooling"}


def choices(settings: Settings) -> Node:
    """Return what is seen, how the sentences are read, and which assumption is dropped."""
    return [
        choose(settings, "figure", "The paper's Figure", FIGURES),
        choose(settings, "y", "Upwards:", WORDS),
        choose(settings, "x", "Across:", {"own": OWN[settings.figure], **WORDS}),
        switch(
            settings, "corrected", "hold the sentences as we correct them",
            note="Where the print fails or says too much.",
        ),
        settings.figure != "1"
        and group(
            "Assumptions",
            settings.figure == "3"
            and switch(
                settings, "wrong_dual", "predict the damage by the l2-norm",
                note="The dual of an l∞-attack is the l1-norm; see both against the damage.",
            ),
            settings.figure == "2"
            and switch(
                settings, "unscaled", "do without Equation 5",
                note="The same ε for p = 2 and p = ∞; see it with ε across.",
            ),
        ),
    ]  # fmt: skip


def chosen_kinds(shown: Shown) -> Node:
    """Return the figures of the kinds chosen, and of each network of the last one."""
    if not shown.chosen:
        return p(".note")["No kind is chosen: press a mark in the picture."]
    last = shown.chosen[0]
    place = shown.numbers[last]
    networks: list[list[Node]] = [
        [
            span(data_link=f"net-{place}-{network.index}", tabindex="0")[str(network.index + 1)],
            *_cells(values(network)),
        ]
        for network in shown.record.sweep.of(last)
    ]
    return [
        rows(["kind", *_HEADS], [_kind(shown, cell) for cell in shown.chosen],
             title="The kinds chosen: means and 95 % intervals, shares in %"),
        rows(["network", *_HEADS], networks, title=f"{shown.name(last)}: its networks"),
        press("Choose none", "clear"),
    ]  # fmt: skip


_HEADS = ("l1-norm", "vulnerability", "accuracy")


def _kind(shown: Shown, cell: Cell) -> list[Node]:
    number = shown.numbers[cell]
    strength = shown.strength(cell)
    name = shown.name(cell).removesuffix(f", {strength}")
    cells: list[Node] = [
        span(data_link=f"cell-{number}", tabindex="0")[name, strength and [br, strength]]
    ]
    for measure in ("norm", "vulnerability", "accuracy"):
        found = shown.interval(cell, measure)
        cells.append(
            "none"
            if found is None
            else [f"{found.estimate:.3g}", br, f"({found.low:.3g}–{found.high:.3g})"]
        )
    return cells


def _cells(found: dict[str, float]) -> Sequence[str]:
    return [f"{found[name]:.3g}" for name in ("norm", "vulnerability", "accuracy")]
