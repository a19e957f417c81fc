"""Equations 8 and 13, equality by equality, on the drawn network."""

from collections.abc import Sequence
from fractions import Fraction

from htpy import Element, Node, span

from teaching.lesson import Check, Step, compared
from teaching.lessons.square_root.network import Instance
from teaching.pictures.mathml import formula, fraction, rational, row, sub, sup, total, words
from teaching.words import Words
from theory.paths import dag_patterns, moment_terms, path_polynomial, weighted_paths

TEXT = Words.beside(__name__)
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
    met = {path.edges: path.gated_square for path in instance.paths}
    drawn = sum((met[edges] for edges in instance.drawn_paths if edges in met), Fraction(0))
    same = sum(terms, Fraction(0))
    rest = _equation_8 if instance.settings.is_dense else _equation_13
    return [
        TEXT.step(
            "pairs",
            [
                formula(SQUARE_OF_X), " ",
                formula("=", row(total("∑", "p, p′"), link=_all_paths(instance)),
                        "E", "[", sub("ω", "p"), sub("ω", "p′"), "]",
                        "E", "[", sub("σ", "p"), sub("σ", "p′"), "]"),
            ],
            _pairs(instance, moment),
            product=formula(sub("ω", "p"), sub("σ", "p")),
        ),
        TEXT.step(
            "same",
            [
                formula("=", _over_paths(instance), ALONG, "E", "[", sup(sub("w", "v"), "2"), "]",
                        "E", "[", sup(sub("σ", "v"), "2"), "]"),
                _terms(terms),
            ],
            [moment, same, drawn],
        ),
        *rest(instance, same),
    ]  # fmt: skip


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
    listed = moment_terms.sum_over_paths(dag, instance.x, dag.in_degree)
    moments, sums = instance.moments.values(), instance.sums.values()
    return [
        TEXT.step(
            "product", formula("=", _number_of_paths(instance), ALONG, HALF_OF_VARIANCE),
            [same, listed, case.by_layer_sizes()],
            variance=formula("2", "/", DEGREE), degree=formula(DEGREE),
        ),
        TEXT.step(
            "count_printed" if settings.printed else "count",
            formula(_number_of_paths(instance), "=",
                    row(" · ".join(map(str, layers)) if layers else "1")),
            [sum(1 for _ in dag.paths(instance.x, instance.o)), case.paths, counted],
        ),
        TEXT.step(
            "share", formula(SQUARE_OF_X, "=", fraction(1, "d")),
            [min(moments), max(moments), min(sums), max(sums), Fraction(1, settings.inputs)],
        ),
    ]  # fmt: skip


def _equation_13(instance: Instance, same: Fraction) -> Sequence[Step]:
    dag, sums = instance.dag, instance.sums
    listed = moment_terms.sum_over_paths(dag, instance.x, dag.in_degree)
    return [
        TEXT.step(
            "cancel",
            [
                formula("=", _over_paths(instance), ALONG, HALF_OF_VARIANCE),
                " ",
                formula("=", _over_paths(instance), ALONG, fraction(1, DEGREE)),
            ],
            [same, listed, sums[instance.x]],
            variance=formula("2", "/", DEGREE), degree=formula(DEGREE),
        ),
        TEXT.step(
            "symmetry",
            formula("=", row(fraction(1, "d"), link="moments"), words(TEXT("says.by_symmetry"))),
            _symmetry(instance),
        ),
        TEXT.step(
            "length",
            formula(
                row("E", "[", sup(sub(row("‖", sub("∂", "x"), "f", "‖"), "2"), "2"), "]",
                    link="moments"), "=", 1,
            ),
            [sum(instance.moments.values()), sum(sums.values()), 1],
        ),
    ]  # fmt: skip


def _pairs(instance: Instance, moment: Fraction) -> Check:
    """Compare a walk over pairs with the pairs one by one, and with weights that are drawn."""
    pairs = weighted_paths.enumerated_pair_sums(instance.paths, gates=True)
    listed, _ = pairs.get(instance.settings.chosen, (Fraction(0), Fraction(0)))
    holds, says = moment == listed, TEXT("says.pairs", walked=moment, listed=listed)
    patterns = dag_patterns.DagPatterns(instance.dag, instance.o)
    if patterns.number <= MOST_PATTERNS:
        tried = patterns.mean_squares()[instance.settings.chosen]
        holds = holds and abs(tried - moment) <= ROUNDING
        says += TEXT("says.patterns", number=patterns.number, tried=tried)
    return compared(holds, says)


def _symmetry(instance: Instance) -> Check:
    dag, sums, decided = instance.dag, instance.sums, instance.symmetry
    if decided.holds != path_polynomial.same_path_degrees(dag, instance.o):
        return compared(False, TEXT("says.disagree"))
    values: dict[str, str | int] = {
        "values": ", ".join(map(str, sums.values())),
        "d": instance.settings.inputs,
    }
    equal = set(sums.values()) == {Fraction(1, instance.settings.inputs)}
    if decided.witnesses is None:
        return compared(equal, TEXT("says.symmetric", **values))
    one, other = (dag.position(x) + 1 for x in decided.witnesses)
    return compared(equal, TEXT("says.asymmetric", one=one, other=other, **values))


def _terms(terms: Sequence[Fraction]) -> Node:
    """Write the sum; each term lights its path, and the line breaks between them."""
    if not terms:
        return [" ", formula("=", 0)]
    written: list[Node] = []
    for number, term in enumerate(terms):
        written += [" + " if number else " = ", formula(row(rational(term), link=f"path-{number}"))]
    return span[written]
