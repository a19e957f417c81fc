"""The puzzle: the smallest d at which a tiny attack moves the output as much as images do."""

from htpy import input as input_element
from htpy import label

from simulations.small_samples import one_neuron
from teaching.lesson import Puzzle, Verdict, solved, unsolved
from teaching.lessons.one_neuron.settings import EPSILON, SIZES, Settings
from teaching.pictures.handles import identity

WANTED = 1.0
"""The output's standard deviation, over images of pixels of mean square 1."""


def puzzle(settings: Settings) -> Puzzle:
    """Return the puzzle."""
    return Puzzle(
        task=f"An attack with p = ∞ changes each pixel by ε = {EPSILON:g} only. With Gaussian "
        "weights of variance 1/d, the output o has standard deviation 1. From which number of "
        "inputs d on is the attack expected to move o by at least 1?",
        handles=label(for_=identity("guess"))[
            "The smallest such d is ",
            input_element(
                id=identity("guess"), type="number", min="1", max="999999", step="1",
                value=str(settings.guess), data_send="guess", inputmode="numeric",
            ),
        ],
        judge=lambda: _judge(settings.guess),
        hints=[
            "Line 4 has the expected gain of the attack at each d.",
            "Set c ε √d equal to 1 and solve for d.",
            "d = 1/(c ε)², and for Gaussian weights c² = 2/π. Round up.",
        ],
    )  # fmt: skip


def _judge(d: int) -> Verdict:
    here = _gain(d)
    if here < WANTED:
        return unsolved(
            f"At d = {d:,} the attack is expected to move o by {here:.6f} only. Too small."
        )
    before = _gain(d - 1)
    if before >= WANTED:
        return unsolved(
            f"At d = {d:,} it is {here:.6f}, but fewer inputs do, too: at {d - 1:,} it "
            f"is still {before:.6f}. Too large."
        )
    return solved(
        f"At d = {d:,} the expected gain is {here:.6f}, at {d - 1:,} it is {before:.6f}. An "
        "image of 126 by 126 pixels has more inputs."
    )


def _gain(d: int) -> float:
    if d < 1:
        return 0.0
    law = one_neuron.LAWS["gaussian"]
    return EPSILON * one_neuron.expected_gain(law, SIZES["inverse"], d)
