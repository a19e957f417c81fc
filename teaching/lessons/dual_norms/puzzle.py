"""The puzzle: a gradient that two attackers like equally."""

import math

import numpy as np
from htpy import sub

from teaching.lesson import Puzzle, Verdict, solved, unsolved
from teaching.lessons.dual_norms.settings import Settings
from teaching.pictures.numbers import number
from theory.attacks import norms
from theory.attacks.norms import ROUNDING

SIZE = 1.5
"""The first attacker's, who is held to the l_1-norm; the second one's size is 1."""


def puzzle(settings: Settings) -> Puzzle:
    """Return the puzzle; the gradient above is the answer."""
    return Puzzle(
        task=[
            "One attacker may use perturbations with ‖δ‖", sub["1"], f" ≤ {SIZE:g}, another those "
            "with ‖δ‖", sub["∞"], " ≤ 1. Move the gradient g until both gain exactly the same.",
            settings.look != "ball" and " (Look at the ball to move it.)",
        ],
        judge=lambda: _judge(settings),
        hints=[
            "What does each attacker do best? One puts all into one pixel, the other changes both.",
            "By Lemma 1, the first gains 1.5 times the larger coordinate, the second gains the sum "
            "of both sizes.",
            "So half of the larger coordinate has to be what the smaller one adds.",
        ],
    )  # fmt: skip


def _judge(settings: Settings) -> Verdict:
    one = SIZE * float(norms.dual_norm(settings.vector, 1.0))
    sup = float(norms.dual_norm(settings.vector, math.inf))
    gains = f"The first gains {number(one)}, the second {number(sup)}"
    if np.isclose(one, sup, rtol=ROUNDING, atol=0):
        return solved(f"{gains}: the same.")
    if one > sup:
        return unsolved(
            f"{gains}. One pixel counts too much: the second attacker, who changes both, "
            "gets too little from the other one."
        )
    return unsolved(
        f"{gains}. Both pixels count much: the first attacker can use only one of them."
    )
