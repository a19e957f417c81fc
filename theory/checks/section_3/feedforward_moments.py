"""Theorem 4 at the level of exact second moments: the l_2-norm, and coordinates under (S)."""

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from torch import Tensor, nn

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.checks.oracles.sign_patterns import squared_gradient_moments
from theory.checks.subjects.example_networks import random_dag
from theory.checks.subjects.moment_comparisons import is_zero_padded, moments, norm_differs
from theory.checks.subjects.path_networks import by_size, feedforward_networks
from theory.dag import Dag
from theory.networks.sequential_networks import Network, dense
from theory.paths.path_polynomial import same_path_degrees

RANDOM_DAGS = 300


def check_theorem_4_moments(*, seed: int, progress: Progress = silent) -> Evidence:
    """Theorem 4: E‖∂_x o‖² is 1 whatever d; under (S) each coordinate has second moment 1/d."""
    rng = np.random.default_rng([seed, 4])
    cases = [_Output.of(f"random DAG {number}", random_dag(rng)) for number in range(RANDOM_DAGS)]
    progress(0.2, "second moments on random DAGs")
    networks = by_size(feedforward_networks())
    # H3 says 2/in-degree; as abstract DAGs, zero-padded networks get that too.
    abstract = [
        (str(network), Dag.from_networkx(network.dag.to_networkx())) for network in networks
    ]
    cases = sorted([*cases, *(_Output.of(*case) for case in abstract)], key=_Output.edges)
    symmetric = [case for case in cases if same_path_degrees(case.dag, case.o)]
    unpadded = [network for network in networks if not is_zero_padded(network)]
    progress(0.6, "second moments of convolutional networks")
    return Evidence(
        method=(
            "Exact second moments under (H), a ReLU on the logit included, at outputs of "
            f"{RANDOM_DAGS} random DAGs with skips and parallel edges and of {len(networks)} "
            "dense and convolutional networks. 'Independent of d' is read for the mean square of "
            "the norm: its other moments depend on d. Weights have variance 2/in-degree (H3); "
            "where He's 2/fan-in is meant, that is said."
        ),
        stated=[
            compare(
                "E[‖∂_x o‖_2²] = 1, whatever d, with or without (S)",
                cases,
                lambda case: case.differs("E[‖∂_x o‖_2²]", sum(case.moments()), 1),
            ),
            compare(
                "the same with He variances, shared weights included, without zero padding",
                unpadded,
                norm_differs,
            ),
            compare(
                "under (S), E[(∂_x o)²] = 1/d for every input",
                symmetric,
                _coordinate_differs,
            ),
        ],
        controls=[
            compare("false neighbour: 1/d without (S)", cases, _coordinate_differs),
            compare(
                "false neighbour: E[‖∂_x o‖_2²] = d",
                cases,
                lambda case: case.differs(
                    "E[‖∂_x o‖_2²]", sum(case.moments()), len(case.dag.inputs)
                ),
            ),
            compare(
                "false neighbour: E[‖∂_x o‖_2²] = 1 with He variances beside zero padding, too",
                [network for network in networks if is_zero_padded(network)],
                norm_differs,
            ),
            compare(
                "false neighbour: E[‖∂_x o‖_2²] = 1 with residual additions, too",
                [Network([_Residual()], (1,))],
                norm_differs,
            ),
            compare(
                "false neighbour: E[‖∂_x o‖_2⁴] is the same for d = 1 and d = 2, too",
                [(dense(1, 2, 1), dense(2, 2, 1))],
                _fourth_moments_differ,
            ),
        ],
        tables=[
            Table(
                title="E[‖∂_x o‖_2²] and E[(∂_x o)²] · d under He initialization",
                columns=["network", "d", "squared norm", "smallest · d", "largest · d"],
                rows=[_row(network) for network in networks[-12:]],
            )
        ],
    )


class _Residual(nn.Module):
    """x + ReLU(w x), with a fixed weight 1 on the skip."""

    def __init__(self) -> None:
        super().__init__()
        self.branch = nn.Linear(1, 1, bias=False)

    def __repr__(self) -> str:
        return "x + ReLU(Linear(1, 1)(x))"

    def forward(self, x: Tensor) -> Tensor:
        branch: Tensor = self.branch(x)
        return x + branch.relu()


@dataclass(frozen=True)
class _Output:
    """One output of a DAG."""

    name: str
    dag: Dag
    o: Hashable

    @classmethod
    def of(cls, name: str, dag: Dag) -> "_Output":
        return cls(name, dag, dag.outputs[0])

    def edges(self) -> tuple[int, int]:
        return len(self.dag.tails), len(self.dag.nodes)

    def moments(self) -> list[Fraction]:
        return list(self.dag.second_moments(self.o).values())

    def differs(self, what: str, found: Fraction | int, expected: Fraction | int) -> str:
        if found == expected:
            return ""
        edges = ", ".join(f"{tail}→{head}" for tail, head in self.dag.edges())
        return (
            f"{self.name}, {len(self.dag.inputs)} inputs, edges {edges}, output {self.o}: "
            f"{what} = {found}, not {expected}"
        )


def _coordinate_differs(case: _Output) -> str:
    d = len(case.dag.inputs)
    wrong = [moment for moment in case.moments() if moment != Fraction(1, d)]
    return case.differs("E[(∂_x o)²] of an input", wrong[0], Fraction(1, d)) if wrong else ""


def _fourth_moments_differ(pair: tuple[Network, Network]) -> str:
    first, second = (squared_gradient_moments(network.maps, power=2)[0] for network in pair)
    if first == second:
        return ""
    return f"{pair[0]}: {first}; {pair[1]}: {second}; weights ±σ"


def _row(network: Network) -> list[str | int]:
    found, d = moments(network), len(network.dag.inputs)
    return [str(network), d, str(sum(found)), str(min(found) * d), str(max(found) * d)]
