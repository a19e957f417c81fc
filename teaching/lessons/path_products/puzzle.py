"""The puzzle: two correlated paths although every assumption of the proof is kept."""

from fractions import Fraction

from teaching.lesson import Puzzle, Verdict, solved, unsolved
from teaching.lessons.path_products.network import ARCHITECTURES, CORRELATED, Network
from teaching.lessons.path_products.settings import Settings
from teaching.lessons.path_products.terms import OMEGA, OMEGA_PRIME, expected, plain, signed
from teaching.pictures.mathml import formula
from theory.paths import parting_paths, weight_laws
from theory.paths.weight_laws import Factor


def puzzle(settings: Settings, net: Network) -> Puzzle:
    """Return the puzzle; the two paths above are the answer."""
    return Puzzle(
        task=[
            "A convolution, and every assumption kept: means 0, layers independent, a and b "
            "uncorrelated, no average. Find two different paths p and p′ with ",
            formula(expected(OMEGA, OMEGA_PRIME), "≠", 0),
            ".",
        ],
        judge=lambda: _judge(settings, net),
        hints=[
            "Two paths to o always decorrelate: that is proved. Which words of the lemma can you "
            "get around without dropping an assumption?",
            "The proof starts “going back from o”: from a node at which both paths end. Let them "
            "end below o, at two different neurons.",
            "Then nothing forces them to use two different weights of one neuron. In a "
            "convolution, two neurons g have the same letters: let both paths use the same ones.",
        ],
    )


def _judge(settings: Settings, net: Network) -> Verdict:
    dropped = _dropped(settings)
    if dropped:
        return unsolved(dropped)
    if settings.p == settings.q:
        return unsolved("p and p′ are one path; of course its square has a positive expectation.")
    one, other = net.product(settings.p), net.product(settings.q)
    value = weight_laws.average(net.law, one + other)
    if not value:
        return unsolved(_why_zero(settings, net))
    return solved(
        f"E[{plain(one)} · {plain(other)}] = {signed(value)}: the paths end at "
        f"{settings.p[-1]} and {settings.q[-1]}, over the same weights. Lemma 9 speaks of one end "
        "o, and needs to."
    )


def _dropped(settings: Settings) -> str:
    if ARCHITECTURES[settings.network].averages:
        return "o averages here, with fixed weights: take a network whose o has weights."
    if settings.rho:
        a, b = CORRELATED
        return f"{a} and {b} are correlated: H5 is dropped for one neuron. Set it back to 0."
    if settings.mean:
        return "the weights do not have mean 0: H3 is dropped."
    if settings.tied:
        return "one weight stands in two layers: H4 is dropped."
    return ""


def _why_zero(settings: Settings, net: Network) -> str:
    p, q = settings.p, settings.q
    if p[-1] == q[-1]:
        node = parting_paths.parting_node(p, q)
        first, second = (net.factors[path[path.index(str(node)) - 1], str(node)] for path in (p, q))
        return (
            f"these decorrelate: going back from {p[-1]}, they part at {node}, where the weights "
            f"{first} and {second} differ."
        )
    lonely = _alone(net.product(p), net.product(q))
    said = (
        f"these decorrelate: they end at {p[-1]} and {q[-1]}, but {lonely} stands on one of them "
        "only, and has mean 0."
    )
    return said + (" With a weight on every edge, nothing is shared." if settings.own else "")


def _alone(one: list[Factor], other: list[Factor]) -> Factor:
    """Name a weight that occurs once in the product of both."""
    both = [*one, *other]
    return next((factor for factor in both if both.count(factor) == 1), Fraction(0))
