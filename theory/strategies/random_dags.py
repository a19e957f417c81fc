"""Hypothesis strategies for abstract DAGs."""

from collections.abc import Hashable, Sequence

from hypothesis import strategies as st

from theory.dag import Dag
from theory.strategies.dags_by_size import named_dag


@st.composite
def dags(
    draw: st.DrawFn,
    *,
    max_inputs: int = 4,
    max_neurons: int = 6,
    max_in_degree: int = 4,
    parallel_edges: bool = True,
) -> Dag:
    """Draw a multigraph with parallel edges, skips, dead ends, unequal depths, several outputs.

    Shrinks towards one input, one neuron and one edge. The nodes without successors that are not
    inputs are the outputs; an input may be connected to nothing.

    Parameters
    ----------
    max_inputs, max_neurons : at least 1 of each is drawn.
    max_in_degree : of every neuron; parallel edges count.
    parallel_edges : whether two nodes may be connected more than once. Without, the search does
        not stop at a lemma's failure on two edges between two nodes.
    """
    inputs = draw(st.integers(1, max_inputs))
    # Inputs are 0, 1, ..., neurons -1, -2, ...: no name depends on how many of the others exist,
    # so that Hypothesis can leave out one node and keep the edges among all others.
    position = {x: x for x in range(inputs)}
    tails = []
    for neuron in range(-1, -max_neurons - 1, -1):
        if draw(st.integers(0, 2)):
            below = draw(
                st.lists(
                    st.integers(neuron + 1, inputs - 1),
                    min_size=1,
                    max_size=max_in_degree,
                    unique=not parallel_edges,
                )
            )
            tails.append([position[node] for node in below if node in position] or [0])
            position[neuron] = len(position)
    return named_dag(inputs, tails or [[0]])


@st.composite
def layered_dags(
    draw: st.DrawFn,
    *,
    max_inputs: int = 4,
    max_layers: int = 3,
    max_width: int = 3,
    max_in_degree: int = 4,
    parallel_edges: bool = True,
) -> Dag:
    """Draw layers of neurons, each connected to the layer before only.

    A layer is dense (every node of the layer before, once) or sparse (any of them, parallel edges
    allowed). The outputs are the last layer; a hidden neuron may be a dead end. Shrinks towards
    one input, one neuron and one edge.

    Parameters
    ----------
    max_inputs, max_layers : at least 1 of each is drawn.
    max_width : number of neurons of a layer.
    max_in_degree : of the neurons in sparse layers.
    parallel_edges : whether two nodes may be connected more than once, in sparse layers.
    """
    inputs = draw(st.integers(1, max_inputs))
    tails: list[Sequence[int]] = []
    below = range(inputs)
    for _ in range(draw(st.integers(1, max_layers))):
        width = draw(st.integers(1, max_width))
        if draw(st.booleans()):
            tails += [below] * width
        else:
            one_of_them = st.integers(below.start, below.stop - 1)
            connections = st.lists(
                one_of_them, min_size=1, max_size=max_in_degree, unique=not parallel_edges
            )
            tails += [draw(connections) for _ in range(width)]
        below = range(below.stop, below.stop + width)
    return named_dag(inputs, tails, below)


@st.composite
def symmetric_dags(draw: st.DrawFn, *, max_inputs: int = 4, max_groups: int = 4) -> Dag:
    """Draw a DAG that satisfies assumption (S) relative to each of its outputs.

    Its nodes fall into groups: the inputs, and groups of up to `max_inputs` neurons each. All
    nodes of a group have equally many edges into every later group, whose neurons share one
    in-degree; and every output is a group of its own. So, going back from an output, all nodes of
    a group have the same multiset of path-degrees, whichever of its neurons their edges enter.
    Dense, circularly convolutional and strided layers are of this kind, with skips among them; so
    are DAGs whose inputs no automorphism exchanges. Shrinks towards one input, one neuron and one
    edge.

    Parameters
    ----------
    max_inputs : at least 1 is drawn.
    max_groups : of neurons; one more may be needed to gather what the others leave open.
    """
    groups = [range(draw(st.integers(1, max_inputs)))]
    tails: list[Sequence[int]] = []
    for _ in range(draw(st.integers(1, max_groups))):
        below = draw(st.lists(st.sampled_from(groups), min_size=1, max_size=2))
        edges = [tail for group in below for tail in group]
        widths = [n for n in range(1, max_inputs + 1) if len(edges) % n == 0]
        width = draw(st.sampled_from(widths))
        if width > 1:
            edges = draw(st.permutations(edges))
        in_degree = len(edges) // width
        tails += [edges[n * in_degree :][:in_degree] for n in range(width)]
        groups.append(range(groups[-1].stop, groups[-1].stop + width))
    read = {tail for below in tails for tail in below}
    unread = [group for group in groups[1:] if read.isdisjoint(group)]
    loose = [tail for group in unread if len(group) > 1 for tail in group]
    outputs = [group.start for group in unread if len(group) == 1]
    if loose:
        tails.append(loose)
        outputs.append(groups[-1].stop)
    return named_dag(len(groups[0]), tails, outputs)


@st.composite
def with_ends(draw: st.DrawFn, source: st.SearchStrategy[Dag]) -> tuple[Dag, Hashable, Hashable]:
    """Draw a DAG from `source`, one of its inputs x and one of its outputs o: (dag, x, o).

    Shrinks towards the first input and the last output, which stays an output when earlier
    neurons go.
    """
    dag = draw(source)
    return dag, draw(st.sampled_from(dag.inputs)), draw(st.sampled_from(dag.outputs[::-1]))
