"""Hypothesis H2 put to the test: layers that each path traverses at most once."""

from collections.abc import Callable, Hashable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from evidence.findings import Evidence, Progress, compare, silent
from theory.checks.subjects.example_networks import example_networks, random_dag
from theory.dag import Dag
from theory.networks.sequential_networks import dense

RANDOM_DAGS = 300

Grouping: TypeAlias = Callable[[Dag], NDArray[np.int64]]
"""Gives every neuron of a DAG the number of its group."""


def check_h2(*, seed: int, progress: Progress = silent) -> Evidence:
    """H2: neurons can be partitioned into layers that each path traverses at most once."""
    rng = np.random.default_rng([seed, 2])
    dags = [random_dag(rng) for _ in range(RANDOM_DAGS)]
    dags.sort(key=lambda dag: (len(dag.tails), len(dag.nodes)))
    modules = list(example_networks().values())
    progress(0.1, "partitions into layers")
    return Evidence(
        method=(
            "The largest number of neurons of one group on any path, counted by one sweep a "
            f"group: the layers of the example networks, and on {RANDOM_DAGS} random DAGs with "
            "skips the groups of neurons at one distance from the inputs (by the longest path). "
            "So H2 alone restricts nothing; with H4 it says that no weight is used twice on a "
            "path, which recurrent and tied layers do."
        ),
        stated=[
            compare(
                "in the example networks, each path traverses each submodule's layer at most once",
                modules,
                lambda dag: _traversed_twice(dag, _submodules),
            ),
            compare(
                "every DAG has such a partition: by the longest distance from the inputs",
                dags,
                lambda dag: _traversed_twice(dag, _longest_distances),
            ),
        ],
        controls=[
            compare(
                "false neighbour: the *shortest* distance from the inputs is such a partition",
                dags,
                lambda dag: _traversed_twice(dag, _shortest_distances),
            ),
            compare(
                "false neighbour: a submodule that is applied twice can be one layer",
                [dense(1, 1, 1).dag],
                lambda dag: _traversed_twice(dag, _one_group),
            ),
        ],
    )


def _traversed_twice(dag: Dag, grouping: Grouping) -> str:
    """Find a path with two neurons of one group: the most on any path, by one sweep a group."""
    groups = grouping(dag)
    for group in np.unique(groups[dag.number_of_inputs :]).tolist():
        most = np.zeros(len(dag.nodes), dtype=np.int64)
        for node in range(dag.number_of_inputs, len(dag.nodes)):
            most[node] = most[dag.predecessors(node)].max() + (groups[node] == group)
        if most.max() > 1:
            members = [dag.nodes[node] for node in np.flatnonzero(groups == group).tolist()]
            return f"edges {_edges(dag)}: a path traverses the group {members} {most.max()} times"
    return ""


def _edges(dag: Dag) -> str:
    def name(node: Hashable) -> str:
        return "/".join(map(str, node)) if isinstance(node, tuple) else str(node)

    return ", ".join(f"{name(tail)}→{name(head)}" for tail, head in dag.edges())


def _submodules(dag: Dag) -> NDArray[np.int64]:
    sizes = [len(layer.tails) for layer in dag.layers]
    numbers = np.repeat(np.arange(len(sizes)), sizes)
    return np.concatenate([np.full(dag.number_of_inputs, -1), numbers])


def _longest_distances(dag: Dag) -> NDArray[np.int64]:
    return _distances(dag, max)


def _shortest_distances(dag: Dag) -> NDArray[np.int64]:
    return _distances(dag, min)


def _distances(dag: Dag, choose: Callable[[list[int]], int]) -> NDArray[np.int64]:
    distances = np.zeros(len(dag.nodes), dtype=np.int64)
    for node in range(dag.number_of_inputs, len(dag.nodes)):
        distances[node] = 1 + choose(distances[dag.predecessors(node)].tolist())
    return distances


def _one_group(dag: Dag) -> NDArray[np.int64]:
    return np.zeros(len(dag.nodes), dtype=np.int64)
