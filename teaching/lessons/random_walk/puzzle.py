"""The puzzle: shares 1/2, 1/3 and 1/6."""

from fractions import Fraction

from teaching.lesson import Puzzle, Verdict
from teaching.lessons.random_walk.network import INPUTS, O, network
from teaching.lessons.random_walk.settings import Settings

WANTED = {"x1": Fraction(1, 2), "x2": Fraction(1, 3), "x3": Fraction(1, 6)}


def puzzle(settings: Settings) -> Puzzle:
    """Return the puzzle; the network above is the answer."""
    return Puzzle(
        task="Edit the network until walks end at x1, x2, x3 with probabilities 1/2, 1/3 and 1/6, "
        "without a bias node, parallel edges, or a neuron that lacks incoming edges.",
        handles=None,
        judge=lambda: _judge(settings),
        hints=[
            "Read the shares as a budget: o hands its 1 to the nodes below in equal parts, and "
            "each of them does the same.",
            "Let o have three incoming edges. Each of the three neurons then has 1/3 to pass on.",
            "One neuron passes its 1/3 to x1 alone, one to x2 alone; which two inputs must share "
            "the last one?",
        ],
    )


def _judge(settings: Settings) -> Verdict:
    dag, dead = network(settings.edges, bias=settings.bias)
    if dead:
        return Verdict(solved=False, why=f"walks also end at {', '.join(dead)}, which is no input.")
    twice = [edge for edge in set(settings.edges) if settings.edges.count(edge) > 1]
    if twice:
        return Verdict(solved=False, why="two edges are parallel; do without.")
    sums = dag.path_sums(O)
    for x in dag.inputs[:INPUTS]:
        if sums[x] != WANTED[str(x)]:
            more = "more" if sums[x] > WANTED[str(x)] else "less"
            return Verdict(solved=False, why=f"{x} has {sums[x]}, {more} than {WANTED[str(x)]}.")
    return Verdict(solved=True, why="The shares are 1/2, 1/3 and 1/6, and they add to 1.")
