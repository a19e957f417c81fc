"""The puzzle: divide the typical gradient by exactly 4."""

import math
from fractions import Fraction

from htpy import Node

from teaching.lesson import Puzzle, Verdict, solved, unsolved
from teaching.lessons.averages.instance import Instance
from theory.graph.layers import DagError

WANTED = 4

_COUNTED = {1: "One convolution", 2: "Both"}


def puzzle(instance: Instance) -> Puzzle:
    """Return the puzzle; the handles above give the answer."""
    return Puzzle(
        task=f"Choose n and what is replaced so that the typical gradient, √E[‖∂ₓf‖₂²], is divided "
        f"by exactly {WANTED}. Judged by exact second moments.",
        judge=lambda: _judge(instance),
        hints=[
            "A typical size is the root of a mean square. By what must the mean square be divided?",
            "Each replaced convolution divides the mean square by n, once.",
            "16 = n · n.",
        ],
    )


def _judge(instance: Instance) -> Verdict:
    try:
        before = sum(instance.before.moments, Fraction(0))
        after = sum(instance.after.moments, Fraction(0))
    except DagError:
        return unsolved("A maximum has no second moment under (H). Pool by averages.")
    if not instance.layers:
        return unsolved("Nothing is replaced, so nothing is divided.")
    if before == WANTED**2 * after:
        return solved(
            f"The mean square goes from {before} to {after}, so the size is divided by √16 = "
            f"{WANTED}."
        )
    factor = before / after
    return unsolved(
        [
            f"The mean square is divided by {factor}, so the size by "
            f"√{factor if factor.denominator == 1 else f'({factor})'} = {math.sqrt(factor):.3g}. ",
            _reason(instance, factor == instance.times),
        ]
    )


def _reason(instance: Instance, as_proved: bool) -> Node:
    n, times = instance.settings.n, instance.times
    if not as_proved:
        return "The padding breaks the proof: lost edges or copied pixels change the factor."
    if times == WANTED:
        return f"{times} is what Theorem 6 prints, and forgets the root."
    return f"{_COUNTED[instance.layers]} replaced with n = {n}: that gives √{times}."
