"""Lemmas 9 and 10, line by line, on the two chosen paths; counterexamples and puzzle."""

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import combinations
from math import prod

from htpy import Node, div, p

from teaching.lesson import Check, Question, Reader, Step, Verdict, View, all_equal, compared
from teaching.lessons.path_products.network import ARCHITECTURES, CORRELATED, Network, Path, edges
from teaching.lessons.path_products.picture import handles, parting, picture
from teaching.lessons.path_products.settings import EVENTS, Settings, at_hand, check, write
from teaching.lessons.path_products.terms import (
    OMEGA,
    OMEGA_PRIME,
    Edge,
    each,
    expected,
    link,
    linked,
    plain,
    signed,
)
from teaching.pictures.handles import press
from teaching.pictures.mathml import Term, formula, rational, row, sub, subsup, sup, total, words
from teaching.words import Words
from theory.paths import parting_paths, path_pairs, weight_laws
from theory.paths.weight_laws import Factor

TEXT = Words.beside(__name__)
W, W_PRIME = sub("w", "p"), subsup("w", "p", "′")
CROSS, SQUARE = expected(OMEGA, OMEGA_PRIME), expected(sup(OMEGA, 2))


def question() -> Question:
    """Ask for the expectation of two products with a weight in common."""
    start = Settings()
    net = at_hand(start)
    one, other = net.product(start.p), net.product(start.q)
    value = weight_laws.average(net.law, one + other)
    return TEXT.question(
        right=0 if value > 0 else 1 if value == 0 else 2,
        p=" → ".join(start.p), q=" → ".join(start.q), cross=formula(CROSS),
        one=formula(OMEGA, "=", *plain(one)), other=formula(OMEGA_PRIME, "=", *plain(other)),
        square=weight_laws.average(net.law, ["a", "a"]), v=str(one[-1]), w=str(other[-1]),
        top=weight_laws.second_moment(net.law, one[-1], other[-1]), value=value,
    )  # fmt: skip


def view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    """Show the two paths at hand."""
    net = at_hand(settings)
    return View(
        figure=picture(settings, net, reader),
        handles=handles(settings, net),
        counterexample=_counterexample(settings, net),
        steps=_steps(settings, net),
        puzzle=TEXT.puzzle(lambda: _judge(settings, net), cross=formula(CROSS, "≠", 0)),
        dropped=_dropped(settings, net),
    )


def _dropped(settings: Settings, net: Network) -> list[str]:
    node, forward = parting(settings), settings.walk == "forward"
    same = False
    if node is not None and parting_paths.parts_at(settings.p, settings.q, node, forward=forward):
        w, v = _weights(settings, net, node, forward=forward)
        same = w == v or isinstance(w, Fraction)
    dropped = {
        "H3": settings.mean,
        "H4": settings.tied,
        "H5": settings.rho,
        "one node": node is None,
        "different weights": same,
        "no mirror": settings.network == "mirror",
    }
    return [name for name, is_dropped in dropped.items() if is_dropped]


def _steps(settings: Settings, net: Network) -> Sequence[Step]:
    path, node = settings.p, parting(settings)
    product = net.product(path)
    averages = [weight_laws.average(net.law, [factor]) for factor in product]
    means = [weight_laws.mean(net.law, factor) for factor in product]
    return [
        TEXT.step(
            "split",
            formula(expected(OMEGA), "=", *each(net, path)),
            [weight_laws.average(net.law, product), prod(means, start=Fraction(1))],
        ),
        TEXT.step(
            "centred",
            formula(*each(net, path), "=", 0),
            not prod(means) and means == averages,
            means=_listed(means), averages=_listed(averages),
        ),
        _parted(settings, net, node),
        *_crossed(settings, net, node),
        _squared(net, path),
        _summed(net, path),
    ]  # fmt: skip


def _parted(settings: Settings, net: Network, node: Hashable | None) -> Step:
    """Two different weights of one neuron."""
    forward, p, q = settings.walk == "forward", settings.p, settings.q
    verb = TEXT("says.leave" if forward else "says.enter")
    found: Check | None = None
    if p != q and node is None:
        found = compared(False, _apart(p, q, forward=forward))
    elif p != q and not parting_paths.parts_at(p, q, node, forward=forward):
        found = compared(False, TEXT("says.not_there", node=str(node)))
    elif p != q:
        w, v = _weights(settings, net, node, forward=forward)
        said = TEXT("says.parted", node=str(node), w=str(w), v=str(v), verb=verb)
        fixed = isinstance(w, Fraction)
        if fixed or w == v:
            said += TEXT("says.fixed" if fixed else "says.same")
        found = compared(not fixed and w != v, said)
    return TEXT.step(
        "parted", formula(W, "≠", W_PRIME, words(TEXT("says.neuron", verb=verb))), found,
        how=TEXT("says.forward" if forward else "says.back"),
    )  # fmt: skip


def _apart(p: Path, q: Path, *, forward: bool) -> str:
    """Say that two paths have no common node to walk from, or that one is a part of the other."""
    if forward and p[0] == q[0]:
        short, name = (p, "p") if len(p) < len(q) else (q, "p′")
        return TEXT("says.never", name=name, end=short[-1])
    place = 0 if forward else -1
    return TEXT("says.no_x" if forward else "says.no_o", p=p[place], q=q[place])


def _crossed(settings: Settings, net: Network, node: Hashable | None) -> list[Step]:
    """E[w_p w_p'] = 0, by the two weights at which the paths part."""
    p, q, forward = settings.p, settings.q, settings.walk == "forward"
    product = net.product(p) + net.product(q)
    whole = weight_laws.average(net.law, product)
    blocks = weight_laws.expectation(net.law, product)
    says = TEXT("says.whole", whole=signed(whole), blocks=signed(blocks))
    rest_of, pair_of = expected(words(TEXT("says.rest"))), expected(W, W_PRIME)
    lines = [
        formula(CROSS, "=", rest_of, pair_of),
        formula(pair_of, "=", expected(W), expected(W_PRIME)),
        formula(CROSS, "=", 0),
    ]
    checks: list[Check | None] = [None, None, compared(whole == blocks == 0, says)]
    if p == q:
        checks[2] = None
    elif node is not None and parting_paths.parts_at(p, q, node, forward=forward):
        pair = _steps_at(p, q, node, forward=forward)
        rest = list((Counter([*edges(p), *edges(q)]) - Counter(pair)).elements())
        w, v = (net.factors[edge] for edge in pair)
        both = weight_laws.second_moment(net.law, w, v)
        others = weight_laws.average(net.law, [net.factors[edge] for edge in rest])
        means = [weight_laws.mean(net.law, factor) for factor in (w, v)]
        rest_of, pair_of = expected(*linked(net, rest)), expected(*linked(net, pair))
        lines = [
            formula(CROSS, "=", rest_of, pair_of),
            formula(pair_of, "=", *(expected(*linked(net, [edge])) for edge in pair)),
            formula(CROSS, "=", rest_of, "·", 0, "=", 0),
        ]
        factors = TEXT("says.factors", others=signed(others), both=signed(both))
        average = weight_laws.average(net.law, [w, v])
        checks = [
            all_equal({TEXT("says.outcomes"): whole, factors: others * both}),
            all_equal({TEXT("says.outcomes"): average, TEXT("says.product"): prod(means)}),
            compared(
                whole == blocks == prod(means) == 0,
                TEXT("says.means", whole=says, means=_listed(means)),
            ),
        ]
    which = TEXT("says.one_layer" if forward else "says.one_neuron")
    return [
        TEXT.step("rest", lines[0], checks[0]),
        TEXT.step("pair", lines[1], checks[1], which=which),
        TEXT.step("zero", lines[2], checks[2]),
    ]


def _squared(net: Network, path: Path) -> Step:
    """E[w_p²] is the product of the variances 2/d_p."""
    product = net.product(path)
    variances = [
        factor**2 if isinstance(factor, Fraction) else Fraction(2, net.dag.in_degree(head))
        for factor, (_, head) in zip(product, edges(path), strict=True)
    ]
    written: list[Term] = [term for value in variances for term in ("·", value)]
    return TEXT.step(
        "squared",
        formula(SQUARE, "=", *each(net, path, power=2), "=", *written[1:]),
        [weight_laws.average(net.law, product * 2), prod(variances, start=Fraction(1))],
    )


def _summed(net: Network, path: Path) -> Step:
    """What Equation 13 makes of it."""
    start, end = path[0], path[-1]
    paths = [each for each in net.paths([end]) if each[0] == start]
    products = [net.product(each) for each in paths]
    every = sum(
        (weight_laws.expectation(net.law, one + other) for one in products for other in products),
        Fraction(0),
    )
    _, same = path_pairs.path_pair_sums(net.dag, end)[start]
    lit = " ".join({link(edge): None for each in paths for edge in edges(each)})
    over = row(total("∑", row("p")), link=lit)
    return TEXT.step(
        "summed",
        formula(
            expected(sup(row("(", over, OMEGA, ")"), 2)), "=", over, SQUARE
        ),
        every == same,
        start=start, end=end, every=signed(every), same=signed(same),
    )  # fmt: skip


def _weights(
    settings: Settings, net: Network, node: Hashable, *, forward: bool
) -> tuple[Factor, Factor]:
    one, other = _steps_at(settings.p, settings.q, node, forward=forward)
    return net.factors[one], net.factors[other]


def _steps_at(p: Path, q: Path, node: Hashable, *, forward: bool) -> list[Edge]:
    """Return the two edges that enter (or leave) the node where the paths part."""
    return [edges(path)[path.index(str(node)) - (not forward)] for path in (p, q)]


def _listed(values: Sequence[Fraction]) -> str:
    return ", ".join(map(signed, values))


def _counterexample(settings: Settings, net: Network) -> Node:
    """Say what fails, in figures, while an assumption of Lemma 9 is dropped."""
    averages, told = ARCHITECTURES[settings.network].averages, list[Node]()
    product = net.product(settings.p)
    mean = formula(expected(OMEGA), "=", rational(weight_laws.average(net.law, product)))
    if settings.mean:
        told.append(TEXT("counterexample.mean", mean=mean))
    if settings.tied:
        square = formula(SQUARE, "=", rational(weight_laws.average(net.law, product * 2)))
        told.append(TEXT("counterexample.tied", product=plain(product), mean=mean, square=square))
    if settings.rho:
        told.append(TEXT("counterexample.rho"))
    if averages:
        told.append(TEXT("counterexample.average"))
    if not told:
        return None
    every = [
        (one, other, value)
        for one, other in combinations(net.paths(["o"]), 2)
        if (value := weight_laws.expectation(net.law, net.product(one) + net.product(other)))
    ]
    from_one = [found for found in every if found[0][0] == found[1][0]]
    if averages and not from_one:
        told.append(TEXT("counterexample.lemma_10"))
    found = (from_one if averages and from_one else every)[:1]
    return div[
        [p[each] for each in told],
        [_shown(settings, net, *pair, averages=averages) for pair in found],
    ]


def _shown(
    settings: Settings, net: Network, one: Path, other: Path, value: Fraction, *, averages: bool
) -> Node:
    where = "from_one" if averages and one[0] == other[0] else "to_o"
    there = {settings.p, settings.q} == {one, other}
    return p[
        TEXT(
            "counterexample.pair", where=TEXT(f"counterexample.{where}"), one=" → ".join(one),
            other=" → ".join(other), value=signed(value),
            product=f"{plain(net.product(one))} · {plain(net.product(other))}",
        ),
        not there and press(TEXT("counterexample.take"), "take", f"{write(one)} {write(other)}"),
    ]  # fmt: skip


def _judge(settings: Settings, net: Network) -> Verdict:
    p, q = settings.p, settings.q
    if ARCHITECTURES[settings.network].averages:
        return TEXT.unsolved("average")
    if settings.rho:
        return TEXT.unsolved("rho", a=CORRELATED[0], b=CORRELATED[1])
    if settings.mean or settings.tied:
        return TEXT.unsolved("mean" if settings.mean else "tied")
    if p == q:
        return TEXT.unsolved("one_path")
    one, other = net.product(p), net.product(q)
    if value := weight_laws.average(net.law, one + other):
        product = f"{plain(one)} · {plain(other)}"
        return TEXT.solved(product=product, value=signed(value), p=p[-1], q=q[-1])
    if p[-1] == q[-1]:
        node = parting_paths.parting_node(p, q)
        first, second = _weights(settings, net, node, forward=False)
        return TEXT.unsolved("part", end=p[-1], node=str(node), one=str(first), other=str(second))
    both = [*one, *other]
    lonely = next((factor for factor in both if both.count(factor) == 1), Fraction(0))
    name = "own" if settings.own else "alone"
    return TEXT.unsolved(name, p=p[-1], q=q[-1], weight=str(lonely))


LESSON = TEXT.lesson(settings=Settings, question=question, view=view, events=EVENTS, check=check)
