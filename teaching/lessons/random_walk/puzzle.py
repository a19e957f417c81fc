"""The puzzle: shares 1/2, 1/3 and 1/6."""

from fractions import Fraction

from teaching.lesson import Puzzle, Verdict, solved, unsolved
from teaching.lessons.random_walk.network import INPUTS, NETWORK, O
from teaching.lessons.random_walk.proof import dead_ends
from teaching.lessons.random_walk.settings import Settings, dag_of

WANTED = dict(zip(INPUTS, (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)), strict=True))


def puzzle(settings: Settings) -> Puzzle:
    """Return the puzzle; the network above is the answer."""
    return Puzzle(
        task="Edit the network until walks end at x1, x2, x3 with probabilities 1/2, 1/3 and 1/6, "
        "without parallel edges and without walks that end elsewhere.",
        judge=lambda: _judge(settings),
        hints=[
            "Read the shares as a budget: o hands its 1 to the nodes below in equal parts, and "
            "each of them does the same.",
            "Let o have three incoming edges. Each of the three nodes below then has 1/3.",
            "x2 can be one of them. Another hands all of its 1/3 to x1: whom must x1 and x3 share?",
        ],
    )


def _judge(settings: Settings) -> Verdict:
    dag = dag_of(settings)
    if dead := dead_ends(dag):
        return unsolved(f"Walks also end at {', '.join(dead)}, which is no input.")
    for edge in settings.edges:
        if settings.edges.count(edge) > 1:
            tail, head = (NETWORK.names[end] for end in edge)
            return unsolved(f"Two edges go from {tail} to {head}; one is enough.")
    sums = dag.path_sums(O)
    for x in INPUTS:
        if sums[x] != WANTED[x]:
            more = "more" if sums[x] > WANTED[x] else "less"
            return unsolved(f"{x} has {sums[x]}, {more} than {WANTED[x]}.")
    return solved("The shares are 1/2, 1/3 and 1/6, and they add to 1.")
