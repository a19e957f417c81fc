"""Path-products of one network, examined by symbols, by patterns of signs and by a pair walk.

The three ways share no code: the pair walk of `theory.paths.path_pairs` over the whole DAG, the
symbols of `symbolic_paths`, and the patterns of ± signs of `sign_patterns`. A convolution shares
its weights among its neurons; so an edge is not a weight.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations

import numpy as np
import sympy as sp

from theory.checks.oracles.sign_patterns import PathProducts, path_products
from theory.checks.oracles.symbolic_paths import SymbolicPaths, symbolic_paths
from theory.networks.sequential_networks import Network
from theory.paths.path_pairs import path_pair_sums


class Examined:
    """A network with its path-products, by symbols and by patterns of signs."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def signs(self) -> PathProducts:
        """All path-products under every pattern of signs."""
        return path_products(self.network.maps)

    @cached_property
    def symbols(self) -> list[SymbolicPaths]:
        """The path-products that end at each output, as monomials."""
        return [symbolic_paths(self.network.dag, o) for o in self.network.dag.outputs]

    @cached_property
    def pair_sums(self) -> list[list[list[tuple[Fraction, Fraction]]]]:
        """Sums over all and over equal pairs: three ways, outputs, inputs."""
        dag = self.network.dag
        nothing = (Fraction(0), Fraction(0))
        walked = [list(path_pair_sums(dag, o).values()) for o in dag.outputs]
        sums = [symbols.pair_sums() for symbols in self.symbols]
        symbolic = [[found.get(x, nothing) for x in dag.inputs] for found in sums]
        counted = [self.signs.pair_sums(end) for end in range(len(dag.outputs))]
        return [walked, symbolic, counted]

    @cached_property
    def leaving_weights_differ(self) -> bool:
        """Whether no neuron reaches two neurons of the next layer over one weight."""
        return all(layer.maps.sum(axis=1).max() <= 1 for layer in self.network.weighted)


def not_centred(net: Examined) -> str:
    """Find a path whose product has another expectation than 0, by signs and by symbols."""
    if np.any(net.signs.signs.sum(axis=0)):
        return str(net.network)
    return next(filter(None, (symbols_not_centred(symbols) for symbols in net.symbols)), "")


def symbols_not_centred(symbols: SymbolicPaths) -> str:
    """Find a path whose product has another expectation than 0, by symbols."""
    for path in symbols.paths:
        if (mean := symbols.expectation(path.product)) != 0:
            return f"path from {path.start}: E[{path.product}] = {mean}, not 0"
    return ""


def correlated(net: Examined, chosen: Callable[[int, int], bool]) -> str:
    """Find two different paths among those chosen whose products correlate, by signs."""
    signs = net.signs
    totals, unit = signs.second_moments()
    for p, q in zip(*np.nonzero(np.triu(totals, k=1)), strict=True):
        if chosen(p, q):
            return (
                f"{net.network}: two paths over weights {list(signs.weights[p])}, from input "
                f"{signs.starts[p]} to output {signs.ends[p]} and from input {signs.starts[q]} to "
                f"output {signs.ends[q]}, have E[ω_p ω_p'] = {unit * int(totals[p, q])}, not 0"
            )
    return ""


def symbols_correlated(net: Examined) -> str:
    """Find two paths that end at one node and have correlated products, by symbols."""
    for symbols in net.symbols:
        for one, other in combinations(symbols.paths, 2):
            if symbols.expectation(one.product * other.product) != 0:
                return f"{net.network}: E[{one.product * other.product}] is not 0"
    return ""


def wrong_squares(net: Examined, combine: Callable[[Sequence[sp.Rational]], sp.Rational]) -> str:
    """Compare E[ω_p²], by symbols and by signs, with a combination of the weights' E[w_p²]."""
    for symbols in net.symbols:
        for path in symbols.paths:
            square, expected = symbols.expectation(path.product**2), combine(path.variances)
            if square != expected:
                return f"{net.network}: E[({path.product})²] is {square}, not {expected}"
    totals, unit = net.signs.second_moments()
    squares = [unit * int(total) for total in np.diag(totals)]
    return "" if squares == net.signs.products_of_variances() else str(net.network)


def ways_differ(net: Examined) -> str:
    """Compare the three ways' sums over all pairs and over single paths."""
    walked, symbolic, counted = net.pair_sums
    if walked == symbolic == counted:
        return ""
    return f"{net.network}: pair walk {walked}, symbols {symbolic}, signs {counted}"


def pairs_differ(net: Examined) -> str:
    """Compare the sums over all pairs and over equal pairs, by the pair walk."""
    wrong = any(every != same for output in net.pair_sums[0] for every, same in output)
    return str(net.network) if wrong else ""
