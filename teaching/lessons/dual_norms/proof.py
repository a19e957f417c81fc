"""Lemma 1 and Equations 5 and 6, line by line, on the attack at hand."""

from collections.abc import Sequence

import numpy as np
from htpy import sub as below
from htpy import sup as raised

from teaching.lesson import Check, Step, compared, proved
from teaching.lessons.dual_norms.attack import NEAR, Attack, attack, in_norms, listed, named, reach
from teaching.lessons.dual_norms.settings import Settings
from teaching.pictures.mathml import Term, formula, row, sub, sup, total
from teaching.pictures.numbers import number
from theory.attacks import norms, planar_attacks
from theory.attacks.norms import ROUNDING

FOUND = 0.999
"""Share of the maximum that a search in steps of one degree reaches, for exponents as here."""


def steps(settings: Settings) -> Sequence[Step]:
    """Return the lines of the proof."""
    found = attack(settings)
    g, delta = row("g", link="gradient"), row("δ", link="best ball")
    q = "q" if settings.dual == "q" else "p"
    dual = sub(row("‖", g, "‖"), q)
    return [
        proved(
            formula=[
                formula(_over_ball(), row("L", "(x+δ)", "−", "L", "(x)", link="loss")),
                formula("≈", _over_ball(), row(g, "·", delta), block=True),
            ],
            reason="What an attack of size ε adds to the loss at most; g is the gradient at x. "
            "Equal for a linear loss, else to first order in ε. (Equation 2 has |…| on both "
            "sides: to first order the same, as the ball holds −δ with δ.)",
            check=_first_order(settings),
        ),
        proved(
            formula=formula(
                g, "·", "δ", "≤", total("∑", "i"), row("|", sub("g", "i"), sub("δ", "i"), "|"),
                "≤", dual, sub(row("‖", delta, "‖"), "p"),
            ),
            reason=["Hölder's inequality, with 1/p + 1/q = 1. For vectors of norm 1: |ab| ≤ |a|",
                    raised["q"], "/q + |b|", raised["p"], "/p, added up. (For p = 1 or ∞: "
                    "no coordinate is above the largest.)"],
            check=_hoelder(settings, found),
        ),
        proved(
            formula=formula(
                row("|", sub("δ", "i"), "|", "∝", sup(row("|", sub("g", "i"), "|"), "q−1")),
                "⇒", g, "·", delta, "=", "ε", dual,
            ),
            reason="With the signs of g and these sizes, both inequalities are equalities: the "
            "orange arrow. (For p = 1 it changes the pixel of the largest coordinate alone.)",
            check=_equality(settings, found),
        ),
        proved(
            formula=formula(_over_ball(), row("g", "·", "δ", link="level"), "=", "ε", dual),
            reason="By the two lines before. The largest gain is ε times the dual norm: Lemma 1.",
            check=_lemma_1(settings, found),
        ),
        proved(
            formula=formula(sub("ε", "p"), "=", sub("ε", "∞"), sup("d", "1/p")),
            reason=["The p-norm of a change of every pixel by ε", below["∞"], ". So all "
                    "pixels together may change as much, whatever d and p (Equation 5). An attack "
                    "may also change fewer pixels by more."],
            check=_equation_5(settings),
        ),
        proved(
            formula=formula(
                row(sub("ε", "p"), sub(row("‖", "g", "‖"), "q"), link="gain"), "=",
                row(sub("ε", "∞"), "d", "|", "g", "|", link="wanted"),
            ),
            reason=["If all d coordinates have the size |g|, then ‖g‖ is d", raised["1/q"], " |g|, "
                    "and 1/p + 1/q = 1 (Equation 6). Coordinates within a factor of |g| change it "
                    "by at most that factor."],
            check=_equation_6(settings),
        ),
    ]  # fmt: skip


def _over_ball() -> Term:
    return total("max", row("‖", "δ", "‖", "≤", "ε", link="ball"))


def _first_order(settings: Settings) -> Check:
    found = reach(settings, settings.epsilon)
    return compared(
        found.is_near,
        f"largest rise found by searching the ball: {number(float(found.rise[-1]))}; by the "
        f"orange arrow: {number(found.of_best)}; first order: "
        f"{number(float(found.first_order[-1]))}. Within {100 * NEAR:g} % counts as ≈",
    )


def _hoelder(settings: Settings, found: Attack) -> Check:
    tried = settings.epsilon * planar_attacks.unit_circle(settings.exponent)
    largest = float((tried @ settings.vector).max())
    return compared(
        largest <= found.predicted * (1 + ROUNDING),
        f"of {len(tried)} perturbations around the ball, the largest g · δ is "
        f"{number(largest)}; ε‖g‖ with exponent {named(found.measure)}: {number(found.predicted)}",
    )


def _equality(settings: Settings, found: Attack) -> Check:
    length = float(norms.norm(found.best, settings.exponent))
    reached = np.isclose(found.gain, found.predicted, rtol=ROUNDING, atol=0)
    right = np.isclose(length, settings.epsilon, rtol=ROUNDING, atol=0)
    return compared(
        bool(reached and right),
        f"‖δ‖ = {number(length)}, g · δ = {number(found.gain)}; ε‖g‖ with exponent "
        f"{named(found.measure)}: {number(found.predicted)}",
    )


def _lemma_1(settings: Settings, found: Attack) -> Check:
    tried = settings.epsilon * planar_attacks.unit_circle(settings.exponent)
    largest = float((tried @ settings.vector).max())
    dual = settings.epsilon * float(norms.dual_norm(settings.vector, settings.exponent))
    same = np.isclose(dual, found.predicted, rtol=ROUNDING, atol=0)
    reached = FOUND * found.predicted <= largest <= found.predicted * (1 + ROUNDING)
    return compared(
        bool(same and reached),
        f"search: {number(largest)}; ε‖g‖ with exponent {named(found.measure)}: "
        f"{number(found.predicted)}. The search may miss {100 * (1 - FOUND):.1g} %",
    )


def _equation_5(settings: Settings) -> Check:
    d = 2**settings.doublings
    alike = {p: float(norms.norm(np.full(d, settings.epsilon), p)) for p in in_norms(settings)}
    sizes = {p: many.size for p, many in in_norms(settings).items()}
    return compared(
        np.allclose(list(alike.values()), list(sizes.values()), rtol=ROUNDING, atol=0),
        f"d = {d:,}: every pixel changed by {number(settings.epsilon)} has the norms "
        f"{listed(alike)}; the attacks' sizes are {listed(sizes)}",
    )


def _equation_6(settings: Settings) -> Check:
    found = in_norms(settings)
    holds = all(
        np.allclose([many.gain, many.size * many.norm], many.wanted, rtol=ROUNDING, atol=0)
        for many in found.values()
    )
    return compared(holds, [
            f"d = {2**settings.doublings:,}: best perturbations gain ",
            listed({p: many.gain for p, many in found.items()}), "; ε", below["∞"],
            f" d |g| = {number(found[1.0].wanted)}",
        ])  # fmt: skip
