"""Assumption (S) and Lemma 8, line by line, on the network at hand."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from math import floor, log2

from teaching.lesson import Check, Step, checked, compared, proved
from teaching.lessons.path_degrees.found import Found, Multisets, O
from teaching.lessons.path_degrees.polynomial import written
from teaching.lessons.path_degrees.settings import Settings, chosen
from teaching.pictures.mathml import formula, fraction, row, sub, total, words
from theory.dag import Dag
from theory.paths import enumerated_paths, path_polynomial


def steps(found: Found, settings: Settings) -> Sequence[Step]:
    """Return the lines of the proof."""
    x, dag, counted, sums = chosen(settings), found.dag, found.multisets, found.sums
    product = total("∏", row("v", "∈", "p", "∖", "x"))
    return [
        checked(
            formula=[
                formula(sub("G", "x"), "=", total("∑", "p"), product, sub("t", sub("d", "v"))),
                " ",
                formula(sub("G", x), "=", written(counted[x], linked=True)),
            ],
            reason="Write a letter t for each in-degree. A path is the product of those it meets, "
            "its path-degree; equal ones are counted. So G is the multiset of path-degrees.",
            check=_definition(dag, x, counted),
        ),
        checked(
            formula=formula("(", "S", ")", ":", sub("G", "x"), "=", sub("G", row("x", "′")),
                            words("\u00a0for all inputs")),
            reason="The assumption of symmetry. Lemma 8 is about networks that have it.",
            check=_symmetry(found),
        ),
        proved(
            formula=formula(total("∑", "p"), product, fraction(1, sub("d", "v")), "=",
                            sub("G", "x"), "(", sub("t", "n"), "=", fraction(1, "n"), ")"),
            reason="A path-degree determines the product of 1/in-degree: put 1/2 for the letter "
            "with index 2, 1/3 for the next, and so on.",
            check=_values(x, counted, sums),
        ),
        proved(
            formula=formula(sub("G", "x"), "=", sub("G", row("x", "′")), "⇒", words("equal sums")),
            reason="Equal polynomials have equal values. With (S), all inputs have the same sum.",
            check=_equal(found),
        ),
        proved(
            formula=formula(
                total("∑", row("p", "∈", "P", "(", "x", ",", "o", ")")),
                total("∏", row("v", "∈", "p", "∖", "x")), fraction(1, sub("d", "v")), "=",
                fraction(1, "d"),
            ),
            reason="The sums of all inputs add to 1, as the random walk showed (Lemma 7). With (S) "
            "they are equal, so each is 1/d. This is Equation 12.",
            check=_lemma_8(dag, sums),
        ),
    ]  # fmt: skip


def _definition(dag: Dag, x: str, counted: Multisets) -> Check:
    listed = {each: enumerated_paths.enumerated_path_degrees(dag, each, O) for each in counted}
    drawn = Counter(enumerated_paths.edge_path_degrees(dag, x, O))
    wrong = [each for each in counted if counted[each] != listed[each]]
    if drawn != counted[x]:
        wrong.insert(0, x)
    at = wrong[0] if wrong else x
    by_path, by_algebra = (f"{each[at].total()} paths" for each in (listed, counted))
    return compared(
        not wrong,
        f"from {at}, path by path: {by_path}; by algebra with polynomials: {by_algebra}, "
        + ("but not the same" if wrong else "the same; and likewise from all inputs"),
    )


def _symmetry(found: Found) -> Check:
    at_points, counted = found.symmetry, found.multisets
    whole = path_polynomial.same_path_degrees(found.dag, O)
    if bool(at_points) != whole:
        return compared(
            False,
            f"the multisets are {'equal' if whole else 'different'}, but at random points "
            f"they are {'equal' if at_points else 'different'}",
        )
    if at_points.witnesses is None:
        return compared(
            True,
            "whole multisets: all equal; values at random points: all equal, by chance with "
            f"probability below {_power_of_two(at_points.error)}",
        )
    one, other = at_points.witnesses
    if counted[one] == counted[other]:
        return compared(
            False, f"{one} and {other} are said to differ, but their multisets are equal"
        )
    return compared(
        False, f"{one} and {other} have different multisets, and different values at a random point"
    )


def _values(x: str, counted: Multisets, sums: Mapping[Hashable, Fraction]) -> Check:
    values = {
        each: enumerated_paths.sum_of_products(multiset) for each, multiset in counted.items()
    }
    wrong = [each for each in values if values[each] != sums[each]]
    at = wrong[0] if wrong else x
    return compared(
        not wrong,
        f"at {at}, from its multiset: {values[at]}; by one sweep with fractions: {sums[at]}"
        + ("" if wrong else "; and likewise at all inputs"),
    )


def _equal(found: Found) -> Check:
    """Hold inputs of one multiset against each other, also where (S) fails."""
    sums = found.sums
    for first, *others in found.classes:
        for x in others:
            if sums[x] != sums[first]:
                says = f"{first} and {x} have one multiset, but sums {sums[first]} and {sums[x]}"
                return compared(False, says)
    each = (f"{sums[inputs[0]]} at {', '.join(map(str, inputs))}" for inputs in found.classes)
    return compared(True, f"one sum for each multiset: {'; '.join(each)}")


def _lemma_8(dag: Dag, sums: Mapping[Hashable, Fraction]) -> Check:
    d = len(dag.inputs)
    listed = {x: enumerated_paths.enumerated_sum(dag, x, O, dag.in_degree) for x in dag.inputs}
    total_sum = sum(listed.values(), Fraction(0))
    wrong = [x for x in sums if not sums[x] == listed[x] == Fraction(1, d)]
    says = f"path by path, they add to {total_sum}; 1/d is {Fraction(1, d)}"
    if wrong:
        says += f", but {wrong[0]} has {sums[wrong[0]]}"
    return compared(not wrong and total_sum == 1, says)


def _power_of_two(error: float) -> str:
    exponent = floor(-log2(error))
    return "2" + "⁻" + str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
