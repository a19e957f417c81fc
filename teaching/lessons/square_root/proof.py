"""Equations 8 and 13, equality by equality, on the drawn network."""

from collections.abc import Sequence
from fractions import Fraction

from htpy import Node, span

from teaching.lesson import Check, Mark, Step
from teaching.lessons.square_root import network
from teaching.lessons.square_root.settings import Settings
from teaching.mathml import formula, fraction, rational, row, sub, sup, total, words
from theory import equation_8, moment_comparisons, path_polynomial, sign_patterns
from theory.dag import Dag
from theory.evidence import Outcome

MOST_PATTERNS = 2**13
"""Of signs and gates that are tried one by one: some milliseconds."""

ROUNDING = 1e-12
"""Between fractions and the floats of a sweep over at most 30 neurons."""

SQUARE = row("E", "[", sup(row("(", sub("∂", "x"), "f", ")"), "2"), "]")
OVER_PATHS = total("∑", "p")
ALONG = total("∏", row("v", "∈", "p", "∖", "x"))
DEGREE = sub("d", "v")
PATHS = row("#", "P", "(", "x", ",", "f", ")")


def exact_steps(settings: Settings) -> Sequence[Step]:
    """Return the lines that are checked in fractions: Eq. 8 in dense networks, else Eq. 13."""
    dag = network.dag_of(settings)
    x = dag.inputs[settings.chosen]
    moment = dag.second_moments(dag.outputs[0])[x]
    terms = moment_comparisons.path_variances(dag, x)
    same = sum(terms, Fraction(0))
    first = [
        Step(
            formula=[
                formula(SQUARE), " ",
                formula("=", total("∑", "p, p′"), "E", "[", sub("ω", "p"), sub("ω", "p′"), "]",
                        "E", "[", sub("σ", "p"), sub("σ", "p′"), "]"),
            ],
            reason=["Chain rule: ∂ₓf adds up ", formula(sub("ω", "p"), sub("σ", "p")),
                    " over the paths p from x: ω is the product of the path's weights, σ is 1 if "
                    "all its ReLUs are open, else 0. Square. By H1, ReLUs are independent of "
                    "weights."],
            mark=Mark.PROVED,
            check=_pairs(settings, dag, moment),
        ),
        Step(
            formula=[
                formula("=", OVER_PATHS, ALONG, "E", "[", sup(sub("w", "v"), "2"), "]",
                        "E", "[", sup(sub("σ", "v"), "2"), "]"),
                _terms(terms),
            ],
            reason="Two different paths part somewhere, over two weights into one neuron. These "
            "are uncorrelated with mean 0 (Lemma 9), so only p = p′ is left. The "
            "neurons v are those of p, without x.",
            mark=Mark.PROVED,
            check=_equal("all pairs of paths", moment, f"the {_paths(terms)}, one by one", same),
        ),
    ]  # fmt: skip
    rest = _equation_8 if settings.is_dense else _equation_13
    return [*first, *rest(settings, dag, same)]


def _equation_8(settings: Settings, dag: Dag, same: Fraction) -> Sequence[Step]:
    sizes = network.dense_sizes(settings)
    case = equation_8.DenseLogit(sizes, dag)
    d, x, o = settings.inputs, dag.inputs[settings.chosen], dag.outputs[0]
    layers = sizes[1:] if settings.printed else sizes[1:-1]
    counted = case.size_of_all_layers if settings.printed else case.size_of_hidden_layers
    moments = dag.second_moments(o).values()
    return [
        Step(
            formula=formula("=", PATHS, ALONG, row(fraction(2, DEGREE), "·", fraction(1, 2))),
            reason=["H3: a weight into v has variance ", formula("2", "/", DEGREE), ", where ",
                    formula(DEGREE), " is the size of the layer below. H1: every ReLU, the logit's "
                    "too, is open half of the time. All paths have the same product: count them."],
            mark=Mark.PROVED,
            check=_equal("line 2", same, "number of paths times product", case.by_layer_sizes()),
        ),
        Step(
            formula=formula(PATHS, "=",
                            row(" · ".join(map(str, layers)) if layers else "1")),
            reason="The number of paths, as printed: the product of all layers after the inputs, "
            "the logits' too. But all paths end at one logit."
            if settings.printed
            else "The number of paths: each chooses one neuron in every hidden layer. (The print "
            "multiplies by the number of logits, too: see the handle.)",
            mark=Mark.CHECKED if settings.printed else Mark.PROVED,
            check=_all_equal(
                {
                    "paths, one by one": sum(1 for _ in dag.paths(x, o)),
                    "by polynomials": case.paths,
                    "product of layer sizes": counted,
                }
            ),
        ),
        Step(
            formula=formula(SQUARE, "=", fraction(1, "d")),
            reason="Each hidden layer's size stands once above, as a number of paths, and once "
            "below, as an in-degree. Only d is left.",
            mark=Mark.PROVED,
            check=_each_is_share(dag, list(moments), d),
        ),
    ]  # fmt: skip


def _equation_13(settings: Settings, dag: Dag, same: Fraction) -> Sequence[Step]:
    d, x, o = settings.inputs, dag.inputs[settings.chosen], dag.outputs[0]
    sums = dag.path_sums(o)
    moments = dag.second_moments(o)
    listed = moment_comparisons.sum_over_paths(dag, x, dag.in_degree)
    return [
        Step(
            formula=[
                formula("=", OVER_PATHS, ALONG, row(fraction(2, DEGREE), "·", fraction(1, 2))),
                " ",
                formula("=", OVER_PATHS, ALONG, fraction(1, DEGREE)),
            ],
            reason=["H3: a weight into v has variance ", formula("2", "/", DEGREE), ", where ",
                    formula(DEGREE), " is the in-degree. H1: every ReLU, the logit's too, is open "
                    "half of the time. 2 and 1/2 cancel."],
            mark=Mark.PROVED,
            check=_all_equal(
                {"line 2": same, "1/in-degrees, path by path": listed, "in one sweep": sums[x]}
            ),
        ),
        Step(
            formula=formula("=", fraction(1, "d"), words("\u00a0 by (S)")),
            reason="Under (S) all inputs have the same path-degrees, so the same sum (Lemma 8); "
            "and the sums of all inputs add to 1 (Lemma 7).",
            mark=Mark.PROVED,
            check=_symmetry(dag, sums, d),
        ),
        Step(
            formula=formula("E", "[", sup(sub(row("‖", sub("∂", "x"), "f", "‖"), "2"), "2"), "]",
                            "=", 1),
            reason="Add line 3 over the inputs: by Lemma 7 the sums add to 1, with (S) or without.",
            mark=Mark.PROVED,
            check=_all_equal(
                {
                    "second moments add to": sum(moments.values()),
                    "path sums to": sum(sums.values()),
                    "wanted": 1,
                }
            ),
        ),
    ]  # fmt: skip


def _pairs(settings: Settings, dag: Dag, moment: Fraction) -> Check:
    one = network.with_one_logit(settings)
    # torch's filters have He's variance, which is H3's only without zero padding.
    fitting = network.has_he_only(settings) or not moment_comparisons.is_zero_padded(one)
    patterns = sign_patterns.number_of_patterns(one.maps)
    if fitting and patterns <= MOST_PATTERNS:
        tried = sign_patterns.squared_gradient_moments(one.maps)[settings.chosen]
        return _equal(
            f"mean over all {patterns:,} patterns of weights ±σ and gates", tried,
            "pairs of paths", moment,
        )  # fmt: skip
    swept = float(dag.second_moments(dag.outputs[0], exact=False)[settings.chosen])
    return Check(
        outcome=_outcome(abs(swept - moment) <= ROUNDING),
        says=f"pairs of paths, in fractions: {moment}; layer by layer, in floats: {swept:.6g}"
        + (f" ({patterns:,} patterns of signs and gates are too many to try)" if fitting else ""),
    )


def _symmetry(dag: Dag, sums: dict[object, Fraction], d: int) -> Check:
    o = dag.outputs[0]
    decided, compared = dag.is_symmetric(o), path_polynomial.same_path_degrees(dag, o)
    different = [n for n, value in enumerate(sums.values(), 1) if value != Fraction(1, d)]
    if decided.holds != compared:
        return Check(outcome=Outcome.FAILS, says="two ways to decide (S) disagree")
    if decided.witnesses is None:
        return Check(
            outcome=_outcome(not different),
            says=f"(S) holds; {_values(sums.values())}; 1/d = {Fraction(1, d)}",
        )
    one, other = (dag.position(x) + 1 for x in decided.witnesses)
    says = f"(S) fails: x{one} and x{other} have different path-degrees; {_values(sums.values())}"
    if not different:
        return Check(outcome=Outcome.HOLDS, says=f"{says}, 1/d all the same")
    return Check(outcome=Outcome.FAILS, says=f"{says}, not all 1/d = {Fraction(1, d)}")


def _each_is_share(dag: Dag, moments: Sequence[Fraction], d: int) -> Check:
    sums = list(dag.path_sums(dag.outputs[0]).values())
    wanted = Fraction(1, d)
    return Check(
        outcome=_outcome(set(moments) == set(sums) == {wanted}),
        says=f"second moments: {_values(moments)}; sums of 1/in-degrees: {_values(sums)}; "
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


def _equal(one: str, left: Fraction, other: str, right: Fraction) -> Check:
    return _all_equal({one: left, other: right})


def _all_equal(sides: dict[str, Fraction | int]) -> Check:
    return Check(
        outcome=_outcome(len(set(sides.values())) == 1),
        says="; ".join(f"{name}: {value}" for name, value in sides.items()),
    )


def _outcome(holds: bool) -> Outcome:
    return Outcome.HOLDS if holds else Outcome.FAILS
