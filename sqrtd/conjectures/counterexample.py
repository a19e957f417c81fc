"""What `sqrtd conjecture` prints and saves."""

from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from running.files import explained
from sqrtd.conjectures.conjecture import Conjecture, Counterexample
from sqrtd.conjectures.search import Search
from theory.paths.path_polynomial import PathDegree

FOLDER = Path("results") / "conjectures"
EDGE_CLASSES = ((1, 4), (5, 8), (9, 12), (13, 16), (17, 10**9))


def print_search(conjecture: Conjecture, search: Search, *, seed: int) -> None:
    """Print the counterexample, or which DAGs were tried in vain."""
    console = Console(markup=False, highlight=False, emoji=False)
    tried = f"{search.tried:,} random DAGs ({search.different:,} different), seed {seed}"
    if search.counterexample is None:
        console.print(f"{conjecture.name}: no counterexample among {tried}.", soft_wrap=True)
        console.print(_sizes(search))
        return
    found = search.counterexample
    console.print(f"{conjecture.name}: refuted after {tried}.", soft_wrap=True)
    certainty = "smallest counterexample" if search.is_smallest else "smallest counterexample found"
    console.print(f"The {certainty} has {_size(found)}:", soft_wrap=True)
    console.print(_described(found), soft_wrap=True)
    for o in found.dag.outputs if found.o is None else (found.o,):
        console.print(_paths(found, o))


def save(
    out: Path, conjecture: Conjecture, found: Counterexample, *, examples: int, seed: int
) -> tuple[Path, Path]:
    """Write a counterexample as SVG and as JSON, each moved into place when whole.

    The JSON is networkx's node-link format with the key "edges", so that
    `Dag.from_networkx(nx.node_link_graph(json.load(file), edges="edges"))` is the DAG again; its
    key "graph" holds the conjecture, where the result comes from, and all path-degrees.

    Returns
    -------
    The paths of the SVG and of the JSON file.

    Raises
    ------
    UserError
        If a file cannot be written.
    """
    folder = out / FOLDER
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    name = f"{conjecture.file.stem}.{conjecture.function.__name__}"
    picture, data = folder / f"{name}.svg", folder / f"{name}.json"
    dag = found.dag
    paths = [
        {
            "input": x,
            "output": o,
            "path_sum": str(path_sum),
            "path_degrees": [
                {"in_degrees": in_degrees, "paths": number}
                for in_degrees, number in sorted(dag.path_degrees(x, o).items())
            ],
        }
        for o in dag.outputs
        for x, path_sum in dag.path_sums(o).items()
    ]
    dag.save(picture)
    dag.save(
        data,
        conjecture=conjecture.name,
        examples=examples,
        seed=seed,
        sqrtd=version("sqrtd"),
        hypothesis=version("hypothesis"),
        x=found.x,
        o=found.o,
        paths=paths,
    )
    return picture, data


def _size(found: Counterexample) -> str:
    inputs, nodes, edges = found.dag.number_of_inputs, len(found.dag.nodes), len(found.dag.tails)
    counts = ((inputs, "input"), (nodes - inputs, "neuron"), (edges, "edge"))
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts)


def _described(found: Counterexample) -> str:
    edges = Counter(found.dag.edges())
    listed = [f"{a}->{b}" + (f" ({n} times)" if n > 1 else "") for (a, b), n in edges.items()]
    lines = [
        f"  inputs   {', '.join(map(str, found.dag.inputs))}",
        f"  outputs  {', '.join(map(str, found.dag.outputs))}",
        f"  edges    {', '.join(listed)}",
    ]
    lines += [f"  x        {found.x}"] if found.x is not None else []
    lines += [f"  o        {found.o}"] if found.o is not None else []
    return "\n".join(lines)


def _paths(found: Counterexample, o: Any) -> Table:  # noqa: ANN401  (any node)
    table = Table("input", f"paths to {o}", "path sum", "path-degrees")
    for x, path_sum in found.dag.path_sums(o).items():
        path_degrees = found.dag.path_degrees(x, o)
        table.add_row(str(x), str(path_degrees.total()), str(path_sum), _multiset(path_degrees))
    return table


def _multiset(path_degrees: Counter[PathDegree]) -> str:
    return "  ".join(
        f"{{{', '.join(map(str, in_degrees))}}}" + (f" {paths} times" if paths > 1 else "")
        for in_degrees, paths in sorted(path_degrees.items())
    )


def _sizes(search: Search) -> Table:
    table = Table("", "DAGs tried, by their number")
    for what in ("inputs", "neurons"):
        counts = sorted(search.sizes[what].items())
        table.add_row(what, "  ".join(f"{n}: {dags:,}" for n, dags in counts))
    edges = search.sizes["edges"]
    classes = []
    for low, high in EDGE_CLASSES:
        dags = sum(count for n, count in edges.items() if low <= n <= high)
        classes.append(f"{low}-{min(high, max(edges))}: {dags:,}" if dags else "")
    table.add_row("edges", "  ".join(filter(None, classes)))
    return table
