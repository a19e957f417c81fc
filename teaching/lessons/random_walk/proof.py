"""Lemma 7, line by line, on the network at hand."""

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from teaching.lesson import Check, Mark, Step
from teaching.lessons.random_walk.network import INPUTS, O, network, out_degree_sums
from teaching.lessons.random_walk.settings import Settings
from teaching.mathml import Term, formula, fraction, rational, row, sub, total
from theory.dag import Dag
from theory.evidence import Outcome


def steps(settings: Settings) -> Sequence[Step]:
    """Return the lines of the proof."""
    dag, dead = network(settings.edges, bias=settings.bias)
    x = settings.end
    sums = out_degree_sums(dag) if settings.degrees == "out" else dag.path_sums(O)
    products = {
        name: [_product(dag, path) for path in dag.paths(name, O)] for name in dag.inputs[:INPUTS]
    }
    enumerated = sum((p for each in products.values() for p in each), Fraction(0))
    swept = sum((sums[name] for name in dag.inputs[:INPUTS]), Fraction(0))
    d = INPUTS
    return [
        Step(
            formula=formula("P", row("(", "walk ends at ", x, ")"), "=", *_terms(products[x])),
            reason="Each path is taken with the probability that every choice on it is made: "
            "1/in-degree at each node that the walker leaves. Different paths exclude each other.",
            mark=Mark.PROVED,
            check=_same(
                f"the paths from {x}, one by one", sum(products[x], Fraction(0)),
                "one sweep down from o", sums[x],
            ),
        ),
        Step(
            formula=formula("walk: ", "o", "→", "…", "→", "no incoming edge"),
            reason="Edges go one way, so no node comes twice, and there are finitely many.",
            mark=Mark.PROVED,
            check=Check(
                outcome=_outcome(bool((dag.tails < dag.heads).all())),
                says=f"in the order of the nodes, all {len(dag.tails)} edges go up; the longest "
                f"walk takes {dag.backward_sweep.level(dag.position(O))} steps",
            ),
        ),
        Step(
            formula=formula("no incoming edge", "⇒", "input"),
            reason="In a network without biases, every other neuron has an incoming edge.",
            mark=Mark.CHECKED,
            check=Check(
                outcome=_outcome(not dead),
                says=f"walks also end at {', '.join(dead)}" if dead else "only inputs have none",
            ),
        ),
        Step(
            formula=formula(
                total("∑", row("x")), total("∑", row("p", "∈", "P", "(", "x", ",", "o", ")")),
                total("∏", row("p", "∈", "p̃")), fraction(1, sub("d", "p")), "=", 1,
            ),
            reason="The walk ends somewhere, and only at inputs: Equation 11.",
            mark=Mark.PROVED,
            check=_all_same(enumerated, swept, Fraction(1)),
        ),
        Step(
            formula=formula("the mean over x is ", fraction(1, "d")),
            reason=f"Here d = {d}. That each input has exactly 1/d needs more: symmetry, the next "
            "lesson.",
            mark=Mark.PROVED,
            check=_all_same(enumerated / d, swept / d, Fraction(1, d)),
        ),
    ]  # fmt: skip


def _product(dag: Dag, path: Sequence[object]) -> Fraction:
    return prod((Fraction(1, dag.in_degree(node)) for node in path[1:]), start=Fraction(1))


def _terms(products: Sequence[Fraction]) -> list[Term]:
    terms: list[Term] = []
    for number, value in enumerate(products):
        terms += ["+"] * bool(number) + [row(rational(value), link=f"path-{number}")]
    return terms or [row("0")]


def _same(one: str, left: Fraction, other: str, right: Fraction) -> Check:
    return Check(outcome=_outcome(left == right), says=f"{one}: {left}; {other}: {right}")


def _all_same(enumerated: Fraction, swept: Fraction, wanted: Fraction) -> Check:
    return Check(
        outcome=_outcome(enumerated == swept == wanted),
        says=f"over all paths: {enumerated}; by one sweep: {swept}; wanted: {wanted}",
    )


def _outcome(holds: bool) -> Outcome:
    return Outcome.HOLDS if holds else Outcome.FAILS
