"""What a student can set in the lesson on trained networks, and the events that do it."""

from dataclasses import dataclass, replace

from teaching.fields import changed, choice, flag, whole
from teaching.words import Words

TEXT = Words.beside(__name__)
NONE = -1
"""Place of a cell that is not chosen."""

MOST_CELLS = 200
"""The largest number of a kind of networks that an address may name."""

MEASURES = {
    "norm": "gradient_norm",
    "norm2": "gradient_norm_l2",
    "vulnerability": "changed",
    "accuracy": "correct",
    "damage": "increase",
}
"""What is measured on each image, by its name in the address."""

LINES = (
    "plain",
    "l1-penalty",
    "l2-penalty",
    "linf-augmentation",
    "l2-augmentation",
    "linf-through-attack",
    "l2-through-attack",
    "cross-lipschitz",
    "linf-pgd",
    "l2-pgd",
    "average",
    "strided",
    "max",
)
"""The lines of networks: methods of training, and poolings."""

NAMES = {line: TEXT(f"says.{line}") for line in LINES}
"""What they are called on the page."""


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    figure : of the paper.
    x, y : what the axes show; "own" is what the figure's networks differ in.
    only : the one line of networks that is shown, by its method or pooling; "" for all.
    cell, other : the kinds of networks chosen last and before, by their place in the sweep.
    corrected : whether sentences are held as we correct them; else as printed.
    wrong_dual : whether damage is predicted by the l_2-norm instead of the l_1-norm.
    unscaled : whether Eq. 5's rescaling of ε is left out.
    """

    figure: str = choice("2", "1", "3")
    x: str = choice("norm", "own", "norm2", "vulnerability", "accuracy", "damage")
    y: str = choice("vulnerability", "norm", "norm2", "accuracy", "damage")
    only: str = choice("", *LINES)
    cell: int = whole(NONE, low=0, high=MOST_CELLS)
    other: int = whole(NONE, low=0, high=MOST_CELLS)
    corrected: bool = flag()
    wrong_dual: bool = flag()
    unscaled: bool = flag()

    @property
    def shows_damage(self) -> bool:
        """Whether the picture holds the damage against a norm, as Lemma 1 does."""
        return self.y == "damage" and self.x in ("norm", "norm2")


def choose_figure(settings: Settings, text: str) -> Settings:
    """Show another figure, across what the paper draws; the kinds chosen are not in it."""
    chosen = changed(settings, "figure", text)
    across = "norm" if chosen.figure == "2" else "own"
    return replace(chosen, x=across, only="", cell=NONE, other=NONE)


def choose_cell(settings: Settings, text: str) -> Settings:
    """Choose a kind of networks beside the one chosen before, or drop it again."""
    cell = changed(settings, "cell", text).cell
    if cell == settings.cell:
        return replace(settings, cell=settings.other, other=NONE)
    if cell == settings.other:
        return replace(settings, other=NONE)
    return replace(settings, cell=cell, other=settings.cell)


def show_only(settings: Settings, text: str) -> Settings:
    """Show one line of networks alone, or all again."""
    chosen = changed(settings, "only", text)
    return replace(settings, only="") if chosen.only == settings.only else chosen


def choose_none(settings: Settings, _: str) -> Settings:
    """Drop the kinds that are chosen."""
    return replace(settings, cell=NONE, other=NONE)


EVENTS = {"figure": choose_figure, "cell": choose_cell, "only": show_only, "clear": choose_none}
