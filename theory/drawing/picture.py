"""DAGs as pictures.

Levels go from left to right. Inputs are squares, neurons circles with their in-degree, outputs
have a double line; averages, sums and maxima are boxes that say so. Parallel edges are drawn apart.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from theory.drawing.svg_picture import FIXED, INPUT, LETTER, NEURON, OUTPUT, Mark, picture
from theory.graph.graph import Graph
from theory.graph.layers import Kind
from theory.paths.backward_sweep import BackwardSweep

MOST_EDGES, MOST_NODES = 300, 100
"""A DAG with more is drawn as a few boxes."""

MOST_BOXES, FEWEST_BOXES = 12, 6
"""The fewer where the more would have more than twice as many connections."""

LONGEST_NAME = 18
ROW, RADIUS = 56.0, 15.0
BOX_ROW, BOX_HEIGHT = 96.0, 58.0
WORDS = {Kind.AVERAGE: "avg", Kind.SUM: "sum", Kind.MAXIMUM: "max"}


def svg(dag: Graph, sweep: BackwardSweep) -> str:
    """Draw a DAG.

    Parameters
    ----------
    dag : with at most 300 edges and 100 nodes it is drawn in full; a larger one as a few boxes,
        each for the neurons of one submodule (or several) or of a range of levels.
    sweep : over the DAG, whose levels are the columns.

    Returns
    -------
    A whole SVG document; the same DAG gives the same text.
    """
    if len(dag.tails) <= MOST_EDGES and len(dag.nodes) <= MOST_NODES:
        return _all_nodes(dag, sweep)
    return _boxes(dag, sweep, MOST_BOXES)


def _all_nodes(dag: Graph, sweep: BackwardSweep) -> str:
    edges = Counter(zip(dag.tails.tolist(), dag.heads.tolist(), strict=True))
    outputs = set(dag.outputs)
    kinds = [Kind.WEIGHTED] * len(dag.nodes)
    for layer in dag.layers:
        kinds[layer.first : layer.first + len(layer.tails)] = [layer.kind] * len(layer.tails)
    marks = []
    for position, (node, kind) in enumerate(zip(dag.nodes, kinds, strict=True)):
        is_input = position < dag.number_of_inputs
        degree = str(dag.in_degrees[position])
        inside = f"{WORDS[kind]} {degree}" if kind in WORDS else degree
        name = _name(node)
        marks.append(
            Mark(
                lines=[] if is_input else [inside],
                name=_shortened(name),
                title=f"{name}: " + ("input" if is_input else f"in-degree {degree}"),
                fill=INPUT if is_input else FIXED if kind in WORDS else NEURON,
                is_box=is_input or kind in WORDS,
                width=2 * RADIUS if is_input or kind not in WORDS else 3.2 * RADIUS,
                height=2 * RADIUS,
                is_output=node in outputs,
            )
        )
    levels = [sweep.level(position) for position in range(len(dag.nodes))]
    caption = "squares: inputs; circles: neurons with their in-degrees; double lines: outputs"
    return picture(marks, levels, edges, ROW, _counts(dag), caption)


def _boxes(dag: Graph, sweep: BackwardSweep, most: int) -> str:
    """Draw groups of neurons as boxes, with the numbers of edges between them."""
    group_of, titles = _groups(dag, sweep, most)
    size = len(titles)
    pairs = np.bincount(group_of[dag.tails] * size + group_of[dag.heads], minlength=size**2)
    edges = {
        (int(pair) // size, int(pair) % size): int(pairs[pair])
        for pair in np.flatnonzero(pairs)
        if pair // size != pair % size
    }
    if len(edges) > 2 * most > 2 * FEWEST_BOXES:
        return _boxes(dag, sweep, FEWEST_BOXES)
    outputs = {int(group_of[dag.position(o)]) for o in dag.outputs}
    marks, levels = [], [0] * size
    for group, title in enumerate(titles):
        members = dag.in_degrees[group_of == group]
        lines = [_shortened(title), f"{len(members):,} " + ("neurons" if group else "inputs")]
        if group:
            low, high = int(members.min()), int(members.max())
            lines.append(f"in-degree {low:,}" + ("" if low == high else f"–{high:,}"))
        marks.append(
            Mark(
                lines=lines,
                name="",
                title=title,
                fill=OUTPUT if group in outputs else NEURON if group else INPUT,
                is_box=True,
                width=max(map(len, lines)) * LETTER + 16,
                height=BOX_HEIGHT,
                is_output=group in outputs,
            )
        )
        below = [levels[tail] for tail, head in edges if head == group]
        levels[group] = max(below, default=-1) + 1
    caption = f"more than {MOST_EDGES} edges or {MOST_NODES} nodes: neurons in groups"
    return picture(marks, levels, edges, BOX_ROW, _counts(dag), caption)


def _groups(dag: Graph, sweep: BackwardSweep, most: int) -> tuple[NDArray[np.int64], list[str]]:
    """Assign each node to one of at most `most` groups; return also their titles."""
    group_of = np.zeros(len(dag.nodes), dtype=np.int64)
    if not dag.has_layers:  # `dag.layers` would make one a neuron
        highest = sweep.level(int(sweep.order[-1]))
        bounds = _chunks(highest, most - 1)
        titles = [
            f"level {first + 1}" if last == first + 1 else f"levels {first + 1}–{last}"
            for first, last in bounds
        ]
        firsts = [
            bisect_left(
                range(len(dag.nodes)), first + 1, key=lambda n: sweep.level(int(sweep.order[n]))
            )
            for first, _ in bounds
        ]
        for group, first in enumerate(firsts, 1):
            group_of[sweep.order[first:]] = group
    else:
        bounds = _chunks(len(dag.layers), most - 1)
        titles = []
        for group, (first, last) in enumerate(bounds, 1):
            layers = dag.layers[first:last]
            group_of[layers[0].first :] = group
            word = WORDS.get(layers[0].kind, "")
            ends = list(dict.fromkeys([layers[0].name, layers[-1].name]))
            titles.append(" … ".join(ends) + (f" ({word})" if word and last == first + 1 else ""))
    return group_of, ["inputs", *titles]


def _chunks(number: int, most: int) -> list[tuple[int, int]]:
    """Cut range(number) into consecutive pieces, at most so many: (first, last + 1)."""
    pieces = min(number, most)
    ends = [piece * number // pieces for piece in range(pieces + 1)] if pieces else []
    return list(pairwise(ends))


def _name(node: Hashable) -> str:
    """Name a module's neuron by submodule and index, any other node by itself."""
    if isinstance(node, tuple) and len(node) > 1:
        return f"{node[0]}[{','.join(map(str, node[1:]))}]"
    return str(node)


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    half = LONGEST_NAME // 2
    return f"{name[: half - 1]}…{name[-half:]}"


def _counts(dag: Graph) -> str:
    inputs = dag.number_of_inputs
    counts = (
        (inputs, "input"),
        (len(dag.nodes) - inputs, "neuron"),
        (len(dag.tails), "edge"),
        (len(dag.outputs), "output"),
    )
    return ", ".join(f"{number:,} {word}{'' if number == 1 else 's'}" for number, word in counts)
