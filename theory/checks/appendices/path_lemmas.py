"""Lemmas 7 and 8 put to the test: path sums add to 1, and are 1/d each under symmetry.

Beside them stand two statements of ours: Lemma 7 holds at every node, and the converse of Lemma 8
is false.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import TypeAlias

import networkx as nx
import numpy as np

from evidence.findings import Evidence, Exact, Progress, Table, compare, silent
from theory.checks.subjects.example_networks import (
    example_networks,
    random_dag,
    random_symmetric_dag,
)
from theory.dag import Dag
from theory.paths.path_polynomial import path_sums_with, same_path_degrees

RANDOM_DAGS = 400
RANDOM_SYMMETRIC_DAGS = 100


def check_lemma_7(*, seed: int, progress: Progress = silent) -> Evidence:
    """Lemma 7 (Eq. 11): the path sums of all inputs add to 1, at every leaf of every DAG."""
    dags = list(_test_dags(seed, progress))
    return Evidence(
        method=(
            "Exact fractions, one backward sweep an output, on the networks below and on "
            f"{RANDOM_DAGS} random multigraphs with parallel edges, skips and dead ends. "
            "Every source is an input: a bias node would end the random walk of the proof outside "
            "the inputs, and such graphs are refused."
        ),
        stated=[_add_to_one(dags)],
        controls=_other_degrees(dags),
        tables=[
            Table(
                title="Total of the exact path sums at the first output",
                columns=["network", "inputs", "edges", "total"],
                rows=[
                    [name, len(dag.inputs), len(dag.tails), str(sum(_first_sums(dag)))]
                    for name, dag in example_networks().items()
                ],
            )
        ],
    )


def check_lemma_8(*, seed: int, progress: Progress = silent) -> Evidence:
    """Lemma 8 (Eq. 12): under assumption (S) the path sum of every input is 1/d."""
    # With a single input Lemma 8 says no more than Lemma 7.
    dags = [case for case in _test_dags(seed, progress) if len(case[1].inputs) > 1]
    rng = np.random.default_rng([seed, 8])
    for number in range(RANDOM_SYMMETRIC_DAGS):
        dag = random_symmetric_dag(rng)
        dags.append((f"random symmetric DAG {number}", dag, dag.outputs[0]))
    symmetric = [(name, dag, o) for name, dag, o in dags if same_path_degrees(dag, o)]
    return Evidence(
        method=(
            "Assumption (S) is decided by comparing the whole multisets of path-degrees of all "
            "inputs; where it holds, every exact path sum is compared with 1/d. Networks as for "
            f"Lemma 7, and {RANDOM_SYMMETRIC_DAGS} random ones whose layers are joined by "
            f"permutations; {len(symmetric)} of {len(dags)} outputs satisfy (S)."
        ),
        stated=[
            _compare("under (S) every input's path sum is 1/d", symmetric, _differs_from_1_over_d)
        ],
        controls=[
            _compare(
                "false neighbour: every input's path sum is 1/d, with or without (S)",
                dags,
                _differs_from_1_over_d,
            ),
            _compare(
                "false neighbour: under (S) every input's path sum is 1",
                symmetric,
                lambda dag, o: _differs_from_one(dag.path_sums(o)[dag.inputs[0]]),
            ),
        ],
        tables=[
            Table(
                title="Exact path sums at the first output",
                columns=["network", "inputs", "(S)", "smallest", "largest"],
                rows=[
                    [
                        name,
                        len(dag.inputs),
                        "holds" if same_path_degrees(dag, dag.outputs[0]) else "fails",
                        str(min(_first_sums(dag))),
                        str(max(_first_sums(dag))),
                    ]
                    for name, dag in example_networks().items()
                ],
            )
        ],
    )


def check_lemma_7_at_every_node(*, seed: int, progress: Progress = silent) -> Evidence:
    """Lemma 7 at the nodes of a DAG that are no leaves."""
    dags = {name: dag for name, dag, _ in _test_dags(seed, progress)}
    inner = [
        (name, dag, o) for name, dag in dags.items() for o in dag.nodes if o not in dag.outputs
    ]
    return Evidence(
        method=(
            f"Exact fractions, one backward sweep a node, at the {len(inner):,} nodes of the "
            "networks of Lemma 7 that are no leaves. The random walk of its proof may start "
            "anywhere. The one path from an input to itself is empty and counts 1."
        ),
        stated=[_add_to_one(inner)],
        controls=_other_degrees(inner),
    )


def check_converse_of_lemma_8(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """The converse of Lemma 8, that path sums of 1/d imply (S), fails on three edges."""
    progress(0.1, "all DAGs of up to four edges")
    cases = [
        (f"{inputs} inputs", dag, o)
        for inputs in (2, 3)
        for dag in _all_dags(inputs, most_edges=4)
        for o in dag.nodes
    ]
    bypass = Dag.from_networkx(nx.MultiDiGraph([("x1", "h"), ("h", "o"), ("x2", "o")]))
    return Evidence(
        method=(
            "All DAGs of two or three inputs and up to four edges, parallel ones included, with "
            "every node as o. Path sums are exact fractions; (S) is decided by comparing the whole "
            "multisets of path-degrees. (With one input (S) says nothing.)"
        ),
        stated=[
            _compare(
                "in x1 → h → o, x2 → o both path sums are 1/2",
                [("by hand", bypass, "o")],
                _differs_from_1_over_d,
            ),
            _compare(
                "(S) fails there: the path-degrees are {1, 2} and {2}",
                [("by hand", bypass, "o")],
                lambda dag, o: "(S) holds" if same_path_degrees(dag, o) else "",
            ),
            _compare(
                "no DAG of fewer edges has path sums of 1/d without (S)",
                [case for case in cases if len(case[1].tails) < len(bypass.tails)],
                _sums_without_s,
            ),
        ],
        controls=[
            _compare("false neighbour: path sums of 1/d imply (S)", cases, _sums_without_s),
            _compare(
                "false neighbour: they do where every neuron has two incoming edges or more",
                [case for case in cases if case[1].in_degrees[len(case[1].inputs) :].min() > 1],
                _sums_without_s,
            ),
        ],
    )


Case: TypeAlias = tuple[str, Dag, Hashable]


def _test_dags(seed: int, progress: Progress) -> Iterator[Case]:
    """Yield (name, DAG, output): the example networks, then random DAGs with all their outputs."""
    for name, dag in example_networks().items():
        yield name, dag, dag.outputs[0]
    rng = np.random.default_rng([seed, 7])
    for number in range(RANDOM_DAGS):
        progress(number / RANDOM_DAGS, "path sums on random DAGs")
        dag = random_dag(rng)
        for o in dag.outputs:
            yield f"random DAG {number}", dag, o


def _compare(
    statement: str, cases: Iterable[Case], deviation: Callable[[Dag, Hashable], str]
) -> Exact:
    """Test `statement` on all cases; the counterexample is the one with the fewest edges."""

    def wrong(case: Case) -> str:
        name, dag, o = case
        if not (described := deviation(dag, o)):
            return ""
        edges = ", ".join(f"{tail}→{head}" for tail, head in dag.edges())
        network = f"{name}, edges {edges}" if len(dag.tails) <= 12 else name
        return f"{network}, output {o}: {described}"

    by_size = sorted(cases, key=lambda case: (len(case[1].tails), len(case[1].nodes)))
    return compare(statement, by_size, wrong)


def _add_to_one(cases: Sequence[Case]) -> Exact:
    return _compare(
        "the path sums of all inputs add to 1",
        cases,
        lambda dag, o: _differs_from_one(sum(dag.path_sums(o).values())),
    )


def _other_degrees(cases: Sequence[Case]) -> list[Exact]:
    return [
        _compare(
            "false neighbour: with the number of distinct predecessors for the in-degree",
            cases,
            lambda dag, o: _differs_from_one(_sum_with(dag, o, _distinct_predecessors(dag))),
        ),
        _compare(
            "false neighbour: with the out-degree for the in-degree",
            cases,
            lambda dag, o: _differs_from_one(_sum_with(dag, o, dag.out_degrees.tolist())),
        ),
    ]


def _all_dags(inputs: int, *, most_edges: int) -> Iterator[Dag]:
    """Yield every multigraph of neurons, each with edges from inputs and earlier neurons."""
    pending: list[list[tuple[int, ...]]] = [[]]
    while pending:
        tails = pending.pop()
        if tails:
            heads = enumerate(tails, start=inputs)
            graph = nx.MultiDiGraph([(tail, head) for head, of_it in heads for tail in of_it])
            graph.add_nodes_from(range(inputs))
            yield Dag.from_networkx(graph, inputs=list(range(inputs)))
        for number in range(1, most_edges - sum(map(len, tails)) + 1):
            earlier = range(inputs + len(tails))
            pending += [[*tails, one] for one in combinations_with_replacement(earlier, number)]


def _sums_without_s(dag: Dag, o: Hashable) -> str:
    if _differs_from_1_over_d(dag, o) or same_path_degrees(dag, o):
        return ""
    return "every path sum is 1/d, while the path-degrees differ"


def _differs_from_one(total: Fraction | int) -> str:
    return "" if total == 1 else f"{total} instead of 1"


def _differs_from_1_over_d(dag: Dag, o: Hashable) -> str:
    d = len(dag.inputs)
    for x, value in dag.path_sums(o).items():
        if value != Fraction(1, d):
            return f"input {x} has {value} instead of 1/{d}"
    return ""


def _sum_with(dag: Dag, o: Hashable, degrees: list[int]) -> Fraction:
    return sum(path_sums_with(dag, o, degrees).values(), Fraction(0))


def _distinct_predecessors(dag: Dag) -> list[int]:
    return [len(set(dag.predecessors(node).tolist())) for node in range(len(dag.nodes))]


def _first_sums(dag: Dag) -> list[Fraction]:
    return list(dag.path_sums(dag.outputs[0]).values())
