"""The puzzle: weights with which larger images are no easier to attack, and their price."""

from teaching.lesson import Puzzle, Verdict, solved, unsolved
from teaching.lessons.the_law.figure import EIGHTHS, NAMES
from teaching.lessons.the_law.measured import Shown, number, power
from teaching.lessons.the_law.settings import DIMENSIONS, SIDES

FLAT = 0.005
"""An exponent that passes for 0: over a factor of 1,024 in d a drift of 4 %."""


def puzzle(shown: Shown) -> Puzzle:
    """Return the puzzle; the slider of the weights is the answer."""
    return Puzzle(
        task="Larger images need not be easier to attack. Set the slider a of the weights so that "
        "an attack with p = ∞ gains the same at every d. What is the price?",
        judge=lambda: _judge(shown),
        hints=[
            "Look at line 2: the gain is d times the size of a coordinate. How must coordinates "
            "shrink for that to stay the same?",
            "Only one layer has an in-degree that grows with d, and a coordinate is proportional "
            "to that layer's weights.",
            "Coordinates must shrink like 1/d, and weights shrink like in-degree^(−a).",
        ],
    )


def _judge(shown: Shown) -> Verdict:
    """Judge by the exponent of the expected gains, in closed form."""
    settings = shown.settings
    if settings.p != "inf":
        return unsolved(
            f"the attack on the page has p = {NAMES[settings.p]}; the puzzle is about p = ∞."
        )
    exponent, a = shown.expected_exponent, EIGHTHS[settings.eighths]
    first, *_, last = shown.expected.values()
    if exponent > FLAT:
        return unsolved(
            f"with a = {a} the gain still grows, like d to the power {power(exponent)}: from "
            f"{number(first)} at d = {DIMENSIONS[0]} to {number(last)} at d = {DIMENSIONS[-1]:,}. "
            "Weights must shrink faster."
        )
    if exponent < -FLAT:
        return unsolved(
            f"with a = {a} the gain shrinks, like d to the power {power(exponent)}: that is "
            "more than was asked for. Weights may shrink less."
        )
    before, after = shown.output(SIDES[0]), shown.output(SIDES[-1])
    return solved(
        f"With a = {a} the gain is {number(first)} at every d. The price: the output itself "
        f"fades, from a typical {before:.3g} at d = {DIMENSIONS[0]} to {after:.3g} at "
        f"d = {DIMENSIONS[-1]:,}. He's weights are there to prevent just that; vulnerability comes "
        "with them."
    )
