"""The sentences of Section 4, by figure, with the checks that put them to the test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from htpy import Node

from teaching.lessons.after_training.settings import Settings
from teaching.lessons.after_training.verdicts import Found, Judged
from teaching.pictures.mathml import Term, formula, root, row, sub, sup, words
from teaching.words import Words

TEXT = Words.beside(__name__)
GRADIENT = row("‖", sub("∂", "x"), "L", "‖")
NORM = row("E", sub(GRADIENT, "1"))
NORM_2 = row("E", sub(GRADIENT, "2"))


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence of Section 4.

    Attributes
    ----------
    formula : what it says, for some settings.
    claim : its id in the ledger, whose verdict it has; the words of the line have the same name.
    corrects : whether the print needs a correction.
    neighbour : for settings that drop an assumption, words of the false neighbours that are held
        instead; else empty.
    """

    formula: Callable[[Settings], Node]
    claim: str
    corrects: bool = False
    neighbour: Callable[[Settings], str] = lambda settings: ""  # noqa: ARG005

    def held(self, settings: Settings, judged: Judged) -> Sequence[Found]:
        """Return the findings that decide the sentence as it is to be read."""
        if text := self.neighbour(settings):
            return [control for control in judged.controls if text in control.statement]
        if settings.corrected and self.corrects:
            return judged.corrected
        return judged.stated


def _always(*terms: Term) -> Callable[[Settings], Node]:
    return lambda settings: formula(*terms)  # noqa: ARG005


def _words(name: str) -> Callable[[Settings], Node]:
    return lambda settings: TEXT(f"says.{name}")  # noqa: ARG005


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
    of_2 = row(sub("ε", "2"), link=_lines("l2-penalty", "l2-augmentation"))
    of_infinity = row(sub("ε", "∞"), link=_lines("l1-penalty", "linf-augmentation"))
    return formula(of_2, "=", of_infinity, *scaled)


def _lines(*lines: str) -> str:
    """Link with lines of networks in the picture."""
    return " ".join(f"line-{line}" for line in lines)


ATTACKS = row(words(TEXT("says.attack")), link=_lines("linf-augmentation", "l2-augmentation"))
PENALTIES = row(words(TEXT("says.penalty")), link=_lines("l1-penalty", "l2-penalty"))
Q_1 = row(words(TEXT("says.q_1")), link=_lines("l1-penalty"))
Q_2 = row(words(TEXT("says.q_2")), link=_lines("l2-penalty"))
AVERAGE = row(words(TEXT("says.average_short")), link=_lines("average"))
STRIDES = row(words(TEXT("says.strides_short")), link=_lines("strided"))
MAX = row(words(TEXT("says.max_short")), link=_lines("max"))


SENTENCES: dict[str, Sequence[Sentence]] = {
    "1": (
        Sentence(
            formula=_always(words(TEXT("says.larger_d")), "⇒", words(TEXT("says.larger")), NORM),
            claim="figure-1-growth-natural-images",
        ),
        Sentence(
            formula=_growth,
            claim="figure-1-natural-images",
        ),
        Sentence(
            formula=_words("damping"),
            claim="figure-1-damping",
        ),
        Sentence(
            formula=_words("reason"),
            claim="figure-1-damping-reason",
            corrects=True,
        ),
    ),
    "2": (
        Sentence(
            formula=_always(words(TEXT("says.vulnerability_short")), "=", "f", "(", NORM, ")"),
            claim="figure-2d-function",
            corrects=True,
        ),
        Sentence(
            formula=_thresholds,
            claim="figure-2-rescaling",
            corrects=True,
            neighbour=lambda settings: "no rescaling" if settings.unscaled else "",
        ),
        Sentence(
            formula=_always(ATTACKS, "≈", PENALTIES),
            claim="figure-2-dual-pairs",
        ),
        Sentence(
            formula=_always(
                words(TEXT("says.larger_size")), "⇒", words(TEXT("says.smaller")), NORM
            ),
            claim="figure-2-decrease",
            corrects=True,
        ),
        Sentence(
            formula=_always(NORM_2, "∝", NORM),
            claim="figure-2e-proportional",
            corrects=True,
        ),
        Sentence(
            formula=_always(Q_1, "≈", Q_2),
            claim="figure-2-penalty-norm",
        ),
        Sentence(
            formula=_words("half"),
            claim="figure-2f-plateau",
            corrects=True,
        ),
    ),
    "3": (
        Sentence(
            formula=_damage,
            claim="first-order-damage",
            neighbour=lambda settings: "it is ε E‖∂_x L‖_2" if settings.wrong_dual else "",
        ),
        Sentence(
            formula=_always(AVERAGE, "<", STRIDES, ",", MAX),
            claim="figure-3",
        ),
        Sentence(
            formula=_always("2", "·", AVERAGE, "≤", STRIDES, ",", MAX),
            claim="figure-3-much",
            corrects=True,
        ),
        Sentence(
            formula=_always(STRIDES, "≲", AVERAGE, "≲", MAX),
            claim="figure-3-accuracy",
            corrects=True,
        ),
    ),
}
