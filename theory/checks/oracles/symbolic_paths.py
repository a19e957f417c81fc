"""Path-products as sympy monomials: every weight a symbol, a shared weight one symbol."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TypeAlias

import sympy as sp

from theory.graph.graph import Graph
from theory.graph.layers import NOTHING, Kind

Ending: TypeAlias = tuple[int, sp.Expr, tuple[sp.Rational, ...]]
"""The end of a path: where it starts, its product, and the variances of its weights."""


@dataclass(frozen=True)
class SymbolicPath:
    """One path and its path-product.

    Attributes
    ----------
    start : its input.
    product : ω_p, a monomial in the weights' symbols.
    variances : of the weights on the path, and the squares of fixed weights, from o downwards.
    """

    start: Hashable
    product: sp.Expr
    variances: tuple[sp.Rational, ...]


@dataclass(frozen=True)
class SymbolicPaths:
    """All paths that end at one node, and the variance of every weight's symbol."""

    paths: Sequence[SymbolicPath]
    variances: dict[sp.Symbol, sp.Rational]

    def expectation(self, monomial: sp.Expr) -> sp.Rational:
        """Expectation under independent Gaussian weights of mean 0.

        Odd powers give 0 and squares the variance, whatever the symmetric law; only powers of 4
        and more, which need a weight that is used twice on a path, depend on it.
        """
        value = sp.Integer(1)
        for base, power in monomial.as_powers_dict().items():
            if base in self.variances:
                odd = power % 2
                value *= (
                    0 if odd else sp.factorial2(power - 1) * self.variances[base] ** (power // 2)
                )
            else:
                value *= base**power
        return sp.Rational(value)

    def pair_sums(self) -> dict[Hashable, tuple[Fraction, Fraction]]:
        """By input, the sum of E[ω_p ω_p'] over all pairs, and of Π E[w_p²] over single paths."""
        sums: dict[Hashable, tuple[Fraction, Fraction]] = {}
        for start in dict.fromkeys(path.start for path in self.paths):
            paths = [path for path in self.paths if path.start == start]
            gradient = sp.Poly(sum(path.product for path in paths), *self.variances)
            squared = (gradient * gradient).as_expr()
            every = sum(self.expectation(term) for term in sp.Add.make_args(squared))
            sums[start] = _fraction(every), _fraction(sum(prod(path.variances) for path in paths))
        return sums


def symbolic_paths(dag: Graph, o: Hashable) -> SymbolicPaths:
    """Enumerate the paths to `o` with their products; a weight has variance 2/fan-in."""
    layer_of = {
        layer.first + row: (number, layer, row)
        for number, layer in enumerate(dag.layers)
        for row in range(len(layer.tails))
    }
    variances: dict[sp.Symbol, sp.Rational] = {}
    done: list[SymbolicPath] = []
    pending: list[Ending] = [(dag.position(o), sp.Integer(1), ())]
    while pending:
        node, product, squares = pending.pop()
        if node < dag.number_of_inputs:
            done.append(SymbolicPath(dag.nodes[node], product, squares))
            continue
        number, layer, row = layer_of[node]
        for slot, tail in enumerate(layer.tails[row].tolist()):
            if tail == NOTHING:
                continue
            divisor = int(layer.divisors[row])
            if layer.kind is Kind.WEIGHTED:
                weight = sp.Symbol(f"w_{number}_{layer.filters[row]}_{slot}")
                square = variances.setdefault(weight, sp.Rational(2, divisor))
            else:
                weight = sp.Rational(1, divisor)
                square = weight**2
            pending.append((tail, product * weight, (*squares, square)))
    return SymbolicPaths(done, variances)


def _fraction(value: sp.Rational) -> Fraction:
    value = sp.Rational(value)
    return Fraction(int(value.p), int(value.q))
