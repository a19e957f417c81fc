"""Equations 8 and 13, equality by equality, on the drawn network."""

from collections.abc import Sequence
from fractions import Fraction

from htpy import Element, Node, span

from teaching.lesson import Check, Mark, Step, all_equal, compared, proved
from teaching.lessons.square_root.network import Instance
from teaching.pictures.mathml import formula, fraction, rational, row, sub, sup, total, words
from theory.paths import dag_patterns, moment_terms, path_polynomial, weighted_paths

MOST_PATTERNS = 2**13
"""The most patterns of signs and gates that are tried one by one: it takes some milliseconds."""

ROUNDING = 1e-12
"""How far a mean of so many floats may be from the fraction that it stands for."""

_TERMS = ("E", "[", sup(row("(", sub("∂", "x"), "f", ")"), "2"), "]")
SQUARE, SQUARE_OF_X = row(*_TERMS), row(*_TERMS, link="moment")
ALONG = total("∏", row("v", "∈", "p", "∖", "x"))
DEGREE = row(sub("d", "v"), link="degrees")
HALF_OF_VARIANCE = row(fraction(2, DEGREE), "·", fraction(1, 2))


def exact_steps(instance: Instance) -> Sequence[Step]:
    """Return the lines that are checked in fractions: Eq. 8 in dense networks, else Eq. 13."""
    moment = instance.moments[instance.x]
    terms = moment_terms.path_variances(instance.dag, instance.x)
    same = sum(terms, Fraction(0))
    over_paths = _over_paths(instance)
    first = [
        proved(
            formula=[
                formula(SQUARE_OF_X), " ",
                formula("=", row(total("∑", "p, p′"), link=_all_paths(instance)),
                        "E", "[", sub("ω", "p"), sub("ω", "p′"), "]",
                        "E", "[", sub("σ", "p"), sub("σ", "p′"), "]"),
            ],
            reason=["Chain rule: ∂ₓf adds up ", formula(sub("ω", "p"), sub("σ", "p")),
                    " over the paths p from x: ω is the product of the path's weights, σ is 1 if "
                    "all its ReLUs are open, else 0. Square. By H1, ReLUs are independent of "
                    "weights."],
            check=_pairs(instance, moment),
        ),
        proved(
            formula=[
                formula("=", over_paths, ALONG, "E", "[", sup(sub("w", "v"), "2"), "]",
                        "E", "[", sup(sub("σ", "v"), "2"), "]"),
                _terms(terms),
            ],
            reason="Two different paths part somewhere, over two weights into one neuron. These "
            "are uncorrelated with mean 0 (Lemma 9), so only p = p′ is left. The "
            "neurons v are those of p, without x.",
            check=_same_paths(instance, moment, terms),
        ),
    ]  # fmt: skip
    rest = _equation_8 if instance.settings.is_dense else _equation_13
    return [*first, *rest(instance, same)]


def _all_paths(instance: Instance) -> str:
    """Name all drawn paths from x, which a sum over them lights."""
    return " ".join(f"path-{number}" for number in range(len(instance.drawn_paths)))


def _over_paths(instance: Instance) -> Element:
    return row(total("∑", "p"), link=_all_paths(instance))


def _number_of_paths(instance: Instance) -> Element:
    return row("#", "P", "(", "x", ",", "f", ")", link=_all_paths(instance))


def _equation_8(instance: Instance, same: Fraction) -> Sequence[Step]:
    settings, dag, case = instance.settings, instance.dag, instance.dense_logit
    layers = case.sizes[1:] if settings.printed else case.sizes[1:-1]
    counted = case.size_of_all_layers if settings.printed else case.size_of_hidden_layers
    return [
        proved(
            formula=formula("=", _number_of_paths(instance), ALONG, HALF_OF_VARIANCE),
            reason=["H3: a weight into v has variance ", formula("2", "/", DEGREE), ", where ",
                    formula(DEGREE), " is the size of the layer below. H1: every ReLU, the logit's "
                    "too, is open half of the time. All paths have the same product: count them."],
            check=all_equal(
                {
                    "line 2": same,
                    "in-degrees, path by path": moment_terms.sum_over_paths(
                        dag, instance.x, dag.in_degree
                    ),
                    "number of paths times product": case.by_layer_sizes(),
                }
            ),
        ),
        Step(
            formula=formula(_number_of_paths(instance), "=",
                            row(" · ".join(map(str, layers)) if layers else "1")),
            reason="The number of paths, as printed: the product of all layers after the inputs, "
            "the logits' too. But all paths end at one logit."
            if settings.printed
            else "The number of paths: each chooses one neuron in every hidden layer. (The print "
            "multiplies by the number of logits, too: see the handle.)",
            mark=Mark.CHECKED if settings.printed else Mark.PROVED,
            check=all_equal(
                {
                    "paths, one by one": sum(1 for _ in dag.paths(instance.x, instance.o)),
                    "by polynomials": case.paths,
                    "product of layer sizes": counted,
                }
            ),
        ),
        proved(
            formula=formula(SQUARE_OF_X, "=", fraction(1, "d")),
            reason="Each hidden layer's size stands once above, as a number of paths, and once "
            "below, as an in-degree. Only d is left.",
            check=_each_is_share(instance),
        ),
    ]  # fmt: skip


def _equation_13(instance: Instance, same: Fraction) -> Sequence[Step]:
    dag, sums = instance.dag, instance.sums
    listed = moment_terms.sum_over_paths(dag, instance.x, dag.in_degree)
    return [
        proved(
            formula=[
                formula("=", _over_paths(instance), ALONG, HALF_OF_VARIANCE),
                " ",
                formula("=", _over_paths(instance), ALONG, fraction(1, DEGREE)),
            ],
            reason=["H3: a weight into v has variance ", formula("2", "/", DEGREE), ", where ",
                    formula(DEGREE), " is the in-degree. H1: every ReLU, the logit's too, is open "
                    "half of the time. 2 and 1/2 cancel."],
            check=all_equal(
                {
                    "line 2": same,
                    "1/in-degrees, path by path": listed,
                    "all paths at once": sums[instance.x],
                }
            ),
        ),
        proved(
            formula=formula("=", row(fraction(1, "d"), link="moments"), words("\u00a0 by (S)")),
            reason="Under (S) all inputs have the same path-degrees, so the same sum (Lemma 8); "
            "and the sums of all inputs add to 1 (Lemma 7).",
            check=_symmetry(instance),
        ),
        proved(
            formula=formula(
                row("E", "[", sup(sub(row("‖", sub("∂", "x"), "f", "‖"), "2"), "2"), "]",
                    link="moments"), "=", 1,
            ),
            reason="Add line 3 over the inputs: by Lemma 7 the sums add to 1, with (S) or without.",
            check=all_equal(
                {
                    "second moments add to": sum(instance.moments.values()),
                    "path sums to": sum(sums.values()),
                    "wanted": 1,
                }
            ),
        ),
    ]  # fmt: skip


def _pairs(instance: Instance, moment: Fraction) -> Check:
    """Compare a walk over pairs with the pairs one by one, and with weights that are drawn."""
    dag, o = instance.dag, instance.o
    pairs = weighted_paths.enumerated_pair_sums(instance.paths, gates=True)
    listed, _ = pairs.get(instance.settings.chosen, (Fraction(0), Fraction(0)))
    holds, says = moment == listed, f"pairs of paths, by a walk: {moment}; one by one: {listed}"
    patterns = dag_patterns.DagPatterns(dag, o)
    if patterns.number <= MOST_PATTERNS:
        tried = patterns.mean_squares()[instance.settings.chosen]
        holds = holds and abs(tried - moment) <= ROUNDING
        says += (
            f"; mean of (∂ₓf)² over all {patterns.number:,} patterns of weights ±√variance and "
            f"open or closed ReLUs: {tried:.4g}"
        )
    return compared(holds, says)


def _same_paths(instance: Instance, moment: Fraction, terms: Sequence[Fraction]) -> Check:
    """Compare the terms with what the weights on the drawn edges make of each path."""
    met = {path.edges: path.gated_square for path in instance.paths}
    drawn = [met[edges] for edges in instance.drawn_paths if edges in met]
    same = sum(terms, Fraction(0))
    return compared(
        moment == same and drawn == list(terms),
        f"all pairs of paths: {moment}; the {_paths(terms)}, one by one: {same}; weight by "
        f"weight, as drawn: {sum(drawn, Fraction(0))}",
    )


def _symmetry(instance: Instance) -> Check:
    dag, sums, decided = instance.dag, instance.sums, instance.symmetry
    wanted = Fraction(1, instance.settings.inputs)
    different = [n for n, value in enumerate(sums.values(), 1) if value != wanted]
    if decided.holds != path_polynomial.same_path_degrees(dag, instance.o):
        return compared(False, "two ways to decide (S) disagree")
    if decided.witnesses is None:
        return compared(not different, f"(S) holds; {_values(sums.values())}; 1/d = {wanted}")
    one, other = (dag.position(x) + 1 for x in decided.witnesses)
    says = f"(S) fails: x{one} and x{other} have different path-degrees; {_values(sums.values())}"
    if not different:
        return compared(True, f"{says}, 1/d all the same")
    return compared(False, f"{says}, not all 1/d = {wanted}")


def _each_is_share(instance: Instance) -> Check:
    moments, sums = list(instance.moments.values()), list(instance.sums.values())
    wanted = Fraction(1, instance.settings.inputs)
    return compared(
        set(moments) == set(sums) == {wanted},
        f"second moments: {_values(moments)}; sums of 1/in-degrees: {_values(sums)}; "
        f"1/d = {wanted}",
    )


def _values(values: object) -> str:
    """Write fractions, once if they are all equal."""
    listed = [str(value) for value in values]  # type: ignore[attr-defined]
    if len(set(listed)) == 1:
        return f"{listed[0]} at every input"
    return ", ".join(listed)


def _paths(terms: Sequence[Fraction]) -> str:
    return f"{len(terms)} path{'s' * (len(terms) != 1)}"


def _terms(terms: Sequence[Fraction]) -> Node:
    """Write the sum; each term lights its path, and the line breaks between them."""
    if not terms:
        return [" ", formula("=", 0)]
    written: list[Node] = []
    for number, term in enumerate(terms):
        written += [" + " if number else " = ", formula(row(rational(term), link=f"path-{number}"))]
    return span[written]
