"""Lemma 1 and Equations 5 and 6, line by line, on the attack at hand."""

from collections.abc import Sequence

import numpy as np
from htpy import sup as raised

from teaching.lesson import Check, Mark, Step
from teaching.lessons.dual_norms.attack import Attack, attack, many_pixels, named, number, reach
from teaching.lessons.dual_norms.settings import Settings
from teaching.mathml import Term, formula, row, sub, sup, total
from theory import norms, planar_attacks
from theory.evidence import Outcome
from theory.norms import ROUNDING

NEAR = 0.05
"""First order counts as reached within this share of itself."""

FOUND = 0.999
"""Share of the maximum that a search in steps of one degree reaches, for exponents as here."""


def steps(settings: Settings) -> Sequence[Step]:
    """Return the lines of the proof."""
    found = attack(settings)
    g, delta = row("g", link="gradient"), row("δ", link="best ball")
    q = "q" if settings.dual == "q" else "p"
    dual = sub(row("‖", g, "‖"), q)
    return [
        Step(
            formula=[
                formula(
                    _over_ball(),
                    row("|", "L", "(x+δ)", "−", "L", "(x)", "|", link="loss"),
                ),
                formula("≈", _over_ball(), row("|", g, "·", delta, "|"), block=True),
            ],
            reason="What an attack of size ε does at most (Equation 2); g is the gradient at x. "
            "Equal for a linear loss, else to first order in ε.",
            mark=Mark.PROVED,
            check=_first_order(settings),
        ),
        Step(
            formula=formula(
                g, "·", "δ", "≤", total("∑", "i"), row("|", sub("g", "i"), sub("δ", "i"), "|"),
                "≤", dual, sub(row("‖", delta, "‖"), "p"),
            ),
            reason=["Hölder's inequality, with 1/p + 1/q = 1. For vectors of norm 1: |ab| ≤ |a|",
                    raised["q"], "/q + |b|", raised["p"], "/p, added up."],
            mark=Mark.PROVED,
            check=_hoelder(settings, found),
        ),
        Step(
            formula=formula(
                row("|", sub("δ", "i"), "|", "∝", sup(row("|", sub("g", "i"), "|"), "q−1")),
                "⇒", g, "·", delta, "=", "ε", dual,
            ),
            reason="With the signs of g and these sizes, both inequalities are equalities: the "
            "orange arrow. (For p = 1 it changes the pixel of the largest coordinate alone.)",
            mark=Mark.PROVED,
            check=_equality(settings, found),
        ),
        Step(
            formula=formula(_over_ball(), row("g", "·", "δ", link="level"), "=", "ε", dual),
            reason="By the two lines before. The largest gain is ε times the dual norm: Lemma 1.",
            mark=Mark.PROVED,
            check=_lemma_1(settings, found),
        ),
        Step(
            formula=formula(sub("ε", "p"), "=", sub("ε", "∞"), sup("d", "1/p")),
            reason="The p-norm of a change of every pixel by ε∞: so all attacks may change a pixel "
            "about as much, whatever d and p (Equation 5).",
            mark=Mark.PROVED,
            check=_equation_5(settings),
        ),
        Step(
            formula=formula(
                row(sub("ε", "p"), sub(row("‖", "g", "‖"), "q"), link="gain"), "=",
                row(sub("ε", "∞"), "d", "|", "g", "|", link="wanted"),
            ),
            reason=["If all d coordinates have the size |g|, then ‖g‖ is d", raised["1/q"], " |g|, "
                    "and 1/p + 1/q = 1 (Equation 6). Coordinates within a factor of |g| change it "
                    "by at most that factor."],
            mark=Mark.PROVED,
            check=_equation_6(settings),
        ),
    ]  # fmt: skip


def _over_ball() -> Term:
    return total("max", row("‖", "δ", "‖", "≤", "ε", link="ball"))


def _first_order(settings: Settings) -> Check:
    found = reach(settings, settings.epsilon)
    largest, first = float(found.found.change[-1]), float(found.first_order[-1])
    return Check(
        outcome=_outcome(abs(largest - first) <= NEAR * abs(first)),
        says=f"largest change found by searching the ball: {number(largest)}; first order: "
        f"{number(first)}. Within {100 * NEAR:g} % counts as ≈",
    )


def _hoelder(settings: Settings, found: Attack) -> Check:
    tried = settings.epsilon * planar_attacks.unit_circle(settings.exponent)
    largest = float((tried @ settings.vector).max())
    return Check(
        outcome=_outcome(largest <= found.predicted * (1 + ROUNDING)),
        says=f"of {len(tried)} perturbations around the ball, the largest g · δ is "
        f"{number(largest)}; ε‖g‖ with exponent {named(found.measure)}: {number(found.predicted)}",
    )


def _equality(settings: Settings, found: Attack) -> Check:
    length = float(norms.norm(found.best, settings.exponent))
    reached = np.isclose(found.gain, found.predicted, rtol=ROUNDING, atol=0)
    right = np.isclose(length, settings.epsilon, rtol=ROUNDING, atol=0)
    return Check(
        outcome=_outcome(bool(reached and right)),
        says=f"‖δ‖ = {number(length)}, g · δ = {number(found.gain)}; ε‖g‖ with exponent "
        f"{named(found.measure)}: {number(found.predicted)}",
    )


def _lemma_1(settings: Settings, found: Attack) -> Check:
    tried = settings.epsilon * planar_attacks.unit_circle(settings.exponent)
    largest = float((tried @ settings.vector).max())
    dual = settings.epsilon * float(norms.dual_norm(settings.vector, settings.exponent))
    same = np.isclose(dual, found.predicted, rtol=ROUNDING, atol=0)
    reached = FOUND * found.predicted <= largest <= found.predicted * (1 + ROUNDING)
    return Check(
        outcome=_outcome(bool(same and reached)),
        says=f"search: {number(largest)}; ε‖g‖ with exponent {named(found.measure)}: "
        f"{number(found.predicted)}. The search may miss {100 * (1 - FOUND):.1g} %",
    )


def _equation_5(settings: Settings) -> Check:
    d, p = 2**settings.doublings, settings.exponent
    alike = float(norms.norm(np.full(d, settings.epsilon), p))
    size = many_pixels(settings, d, p).size
    return Check(
        outcome=_outcome(bool(np.isclose(alike, size, rtol=ROUNDING, atol=0))),
        says=f"d = {d:,}, p = {named(p)}: every pixel changed by {number(settings.epsilon)} has "
        f"the norm {number(alike)}; the attack's size is {number(size)}",
    )


def _equation_6(settings: Settings) -> Check:
    d = 2**settings.doublings
    found = {p: many_pixels(settings, d, p) for p in (1.0, settings.exponent, np.inf)}
    holds = all(
        np.allclose([many.gain, many.size * many.norm], many.wanted, rtol=ROUNDING, atol=0)
        for many in found.values()
    )
    gains = ", ".join(f"{number(many.gain)} (p = {named(p)})" for p, many in found.items())
    return Check(
        outcome=_outcome(holds),
        says=f"d = {d:,}: best perturbations gain {gains}; ε∞ d |g| = {number(found[1.0].wanted)}",
    )


def _outcome(holds: bool) -> Outcome:
    return Outcome.HOLDS if holds else Outcome.FAILS
