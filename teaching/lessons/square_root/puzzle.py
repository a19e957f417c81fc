"""The puzzle: one input with exactly 5/18, and a gradient of length 1 all the same."""

from fractions import Fraction

from teaching.lesson import Puzzle, Verdict, solved, unsolved
from teaching.lessons.square_root.network import Instance

WANTED = Fraction(5, 18)


def puzzle(instance: Instance) -> Puzzle:
    """Return the puzzle; the network above is the answer."""
    return Puzzle(
        task=f"Give some input exactly E[(∂ₓf1)²] = {WANTED}, while all inputs together still "
        "have E[‖∂ₓf1‖²] = 1.",
        judge=lambda: _judge(instance),
        hints=[
            "Wherever (S) holds, every input has 1/d. So break (S), but not H1 or H3.",
            "18 = 2 · 3 · 3. On a path, the in-degrees are multiplied: which layers have in-degree "
            "3, which one 2?",
            "Kernel 3, twice, without padding: each convolution leaves two neurons less. How many "
            "inputs leave 2 for the logit?",
        ],
    )


def _judge(instance: Instance) -> Verdict:
    moments = list(instance.moments.values())
    length = sum(moments)
    if instance.settings.linear:
        return unsolved(f"Without a ReLU on the logit all is doubled: E[‖∂ₓf1‖²] = {length}.")
    if length != 1:
        return unsolved(
            f"E[‖∂ₓf1‖²] = {length}, not 1: beside the zeros, in-degrees are below the fan-in."
        )
    if instance.symmetry:
        return unsolved(f"(S) holds, so every input has 1/d = {moments[0]}.")
    if WANTED not in moments:
        return unsolved(
            f"The length is right, and inputs differ; but they have "
            f"{', '.join(map(str, moments))}, and none has {WANTED}."
        )
    which = ", ".join(f"x{n}" for n, value in enumerate(moments, 1) if value == WANTED)
    return solved(f"{which}: {WANTED}. All inputs: {', '.join(map(str, moments))}, sum 1.")
