"""The puzzle: equal sums, different multisets. The converse of Lemma 8 is false."""

from collections.abc import Hashable
from functools import partial
from itertools import combinations

from htpy import Node, div, p

from teaching.lesson import Puzzle, Verdict, solved, unsolved
from teaching.lessons.path_degrees.found import Multisets
from teaching.lessons.path_degrees.polynomial import written
from teaching.lessons.path_degrees.settings import PUZZLE, Settings
from teaching.pictures.dag_picture import Look, dag_picture
from teaching.pictures.mathml import formula, sub
from theory.paths import path_polynomial

INPUTS = PUZZLE.names[: PUZZLE.inputs]


def puzzle(settings: Settings) -> Puzzle:
    """Return the puzzle, on a network of its own."""
    return Puzzle(
        task="Lemma 8 has no way back. Edit this network until two inputs have equal sums, not 0, "
        "but different multisets. No edge may be doubled, and every neuron with a way to o, and o "
        "itself, needs at least two incoming edges: with one, it would only pass its share on.",
        handles=_board(settings),
        judge=lambda: _judge(settings),
        hints=[
            "A sum does not tell how it was cut into pieces: 1/3 is also 1/6 + 1/6.",
            "Let o have three incoming edges, one of them straight from x3. Now x3 has 1/3, by a "
            "single path.",
            "The two other edges of o bring 1/3 each, from h1 and h2. If both have two incoming "
            "edges, and the same ones, what do x1 and x2 get?",
        ],
    )


def _board(settings: Settings) -> Node:
    dag = PUZZLE.dag(settings.edges)
    sums = dag.path_sums(PUZZLE.o)

    def node(name: Hashable) -> Look:
        below = str(sums[name]) if name in INPUTS else None
        return PUZZLE.node(dag, str(name), settings.tail, below=below)

    return [
        dag_picture(dag, label="the puzzle's network", node=node, edge=partial(PUZZLE.edge, dag)),
        p(".note")[
            f"An edge starts at {settings.tail}: press the node it joins."
            if settings.tail
            else "Press two nodes to join them, an edge to cut it. Below an input: its sum."
        ],
    ]


def _judge(settings: Settings) -> Verdict:
    dag = PUZZLE.dag(settings.edges)
    for name in PUZZLE.names[PUZZLE.inputs :]:
        degree = dag.in_degree(name)
        if degree < 2 and any(dag.paths(name, PUZZLE.o)):
            edges = "one incoming edge" if degree else "no incoming edge"
            return unsolved(f"{name} has {edges}; it needs two at least.")
    sums = dag.path_sums(PUZZLE.o)
    equal = [pair for pair in combinations(INPUTS, 2) if sums[pair[0]] == sums[pair[1]] != 0]
    if not equal:
        listed = ", ".join(f"{x} has {sums[x]}" for x in INPUTS)
        return unsolved(f"No two inputs have the same sum: {listed}.")
    multisets = path_polynomial.path_polynomials(dag, PUZZLE.o)
    for one, other in equal:
        if multisets[one] != multisets[other]:
            return solved(
                [
                    f"{one} and {other} both have {sums[one]}, by different paths: ",
                    _both(multisets, one, other),
                    "Equal sums do not give (S).",
                ]
            )
    one, other = equal[0]
    return unsolved(
        [
            f"{one} and {other} both have {sums[one]}, but also the same multiset: ",
            _both(multisets, one, other),
        ]
    )


def _both(multisets: Multisets, one: str, other: str) -> Node:
    return [div(".formula")[formula(sub("G", x), "=", written(multisets[x]))] for x in (one, other)]
