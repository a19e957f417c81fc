"""Two paths whose products do not decorrelate, found while an assumption is dropped."""

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations

from htpy import Node, div, p

from teaching.lessons.path_products.network import ARCHITECTURES, Network, Path
from teaching.lessons.path_products.settings import Settings, write
from teaching.lessons.path_products.terms import OMEGA, expected, plain, signed
from teaching.pictures.handles import press
from teaching.pictures.mathml import formula, rational, sup
from theory.paths import weight_laws


def counterexample(settings: Settings, net: Network) -> Node:
    """Say what fails, in figures, while an assumption of Lemma 9 is dropped."""
    dropped = list(_dropped(settings, net))
    if not dropped:
        return None
    averages = ARCHITECTURES[settings.network].averages
    from_one = _correlated(net, lambda one, other: one[0] == other[0])
    found = from_one if averages and from_one else _correlated(net, lambda one, other: True)  # noqa: ARG005
    words: list[Node] = [p[each] for each in dropped]
    if averages and not from_one:
        words.append(p["No two paths from one input to o are correlated: this is Lemma 10."])
    if found:
        words.append(_shown(settings, net, *found, averages=averages))
    return div[words]


def _dropped(settings: Settings, net: Network) -> list[Node]:
    product = net.product(settings.p)
    mean = formula(expected(OMEGA), "=", rational(weight_laws.average(net.law, product)))
    found: list[Node] = []
    if settings.mean:
        found.append(["H3 dropped: the weights have a mean, and ", mean, "."])
    if settings.tied:
        square = rational(weight_laws.average(net.law, product * 2))
        found.append(
            [
                f"H4 dropped: one weight in two layers. The product {plain(product)} has ", mean,
                " and ", formula(expected(sup(OMEGA, 2)), "=", square), ".",
            ]
        )  # fmt: skip
    if settings.rho:
        found.append("H5 dropped: a and b enter one neuron and are correlated.")
    if ARCHITECTURES[settings.network].averages:
        found.append(
            "o averages: its weights are fixed, not random with mean 0. Lemma 9 does not apply."
        )
    return found


def _correlated(
    net: Network, chosen: Callable[[Path, Path], bool]
) -> tuple[Path, Path, Fraction] | None:  # fmt: skip
    for one, other in combinations(net.paths(["o"]), 2):
        if chosen(one, other):
            value = weight_laws.expectation(net.law, net.product(one) + net.product(other))
            if value:
                return one, other, value
    return None


def _shown(
    settings: Settings, net: Network, one: Path, other: Path, value: Fraction, *, averages: bool
) -> Node:
    where = "from one input to o" if averages and one[0] == other[0] else "to o"
    pair = f"{write(one)} {write(other)}"
    there = {settings.p, settings.q} == {one, other}
    return p[
        f"Two paths {where}: {' → '.join(one)} and {' → '.join(other)}, with "
        f"E[{plain(net.product(one))} · {plain(net.product(other))}] = {signed(value)}. ",
        None if there else press("Take these two", "take", pair),
    ]
