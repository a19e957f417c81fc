"""The sentences of Section 4, by figure, with the checks that put them to the test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from htpy import Element, Node

from teaching.lessons.after_training.settings import Settings
from teaching.lessons.after_training.verdicts import Found, Judged
from teaching.pictures.mathml import Term, formula, root, row, sub, sup, words
from teaching.words import Words

TEXT = Words.beside(__name__)
GRADIENT = row("‖", sub("∂", "x"), "L", "‖")
NORM = row("E", sub(GRADIENT, "1"))
NORM_2 = row("E", sub(GRADIENT, "2"))


NEIGHBOURS = {
    "figure-2-rescaling": ("unscaled", "no rescaling"),
    "first-order-damage": ("wrong_dual", "it is ε E‖∂_x L‖_2"),
}
"""By claim: what drops its assumption, and words of the false neighbours that are held then."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of Section 4.

    Attributes
    ----------
    claim : its id in the ledger, whose verdict it has; the words of the line have the same name.
    formula : what it says, for some settings.
    """

    claim: str
    formula: Callable[[Settings], Node]

    @property
    def corrects(self) -> bool:
        """Whether the print needs a correction."""
        return self.claim in TEXT.texts["says"]

    def neighbour(self, settings: Settings) -> str:
        """Return words of the false neighbours that are held instead; empty where none are."""
        switch, words = NEIGHBOURS.get(self.claim, ("", ""))
        return words if switch and getattr(settings, switch) else ""

    def held(self, settings: Settings, judged: Judged) -> Sequence[Found]:
        """Return the findings that decide the sentence as it is to be read."""
        if text := self.neighbour(settings):
            return [control for control in judged.controls if text in control.statement]
        if settings.corrected and self.corrects:
            return judged.corrected
        return judged.stated


def _always(*terms: Term) -> Callable[[Settings], Node]:
    return lambda settings: formula(*terms)  # noqa: ARG005


def _plain(name: str) -> Callable[[Settings], Node]:
    return lambda settings: TEXT(f"says.{name}")  # noqa: ARG005


def _words(name: str, *lines: str) -> Element:
    """Write words that light lines of networks in the picture."""
    said = words(TEXT(f"says.{name}"))
    return row(said, link=" ".join(f"line-{line}" for line in lines)) if lines else said


def _damage(settings: Settings) -> Node:
    name, norm = ("norm2", NORM_2) if settings.wrong_dual else ("norm", NORM)
    link = "damage" if settings.shows_damage and settings.x == name else ""
    return formula(row("E", "[", "L", "(", "x", "+", "δ", ")", "−", "L", "(", "x", ")", "]"),
                   "≈", row("ε", norm, link=link))  # fmt: skip


def _growth(settings: Settings) -> Node:
    root_d = row(root("d"), link="law-0.5" if settings.x == "own" else "")
    return formula(NORM, "∝", root_d, words(TEXT("says.and_vulnerability")), "∝", root_d)


def _thresholds(settings: Settings) -> Node:
    scaled = [] if settings.unscaled else [sup("d", "1/2")]
    of_2 = row(sub("ε", "2"), link="line-l2-penalty line-l2-augmentation")
    of_infinity = row(sub("ε", "∞"), link="line-l1-penalty line-linf-augmentation")
    return formula(of_2, "=", of_infinity, *scaled)


ATTACKS = _words("attack", "linf-augmentation", "l2-augmentation")
PENALTIES = _words("penalty", "l1-penalty", "l2-penalty")
Q_1, Q_2 = _words("q_1", "l1-penalty"), _words("q_2", "l2-penalty")
AVERAGE, STRIDES = _words("average_short", "average"), _words("strides_short", "strided")
MAX = _words("max_short", "max")

SENTENCES: dict[str, Sequence[Sentence]] = {
    "1": (
        Sentence(
            "figure-1-growth-natural-images",
            _always(_words("larger_d"), "⇒", _words("larger"), NORM),
        ),
        Sentence("figure-1-natural-images", _growth),
        Sentence("figure-1-damping", _plain("damping")),
        Sentence("figure-1-damping-reason", _plain("reason")),
    ),
    "2": (
        Sentence(
            "figure-2d-function",
            _always(_words("vulnerability_short"), "=", "f", "(", NORM, ")"),
        ),
        Sentence("figure-2-rescaling", _thresholds),
        Sentence("figure-2-dual-pairs", _always(ATTACKS, "≈", PENALTIES)),
        Sentence("figure-2-decrease", _always(_words("larger_size"), "⇒", _words("smaller"), NORM)),
        Sentence("figure-2e-proportional", _always(NORM_2, "∝", NORM)),
        Sentence("figure-2-penalty-norm", _always(Q_1, "≈", Q_2)),
        Sentence("figure-2f-plateau", _plain("half")),
    ),
    "3": (
        Sentence("first-order-damage", _damage),
        Sentence("figure-3", _always(AVERAGE, "<", STRIDES, ",", MAX)),
        Sentence("figure-3-much", _always("2", "·", AVERAGE, "≤", STRIDES, ",", MAX)),
        Sentence("figure-3-accuracy", _always(STRIDES, "≲", AVERAGE, "≲", MAX)),
    ),
}
