"""Lemma 9, line by line, on the two chosen paths; Lemma 10 where the parting is sought from x."""

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction
from math import prod

from teaching.lesson import Check, Step, all_equal, compared, proved
from teaching.lessons.path_products.figure import parting
from teaching.lessons.path_products.network import Network, Path, edges
from teaching.lessons.path_products.settings import Settings
from teaching.lessons.path_products.terms import (
    OMEGA,
    OMEGA_PRIME,
    Edge,
    each,
    expected,
    linked,
    signed,
)
from teaching.pictures.mathml import Term, formula, row, sub, subsup, sup, total, words
from theory.paths import parting_paths, path_pairs, weight_laws

W, W_PRIME = sub("w", "p"), subsup("w", "p", "′")
SQUARE = expected(sup(OMEGA, 2))


def steps(settings: Settings, net: Network) -> Sequence[Step]:
    """Return the lines of the proof."""
    node = parting(settings)
    forward = settings.walk == "forward"
    is_there = node is not None and parting_paths.parts_at(
        settings.p, settings.q, node, forward=forward
    )
    return [
        *_centred(net, settings.p),
        _parted(settings, net, node),
        *_crossed(settings, net, node if is_there else None),
        _squared(net, settings.p),
        _summed(net, settings.p),
    ]


def _centred(net: Network, p: Path) -> list[Step]:
    """E[w_p] = 0."""
    product = net.product(p)
    whole = weight_laws.average(net.law, product)
    means = [weight_laws.mean(net.law, factor) for factor in product]
    averages = [weight_laws.average(net.law, [factor]) for factor in product]
    return [
        proved(
            formula=formula(expected(OMEGA), "=", *each(net, p)),
            reason="H4: the weights on a path lie in different layers, and layers are independent.",
            check=all_equal(
                {
                    "averaged over all outcomes of the weights": whole,
                    "product of the means": prod(means, start=Fraction(1)),
                }
            ),
        ),
        proved(
            formula=formula(*each(net, p), "=", 0),
            reason="H3: every weight has mean 0. (The fixed weights of an average only rescale.)",
            check=compared(
                not prod(means) and means == averages,
                f"means by the law: {_listed(means)}; averaged over outcomes: {_listed(averages)}",
            ),
        ),
    ]  # fmt: skip


def _parted(settings: Settings, net: Network, node: Hashable | None) -> Step:
    """Two different weights of one neuron."""
    forward = settings.walk == "forward"
    verb = "leave" if forward else "enter"
    return proved(
        formula=formula(W, "≠", W_PRIME, words(f"\u00a0{verb} one neuron")),
        reason="Going on from their common input x, let p and p′ part at a neuron. Two different "
        "weights leave it: an average cannot split a path, and a convolution without a mirrored "
        "border meets a neuron with each weight once (Lemma 10)."
        if forward
        else "Both end at one node o. Going back from o, let p and p′ part at a neuron. Two "
        "different weights enter it.",
        check=None
        if settings.p == settings.q
        else compared(False, _apart(settings.p, settings.q, forward=forward))
        if node is None
        else _weights_differ(settings, net, node, verb),
    )


def _apart(p: Path, q: Path, *, forward: bool) -> str:
    """Say that two paths have no common node to walk from, or that one is a part of the other."""
    if forward and p[0] == q[0]:
        short, name = (p, "p") if len(p) < len(q) else (q, "p′")
        return f"they never part: {name} ends at {short[-1]}, and the other goes on from there"
    if forward:
        return f"p starts at {p[0]}, p′ at {q[0]}: there is no common x to walk from"
    return f"p ends at {p[-1]}, p′ at {q[-1]}: there is no common o to walk from"


def _weights_differ(settings: Settings, net: Network, node: Hashable, verb: str) -> Check:
    forward = settings.walk == "forward"
    if not parting_paths.parts_at(settings.p, settings.q, node, forward=forward):
        return compared(False, f"they do not part at {node}")
    w, w_prime = (
        net.factors[edge] for edge in _steps(settings.p, settings.q, node, forward=forward)
    )
    says = f"they part at {node}, which {w} and {w_prime} {verb}"
    fixed = isinstance(w, Fraction)
    if fixed:
        says += ": the fixed weights of an average, which are not random"
    elif w == w_prime:
        says += ": two edges with one weight"
    return compared(not fixed and w != w_prime, says)


def _crossed(settings: Settings, net: Network, node: Hashable | None) -> list[Step]:
    """E[w_p w_p'] = 0, by the two weights at which the paths part."""
    p, q, forward = settings.p, settings.q, settings.walk == "forward"
    product = net.product(p) + net.product(q)
    whole = weight_laws.average(net.law, product)
    by_blocks = weight_laws.expectation(net.law, product)
    says = f"over all outcomes: {signed(whole)}; by independent weights: {signed(by_blocks)}"
    reasons = (
        "H4: the two weights lie in one layer, and the rest of both paths in other layers, "
        "independent of it. The rest may well be correlated.",
        f"H5, for two {'different weights of one layer' if forward else 'weights of one neuron'}. "
        "That two edges elsewhere share a weight does no harm.",
        "H3: both have mean 0. So the product is 0, whatever the rest.",
    )
    cross = expected(OMEGA, OMEGA_PRIME)
    if p == q or node is None:
        formulas = (
            formula(cross, "=", expected(words("rest")), expected(W, W_PRIME)),
            formula(expected(W, W_PRIME), "=", expected(W), expected(W_PRIME)),
            formula(cross, "=", 0),
        )
        last = compared(whole == by_blocks == 0, says)
        checks: tuple[Check | None, ...] = (None, None, None if p == q else last)
    else:
        pair = _steps(p, q, node, forward=forward)
        rest = list((Counter([*edges(p), *edges(q)]) - Counter(pair)).elements())
        w, w_prime = (net.factors[edge] for edge in pair)
        both = weight_laws.second_moment(net.law, w, w_prime)
        others = weight_laws.average(net.law, [net.factors[edge] for edge in rest])
        means = [weight_laws.mean(net.law, factor) for factor in (w, w_prime)]
        formulas = (
            formula(cross, "=", expected(*linked(net, rest)), expected(*linked(net, pair))),
            formula(
                expected(*linked(net, pair)), "=",
                *(expected(*linked(net, [edge])) for edge in pair),
            ),
            formula(cross, "=", expected(*linked(net, rest)), "·", 0, "=", 0),
        )  # fmt: skip
        checks = (
            all_equal(
                {
                    "over all outcomes": whole,
                    f"by factors, {signed(others)} times {signed(both)}": others * both,
                }
            ),
            all_equal(
                {
                    "over all outcomes": weight_laws.average(net.law, [w, w_prime]),
                    "product of the means": prod(means, start=Fraction(1)),
                }
            ),
            compared(
                whole == by_blocks == prod(means) == 0, f"{says}; the two means: {_listed(means)}"
            ),
        )  # fmt: skip
    return [
        proved(formula=line, reason=reason, check=check)
        for line, reason, check in zip(formulas, reasons, checks, strict=True)
    ]


def _squared(net: Network, p: Path) -> Step:
    """E[w_p²] is the product of the variances 2/d_p."""
    product = net.product(p)
    variances = [
        factor**2 if isinstance(factor, Fraction) else Fraction(2, net.dag.in_degree(head))
        for factor, (_, head) in zip(product, edges(p), strict=True)
    ]
    squares: Sequence[Term] = each(net, p, power=2)
    return proved(
        formula=formula(SQUARE, "=", *squares, "=", *_product(variances)),
        reason="H4 again, then H3: a weight into a neuron of in-degree d has variance 2/d. (The "
        "weight 1/n of an average counts 1/n².)",
        check=all_equal(
            {
                "over all outcomes": weight_laws.average(net.law, product * 2),
                "product of the variances": prod(variances, start=Fraction(1)),
            }
        ),
    )  # fmt: skip


def _summed(net: Network, p: Path) -> Step:
    """What Equation 13 makes of it."""
    start, end = p[0], p[-1]
    paths = [path for path in net.paths([end]) if path[0] == start]
    every = sum(
        (
            weight_laws.expectation(net.law, net.product(one) + net.product(other))
            for one in paths
            for other in paths
        ),
        Fraction(0),
    )
    _, same = path_pairs.path_pair_sums(net.dag, end)[start]
    below = row("p")
    return proved(
        formula=formula(
            expected(sup(row("(", total("∑", below), OMEGA, ")"), 2)), "=",
            total("∑", below), SQUARE,
        ),
        reason="Of all pairs, only p = p′ is left. This is why Equation 13 has one sum, not two.",
        check=all_equal(
            {
                f"over all pairs of paths from {start} to {end}": every,
                "products of variances, by one sweep down the network": same,
            }
        ),
    )  # fmt: skip


def _steps(p: Path, q: Path, node: Hashable, *, forward: bool) -> list[Edge]:
    """Return the two edges that enter (or leave) the node where the paths part."""
    found = []
    for path in (p, q):
        place = path.index(str(node))
        found.append(edges(path)[place if forward else place - 1])
    return found


def _product(values: Sequence[Fraction]) -> list[Term]:
    terms: list[Term] = []
    for value in values:
        terms += ["·"] * bool(terms) + [value]
    return terms


def _listed(values: Sequence[Fraction]) -> str:
    return ", ".join(map(signed, values))
