"""The sentences of Section 4, by figure, with the checks that put them to the test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from htpy import Node

from teaching.lessons.after_training.settings import Settings
from teaching.lessons.after_training.verdicts import Found, Judged
from teaching.pictures.mathml import Term, formula, root, row, sub, sup, words

GRADIENT = row("‖", sub("∂", "x"), "L", "‖")
NORM = row("E", sub(GRADIENT, "1"))
NORM_2 = row("E", sub(GRADIENT, "2"))


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence of Section 4.

    Attributes
    ----------
    formula : what it says, for some settings.
    says : the same in words, and how it is read to be tested.
    claim : its id in the ledger, whose verdict it has.
    corrected : the sentence as we correct it; empty where the print needs no correction.
    neighbour : for settings that drop an assumption, words of the false neighbours that are held
        instead; else empty.
    """

    formula: Callable[[Settings], Node]
    says: str
    claim: str
    corrected: str = ""
    neighbour: Callable[[Settings], str] = lambda settings: ""  # noqa: ARG005

    def held(self, settings: Settings, judged: Judged) -> Sequence[Found]:
        """Return the findings that decide the sentence as it is to be read."""
        if text := self.neighbour(settings):
            return [control for control in judged.controls if text in control.statement]
        if settings.corrected and self.corrected:
            return judged.corrected
        return judged.stated


def _always(*terms: Term) -> Callable[[Settings], Node]:
    return lambda settings: formula(*terms)  # noqa: ARG005


def _words(text: str) -> Callable[[Settings], Node]:
    return lambda settings: text  # noqa: ARG005


def _damage(settings: Settings) -> Node:
    name, norm = ("norm2", NORM_2) if settings.wrong_dual else ("norm", NORM)
    link = "damage" if settings.shows_damage and settings.x == name else ""
    return formula(row("E", "[", "L", "(", "x", "+", "δ", ")", "−", "L", "(", "x", ")", "]"),
                   "≈", row("ε", norm, link=link))  # fmt: skip


def _growth(settings: Settings) -> Node:
    root_d = row(root("d"), link="law-0.5" if settings.x == "own" else "")
    return formula(NORM, "∝", root_d, words(", vulnerability"), "∝", root_d)


def _thresholds(settings: Settings) -> Node:
    scaled = [] if settings.unscaled else [sup("d", "1/2")]
    of_2 = row(sub("ε", "2"), link=_lines("l2-penalty", "l2-augmentation"))
    of_infinity = row(sub("ε", "∞"), link=_lines("l1-penalty", "linf-augmentation"))
    return formula(of_2, "=", of_infinity, *scaled)


def _lines(*lines: str) -> str:
    """Link with lines of networks in the picture."""
    return " ".join(f"line-{line}" for line in lines)


ATTACKS = row(words("attack in p"), link=_lines("linf-augmentation", "l2-augmentation"))
PENALTIES = row(words("penalty on q"), link=_lines("l1-penalty", "l2-penalty"))
Q_1 = row(words("penalty q = 1"), link=_lines("l1-penalty"))
Q_2 = row(words("penalty q = 2"), link=_lines("l2-penalty"))
AVERAGE = row(words("average"), link=_lines("average"))
STRIDES = row(words("strides"), link=_lines("strided"))
MAX = row(words("max"), link=_lines("max"))


SENTENCES: dict[str, Sequence[Sentence]] = {
    "1": (
        Sentence(
            formula=_always(words("larger d"), "⇒", words("larger\u00a0"), NORM),
            says="Networks on larger images have larger gradients and are more vulnerable. Held: "
            "the exponents of d are above 0.",
            claim="figure-1-growth-natural-images",
        ),
        Sentence(
            formula=_growth,
            says="Both grow almost linearly with √d. Held: with exponents of d within 0.1 of 1/2. "
            "Training has broken hypotheses (H), so nothing here is proved.",
            claim="figure-1-natural-images",
        ),
        Sentence(
            formula=_words("Vulnerability is dampened at large d."),
            says="At the highest dimension vulnerability grows more slowly than the norm.",
            claim="figure-1-damping",
        ),
        Sentence(
            formula=_words("As the first order says less at large d."),
            says="The reason given: the real damage over the first-order one falls with d, and "
            "moves away from 1.",
            claim="figure-1-damping-reason",
            corrected="it rises with d, and moves away from 1.",
        ),
    ),
    "2": (
        Sentence(
            formula=_always(words("vulnerability"), "=", "f", "(", NORM, ")"),
            says="Vulnerability is almost a function of the l1-norm, whatever the method. Held: "
            "rank correlation 0.9 or more, and each method within a quarter of the others' curve.",
            claim="figure-2d-function",
            corrected="almost a function (the rank correlation), but single methods may lie off.",
        ),
        Sentence(
            formula=_thresholds,
            says="With the thresholds of Equation 5, ε means the same for p = 2 and p = ∞: at "
            "small ε the curves come to lie on one another.",
            claim="figure-2-rescaling",
            corrected="the exponent of d that brings the norms together is 1/2, within 0.1.",
            neighbour=lambda settings: "no rescaling" if settings.unscaled else "",
        ),
        Sentence(
            formula=_always(ATTACKS, "≈", PENALTIES),
            says="Training on attacks in l_p, and penalizing the dual norm l_q with the same small "
            "ε, give the same networks (Proposition 2). Held: norms and vulnerabilities within a "
            "quarter, accuracies within 3 points.",
            claim="figure-2-dual-pairs",
        ),
        Sentence(
            formula=_always(words("larger ε"), "⇒", words("smaller\u00a0"), NORM),
            says="Norm and vulnerability steadily decrease as methods get stronger.",
            claim="figure-2-decrease",
            corrected="they decrease over the whole range.",
        ),
        Sentence(
            formula=_always(NORM_2, "∝", NORM),
            says="The two norms are proportional, with one slope for all methods. Held: within a "
            "tenth.",
            claim="figure-2e-proportional",
            corrected="proportional over all methods together.",
        ),
        Sentence(
            formula=_always(Q_1, "≈", Q_2),
            says="The penalty's norm does not matter: at one l1-norm both are as vulnerable, and "
            "at one vulnerability as accurate.",
            claim="figure-2-penalty-norm",
        ),
        Sentence(
            formula=_words("Half the vulnerability, at no loss."),
            says="Vulnerability can be driven down massively without losing accuracy. Held: halved "
            "at a loss of 1 point, in the mean of the methods.",
            claim="figure-2f-plateau",
            corrected="halved at a loss of 3 points.",
        ),
    ),
    "3": (
        Sentence(
            formula=_damage,
            says="What a small attack really adds to the loss, its damage, is ε times the dual "
            "norm. Lemma 1 says so at first order, for all weights, trained ones too. Held: within "
            "a tenth.",
            claim="first-order-damage",
            neighbour=lambda settings: "it is ε E‖∂_x L‖_2" if settings.wrong_dual else "",
        ),
        Sentence(
            formula=_always(AVERAGE, "<", STRIDES, ",", MAX),
            says="Networks with average-pooling are less vulnerable than those with strides or "
            "max-pooling, and have smaller gradients.",
            claim="figure-3",
        ),
        Sentence(
            formula=_always("2", "·", AVERAGE, "≤", STRIDES, ",", MAX),
            says="Much less. Held: by a factor of 2, which Theorem 6 gives one average over 4.",
            claim="figure-3-much",
            corrected="less vulnerable, by whatever factor.",
        ),
        Sentence(
            formula=_always(STRIDES, "≲", AVERAGE, "≲", MAX),
            says="All accuracies are close (within 5 points), in this order.",
            claim="figure-3-accuracy",
            corrected="all are close; the order is another matter.",
        ),
    ),
}
