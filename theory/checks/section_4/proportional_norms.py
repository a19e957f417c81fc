"""When the l1- and l2-norms of a gradient are proportional (Section 4.2, on Figure 2e)."""

from collections.abc import Sequence
from itertools import product

import sympy as sp

from evidence.findings import Evidence, Progress, compare, silent


def check_proportional_norms(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Section 4.2 to the letter: uncorrelated coordinates of equal variance are enough.

    What the sentence concludes is tested on networks, by a check in the room of simulations.
    """
    progress(0.0, "laws of gradients")
    dense = [list(signs) for signs in product((1, -1), repeat=2)]
    sparse = [[s * sp.sqrt(2), 0] for s in (1, -1)] + [[0, s * sp.sqrt(2)] for s in (1, -1)]
    correlated = [[1, 1], [-1, -1]]
    return Evidence(
        method=(
            "To the letter, the premise is that the coordinates are centred, uncorrelated and of "
            "equal variance. Laws of that kind on a few equally likely vectors of two "
            "coordinates, each with its moments and norms in symbols."
        ),
        stated=[],
        literal=[
            compare(
                "centred, uncorrelated coordinates of equal variance have proportional l_1- and "
                "l_2-norms",
                [law for law in (dense, sparse, dense + sparse) if _fits(law)],
                _unequal_quotients,
            )
        ],
        controls=[
            compare(
                "false neighbour: a law with correlated coordinates fits the premise",
                [correlated],
                lambda law: "" if _fits(law) else f"equally likely {law} are correlated",
            )
        ],
    )


def _fits(law: Sequence[Sequence[sp.Expr | int]]) -> bool:
    vectors = sp.Matrix(law)
    second = (vectors.T * vectors).applyfunc(sp.simplify)
    means = [sp.simplify(sum(vectors.col(i))) for i in range(2)]
    return means == [0, 0] and second[0, 1] == 0 and second[0, 0] == second[1, 1]


def _unequal_quotients(law: Sequence[Sequence[sp.Expr | int]]) -> str:
    norms = {
        (sp.simplify(sum(map(sp.Abs, g))), sp.sqrt(sum(sp.sympify(x) ** 2 for x in g))) for g in law
    }
    if len({sp.simplify(l1 / l2) for l1, l2 in norms}) == 1:
        return ""
    listed = ", ".join(f"({', '.join(map(str, g))})" for g in law)
    found = " and ".join(
        f"‖g‖_1 = {l1}, ‖g‖_2 = {l2}" for l1, l2 in sorted(norms, key=lambda pair: float(pair[0]))
    )
    return f"d = 2, equally likely {listed}: {found}".replace("sqrt(2)", "√2")
