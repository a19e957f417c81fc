"""Lemma 7, line by line, on the network at hand."""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from operator import lt

from teaching.lesson import Check, Step, all_equal, checked, compared, proved
from teaching.lessons.random_walk.crowd import Seen, crowd_check
from teaching.lessons.random_walk.network import INPUTS, O, counted_degree, counted_degrees
from teaching.lessons.random_walk.settings import Settings
from teaching.pictures.mathml import Term, formula, fraction, rational, row, sub, total, words
from theory.dag import Dag
from theory.paths import enumerated_paths, path_polynomial

MOST_TERMS = 12
"""Paths that are written out in a formula."""

Shares = Mapping[Hashable, Fraction]


def steps(dag: Dag, settings: Settings, seen: Seen) -> Sequence[Step]:
    """Return the lines of the proof."""
    degrees = counted_degrees(dag, settings.degrees)
    degree = counted_degree(dag, settings.degrees)
    listed = {node: enumerated_paths.enumerated_sum(dag, node, O, degree) for node in dag.nodes}
    swept = (
        dag.path_sums(O)
        if settings.degrees == "in"
        else path_polynomial.path_sums_with(dag, O, degrees)
    )
    walked = path_polynomial.walk_probabilities(dag, O)
    x, dead, d = settings.end, dead_ends(dag), len(INPUTS)
    terms = enumerated_paths.edge_path_products(dag, x, O, degrees)
    by_path, by_sweep = (sum((each[x] for x in INPUTS), Fraction(0)) for each in (listed, swept))
    return [
        proved(
            formula=formula("P", "(", x, ")", "=", *_terms(terms)),
            reason=f"P({x}) is the probability that the walk ends at {x}. A path is climbed if "
            "each of its edges is chosen: 1/in-degree at each node that the walker leaves. "
            "Different paths exclude each other.",
            check=_first_check(x, sum(terms, Fraction(0)), listed, walked, swept),
        ),
        checked(
            formula=formula(fraction(words("walkers that end at x"), words("all walkers")), "→",
                            "P", "(", "x", ")"),
            reason="The law of large numbers: send a crowd, and see.",
            check=crowd_check(seen, swept),
        ),
        proved(
            formula=formula("o", "→", "…", "→", words("no incoming edge")),
            reason="Edges go one way, so no node comes twice; there are finitely many, and the "
            "walk ends.",
            check=_finite(dag),
        ),
        checked(
            formula=formula(
                words("the walk ends at\u00a0"), "v", "⇒", "v", words("\u00a0is an input")
            ),
            reason="In a network without biases, every other neuron has an incoming edge.",
            check=compared(
                not dead,
                f"walks also end at {', '.join(dead)}" if dead else "walks end at inputs only",
            ),
        ),
        proved(
            formula=formula(
                total("∑", "x"), total("∑", row("p", "∈", "P", "(", "x", ",", "o", ")")),
                total("∏", row("v", "∈", "p", "∖", "x")), fraction(1, sub("d", "v")), "=", 1,
            ),
            reason="The walk ends somewhere, and only at inputs. This is Equation 11; v are the "
            "nodes of the path p, all but x itself, and d with index v their in-degrees.",
            check=all_equal({"over all paths": by_path, "by one sweep": by_sweep, "wanted": 1}),
        ),
        proved(
            formula=formula(fraction(1, "d"), total("∑", "x"), "P", "(", "x", ")", "=",
                            fraction(1, "d")),
            reason=f"So the mean over the inputs is 1/d, here 1/{d}. That each input has exactly "
            "1/d needs more: symmetry, the next lesson.",
            check=all_equal(
                {"over all paths": by_path / d, "by one sweep": by_sweep / d,
                 "wanted": Fraction(1, d)}
            ),
        ),
    ]  # fmt: skip


def dead_ends(dag: Dag) -> list[str]:
    """Name the nodes where walks end that are no inputs of the lesson's network."""
    shares = path_polynomial.walk_probabilities(dag, O)
    return [str(end) for end in dag.inputs[len(INPUTS) :] if shares[end]]


def _terms(products: Sequence[Fraction]) -> list[Term]:
    terms: list[Term] = []
    for number, value in enumerate(products[:MOST_TERMS]):
        terms += ["+"] * bool(number) + [row(rational(value), link=f"path-{number}")]
    if len(products) > MOST_TERMS:
        terms += ["+", words(f"… ({len(products)} paths)")]
    return terms or [0]


def _first_check(x: str, written: Fraction, listed: Shares, walked: Shares, swept: Shares) -> Check:
    wrong = [node for node in walked if listed[node] != walked[node]]
    wrong += [node for node in swept if swept[node] != walked[node]]
    if written != walked[x]:
        wrong.insert(0, x)
    if not wrong:
        return compared(
            True,
            f"the paths from {x}, one by one: {written}; one sweep down from o: {walked[x]}; "
            f"and likewise at all {len(walked)} nodes",
        )
    at = wrong[0]
    by_path = written if at == x else listed[at]
    says = f"at {at}, path by path: {by_path}"
    if at in swept:
        says += f"; all paths in one sweep: {swept[at]}"
    return compared(False, f"{says}; the walk: {walked[at]}")


def _finite(dag: Dag) -> Check:
    walks = (path for end in dag.inputs for path in enumerated_paths.edge_paths(dag, end, O))
    longest = max((len(path) for path in walks), default=0)
    edges = dag.edge_lists
    levels = edges.levels[dag.position(O)]
    return compared(
        longest == levels and all(map(lt, edges.tails, edges.heads)),
        f"in the order of the nodes, all {len(edges.tails)} edges go up; the longest walk, of "
        f"all listed: {longest} steps; levels below o: {levels}",
    )
