"""Falsified paths of DAGs: path sums, assumption (S), pairs of paths, and layers of modules."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from sqrtd.falsified.falsification import Falsification
from theory.graph.edge_lists import EdgeLists
from theory.graph.graph import Graph
from theory.graph.layers import NOTHING, Kind
from theory.modules.calls import Call
from theory.modules.neurons import Neurons
from theory.paths.path_polynomial import path_sums_with

Sweep = Callable[..., list[Any]]


def _sweep_with(
    predecessors: Callable[[Graph, int, int], Sequence[int]], *, all_outputs: bool = False
) -> Callable[[Sweep], Sweep]:
    """Make a backward sweep over other predecessors of a node, or from all outputs at once."""

    def change(_: Sweep) -> Sweep:
        def false(
            dag: Graph,
            o: Hashable,
            *,
            one: Any,  # noqa: ANN401
            zero: Any,  # noqa: ANN401
            along: Callable[[int, Any], Any],
        ) -> list[Any]:
            start = dag.position(o)
            sums = [zero] * len(dag.nodes)
            for end in [start, *(map(dag.position, dag.outputs) if all_outputs else ())]:
                sums[end] = one
            first = max(i for i, value in enumerate(sums) if value)
            for head in range(first, dag.number_of_inputs - 1, -1):
                if sums[head]:
                    carried = along(head, sums[head])
                    for tail in predecessors(dag, head, start):
                        sums[tail] = sums[tail] + carried
            return sums

        return false

    return change


def _all(dag: Graph, head: int, _: int) -> Sequence[int]:
    tails: list[int] = dag.predecessors(head).tolist()
    return tails


def _distinct(dag: Graph, head: int, start: int) -> Sequence[int]:
    return sorted(set(_all(dag, head, start)))


def _but_one(dag: Graph, head: int, start: int) -> Sequence[int]:
    """Leave out the output's last edge, where it has another one."""
    tails = _all(dag, head, start)
    return tails[:-1] if head == start and len(tails) > 1 else tails


def _over_out_degrees(_: object) -> Callable[..., dict[Hashable, Fraction]]:
    def path_sums(dag: Graph, o: Hashable, *, exact: bool = True) -> dict[Hashable, Fraction]:  # noqa: ARG001
        return path_sums_with(dag, o, dag.edge_lists.out_degrees)

    return path_sums


def _equal_sums(_: object) -> Callable[[Graph, Hashable], bool]:
    def same_path_degrees(dag: Graph, o: Hashable) -> bool:
        return len(set(path_sums_with(dag, o, dag.edge_lists.in_degrees).values())) == 1

    return same_path_degrees


def _with_borders(true: Any) -> property:  # noqa: ANN401
    """Count the connections to padding zeros, too."""

    def edges(graph: Graph) -> EdgeLists:
        lists: EdgeLists = replace(true.func(graph))
        _ = lists.first_edges  # these stay true
        for layer in graph._layers or ():
            if layer.kind is Kind.WEIGHTED:
                slots = [len(tails) for tails in layer.listed().tails]
                lists.in_degrees[layer.first : layer.first + len(slots)] = slots
        return lists

    return property(edges)


def _killing(probability: Fraction) -> Callable[[object], Callable[..., Any]]:
    def change(_: object) -> Callable[..., Any]:
        from theory.paths.path_pairs import _Walk

        def second_moments(dag: Graph, o: Hashable) -> dict[Hashable, Fraction]:
            moments = _Walk(dag, killing=1 - probability).down(dag.position(o))
            return dict(zip(dag.inputs, moments, strict=True))

        return second_moments

    return change


def _one_gate_a_layer(true: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """Count two different neurons of a layer as alive together with probability 1/2."""

    def leave(walk: Any, first: int, second: int, distinct: bool) -> Iterator[Any]:  # noqa: ANN401
        layer = walk.layer_of[first]
        alike = layer and layer.kind is Kind.WEIGHTED and first != second
        for a, b, share in true(walk, first, second, distinct):
            yield a, b, share / walk._alive(second) if alike else share

    return leave


def _variance_over_n_plus_1(_: object) -> Callable[[int], Fraction]:
    return lambda divisor: Fraction(1, divisor + 1)


def _sum_for_average(true: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def connect(call: Call, codes: Tensor, factors: Tensor, **options: Any) -> Tensor:  # noqa: ANN401
        if "divisors" in options:
            factors, options["divisors"] = torch.ones(()), 1
        return true(call, codes, factors, **options)

    return connect


def _unchecked(_: object) -> Callable[..., bool]:
    """Let the false neurons pass: their gradient is not that of the module."""
    return lambda *_, **__: True


def _own_weights(true: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Give every neuron of a convolution a filter of its own."""

    def connect(self: Neurons, name: str, kind: Kind, *args: Any, **options: Any) -> Tensor:  # noqa: ANN401
        if kind is Kind.WEIGHTED:
            options["filters"] = None
        return true(self, name, kind, *args, **options)

    return connect


def _periodic(true: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def pad(codes: Tensor, amounts: Sequence[int], outside: float = NOTHING) -> Tensor:
        if outside != NOTHING or not any(amounts):
            return true(codes, amounts, outside)
        return functional.pad(codes.double(), list(amounts), mode="circular").long()

    return pad


def _next_neuron(true: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Move the windows of a strided layer on by one neuron, periodically."""

    def windows(
        neurons: Neurons,
        name: str,
        codes: Tensor,
        kernel: Sequence[int],
        stride: Sequence[int],
        dilation: Sequence[int],
    ) -> Tensor:
        for axis, step in enumerate(stride, codes.ndim - len(stride)):
            codes = codes.roll(-1, axis) if step > 1 else codes
        return true(neurons, name, codes, kernel, stride, dilation)

    return windows


SWEEP = "theory.paths.path_polynomial:_sweep"
EDGES = "theory.graph.graph:Graph.edge_lists"
CHECK = "theory.modules.self_check:check"

PATHS = [
    Falsification(
        name="parallel-edges-count-once",
        says="a path sum counts parallel edges once",
        changes={SWEEP: _sweep_with(_distinct)},
        rows=("lemma-7", "lemma-8", "assumption-s"),
    ),
    Falsification(
        name="one-path-missing",
        says="a path sum leaves out the paths over the last edge into the output",
        changes={SWEEP: _sweep_with(_but_one)},
        rows=("lemma-7", "lemma-8", "assumption-s"),
    ),
    Falsification(
        name="dead-ends-counted",
        says="a path sum counts the paths to every output, not to one alone",
        changes={SWEEP: _sweep_with(_all, all_outputs=True)},
        rows=("lemma-7", "lemma-8", "assumption-s"),
    ),
    Falsification(
        name="path-sums-over-out-degrees",
        says="path sums multiply 1/out-degree",
        changes={"theory.dag:Dag.path_sums": _over_out_degrees},
        rows=("lemma-7", "lemma-8", "assumption-s"),
    ),
    Falsification(
        name="symmetry-of-sums-alone",
        says="assumption (S) is decided by the path sums, not by the path-degrees",
        changes={"theory.paths.path_polynomial:same_path_degrees": _equal_sums},
        rows=("converse-of-lemma-8", "lemma-8"),
    ),
    Falsification(
        name="border-in-degrees-full",
        says="neurons beside zero padding have the in-degree of those inside",
        changes={EDGES: _with_borders},
        rows=("lemma-7", "lemma-8", "eq-13", "assumption-s"),
    ),
    Falsification(
        name="theory-kills-a-third",
        says="in exact second moments ReLUs kill with probability 1/3",
        changes={"theory.paths.path_pairs:second_moments": _killing(Fraction(1, 3))},
        rows=("eq-13", "eq-8"),
    ),
    Falsification(
        name="theory-one-gate-a-layer",
        says="in exact second moments all gates of a layer are one",
        changes={"theory.paths.path_pairs:_Walk._leave": _one_gate_a_layer},
        rows=("eq-13",),
    ),
    Falsification(
        name="exact-variance-2-over-n-plus-1",
        says="along the enumerated paths weights have the variance 2/(n + 1)",
        changes={"theory.paths.moment_terms:share": _variance_over_n_plus_1},
        rows=("eq-8", "eq-13"),
    ),
    Falsification(
        name="theory-averages-add",
        says="in DAGs of modules an average over n has the weights 1, not 1/n",
        changes={
            "theory.modules.operators.fixed:connect_fixed": _sum_for_average,
            CHECK: _unchecked,
        },
        rows=("lemma-10", "eq-13"),
    ),
    Falsification(
        name="theory-shares-no-weights",
        says="in DAGs of modules each neuron of a convolution has weights of its own",
        changes={"theory.modules.neurons:Neurons.connect": _own_weights},
        rows=("lemma-10", "eq-13"),
    ),
    Falsification(
        name="theory-zero-padding-periodic",
        says="in DAGs of modules zero padding is taken as periodic",
        changes={"theory.modules.windows:pad": _periodic, CHECK: _unchecked},
        rows=("eq-13", "assumption-s"),
    ),
    Falsification(
        name="theory-strides-keep-the-next",
        says="in DAGs of modules strides keep the next neuron",
        changes={"theory.modules.windows:windows": _next_neuron, CHECK: _unchecked},
        rows=("eq-13", "assumption-s"),
    ),
]
