"""Theorem 4 "implies Theorem 3": what it says of fully connected networks, and what it needs."""

import networkx as nx
import numpy as np

from evidence.findings import Evidence, Progress, compare, silent
from theory.checks.subjects.moment_comparisons import is_symmetric
from theory.dag import Dag
from theory.networks.dense_logit import DenseLogit
from theory.networks.sequential_networks import convolution, dense, with_logit
from theory.paths.path_polynomial import same_path_degrees

DRAWN = 20


def check_theorem_4_implies_3(*, seed: int, progress: Progress = silent) -> Evidence:
    """Fully connected networks satisfy (S), so that Theorem 4 says of them what Theorem 3 says."""
    rng = np.random.default_rng([seed, 43])
    sizes = [tuple(rng.integers(1, 7, size=rng.integers(2, 5)).tolist()) for _ in range(DRAWN)]
    cases = [DenseLogit(one, dense(*one).dag) for one in sorted(sizes, key=np.prod)]
    progress(0.2, "path-degrees of dense networks")
    return Evidence(
        method=(
            "Theorem 3 asks for a fully connected network that satisfies (H), Theorem 4 for any "
            "that satisfies (H) and (S); of the coordinates and of Eq. 7 they say the same. So the "
            f"implication is that fully connected networks satisfy (S), tested on {DRAWN} of 2 to "
            "4 layers by comparing whole multisets of path-degrees at every logit. Beside it, the "
            "moment that Theorem 4's proof gives (path sums, Lemma 8) is compared with that of "
            "Theorem 3's (layer sizes, Eq. 8)."
        ),
        stated=[
            compare(
                "fully connected networks satisfy (S), relative to every logit",
                cases,
                lambda case: "" if _symmetric(case.dag) else f"sizes {case.sizes}",
            ),
            compare(
                "both proofs give the same E[(∂_x f_k)²]",
                cases,
                lambda case: case.unequal(
                    case.dag.path_sums(case.dag.outputs[0])[case.dag.inputs[0]],
                    case.by_layer_sizes(),
                ),
            ),
        ],
        controls=[
            compare(
                "false neighbour: they satisfy (S) without one connection, too",
                [case for case in cases if max(case.sizes[:-1]) > 1],
                _asymmetric_once_cut,
            ),
            compare(
                "false neighbour: unpadded convolutions satisfy (S), too",
                [with_logit(convolution(kernel), (1, 4)) for kernel in (2, 3)],
                lambda network: "" if is_symmetric(network.dag) else str(network),
            ),
        ],
    )


def _symmetric(dag: Dag) -> bool:
    return all(same_path_degrees(dag, o) for o in dag.outputs)


def _asymmetric_once_cut(case: DenseLogit) -> str:
    """Remove one edge into the first neuron that has two or more."""
    graph: nx.MultiDiGraph = case.dag.to_networkx()
    tail, head = next(edge for edge in case.dag.edges() if graph.in_degree(edge[1]) > 1)
    graph.remove_edge(tail, head)
    cut = Dag.from_networkx(graph, inputs=case.dag.inputs)
    if same_path_degrees(cut, case.dag.outputs[0]):
        return ""
    return f"sizes {case.sizes} without the connection {tail}→{head}"
