"""The directed acyclic multigraph of a network's neurons, with its path algebra."""

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from theory.graph.graph import Graph
from theory.graph.layers import DagError
from theory.paths.enumerated_paths import enumerate_paths
from theory.paths.path_pairs import second_moments
from theory.paths.path_polynomial import PathDegree, path_polynomials, path_polynomials_at
from theory.paths.symmetry import Symmetry, decide_symmetry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn

    from theory.paths.backward_sweep import BackwardSweep


class Dag(Graph):
    """A `Graph` with its path algebra: path sums, path-degrees, (S), second moments.

    For instance, from an abstract DAG and from a torch module:

    >>> dag = Dag.from_networkx(nx.DiGraph([("x", "h"), ("x", "o"), ("h", "o")]))
    >>> dag.path_sums("o")
    {'x': Fraction(1, 1)}
    >>> Dag.from_module(nn.Linear(3, 1), (3,)).is_symmetric(("0", 0))

    Parameters and errors as in `Graph`.
    """

    @cached_property
    def backward_sweep(self) -> "BackwardSweep":
        """The edges, sorted once, so that every sweep costs no more than reading them."""
        from theory.paths.backward_sweep import BackwardSweep  # scipy

        return BackwardSweep(self)

    @classmethod
    def from_graph(cls, graph: Graph) -> Self:
        """Add path algebra to a graph, whose arrays are shared."""
        dag = cls.__new__(cls)
        vars(dag).update(vars(graph))
        return dag

    @classmethod
    def from_module(cls, module: "nn.Module", input_shape: Sequence[int]) -> Self:
        """Expand a torch module into its neuron-level DAG.

        Inputs are named `("input", *index)` and neurons `(submodule, *index)`, with the index of
        the activation in its tensor, batch dimension left out. A neuron's in-degree counts the
        connections that exist: fewer beside zero padding, several from one reflected pixel.

        Parameters
        ----------
        module : any module. It is run once, in evaluation and with random weights, and every
            operator that torch carries out is followed (`theory.modules.real_run`): linear layers
            and convolutions, ReLUs, average and max pooling, additions, means, batch norms at
            initialization, and whatever moves numbers. Biases are taken for 0. An addition is a
            neuron with fixed weights 1. A neuron whose value is used before and after its ReLU
            gets a second one for the ReLU.
        input_shape : shape of one input, without the batch dimension.

        Raises
        ------
        DagError
            If the module cannot be followed; the message names the submodule and the operator.
        """
        from theory.modules.from_module import graph_from_module  # torch takes seconds to load

        return cls.from_graph(graph_from_module(module, input_shape))

    def paths(self, x: Hashable, o: Hashable) -> Iterator[tuple[Hashable, ...]]:
        """Enumerate the paths from `x` to `o`: P(x, o), the slow reference for all path algebra.

        Yields
        ------
        The nodes of one path from x to o, both included. Parallel edges give separate paths with
        the same nodes.
        """
        return enumerate_paths(self, x, o)

    @overload
    def path_sums(
        self, o: Hashable, *, exact: Literal[True] = True
    ) -> dict[Hashable, Fraction]: ...
    @overload
    def path_sums(self, o: Hashable, *, exact: Literal[False]) -> "NDArray[np.float64]": ...
    def path_sums(
        self, o: Hashable, *, exact: bool = True
    ) -> "dict[Hashable, Fraction] | NDArray[np.float64]":
        """Sum the products of 1/in-degree over all paths to `o`, for every input.

        Parameters
        ----------
        o : any node.
        exact : in fractions, or in floats for large networks.

        Returns
        -------
        For each input x the left side of Eq. 12: sum over p in P(x, o) of prod over p-tilde of
        1/d_p. By Lemma 7 the values add to 1. Exact: a dict from inputs to fractions. Else an
        array of shape (inputs,), in the order of `inputs`.
        """
        inputs = self.number_of_inputs
        if exact:
            inverses = [Fraction(1, degree) for degree in self.edge_lists.in_degrees[inputs:]]
            return path_polynomials_at(self, o, [Fraction(0)] * inputs + inverses)
        return self.backward_sweep.path_sums(self.position(o))

    def path_degrees(self, x: Hashable, o: Hashable) -> Counter[PathDegree]:
        """Count the paths from `x` to `o` by path-degree, by polynomial algebra.

        Returns
        -------
        The multiset of assumption (S): how many paths encounter the in-degrees (d_1 <= d_2 ...).
        """
        if self.position(x) >= self.number_of_inputs:
            raise DagError(f"{x!r} is not an input of this DAG")
        return path_polynomials(self, o)[x]

    def is_symmetric(self, o: Hashable, *, seed: int = 0) -> Symmetry:
        """Decide assumption (S) relative to `o`: whether all inputs have the same path-degrees.

        Parameters
        ----------
        o : any node.
        seed : draws the random points of the test.

        Returns
        -------
        True or false in a condition; it carries the method, the probability of error (below
        2^-40 when true, 0 when false), and when false two inputs that differ.
        """
        sweep = None if self.is_small else self.backward_sweep
        return decide_symmetry(self, sweep, o, seed=seed)

    @overload
    def second_moments(
        self, o: Hashable, *, exact: Literal[True] = True
    ) -> dict[Hashable, Fraction]: ...
    @overload
    def second_moments(self, o: Hashable, *, exact: Literal[False]) -> "NDArray[np.float64]": ...
    def second_moments(
        self, o: Hashable, *, exact: bool = True
    ) -> "dict[Hashable, Fraction] | NDArray[np.float64]":
        """Compute E[(d_x o)^2] under (H) for every input x (Eq. 13 and Lemma 10).

        Gates of ReLUs are independent and open with probability 1/2. Weights have variance
        2/in-degree in an abstract DAG and 2/fan-in in a module: He initialization, which differs
        from H3 beside zero padding, where the neurons of one filter have unequal in-degrees. A
        neuron without a ReLU has factor 1 for it; averages and additions have their fixed
        weights. Two paths over one shared weight are counted as correlated.

        Parameters
        ----------
        o : any node.
        exact : in fractions, or in floats, which is much faster. For the logits of large modules
            see `theory.modules.predictions`.

        Returns
        -------
        Exact: a dict from inputs to fractions. Else an array of shape (inputs,), in the order of
        `inputs`.

        Raises
        ------
        DagError
            If a maximum is on the way: which input it takes depends on all weights. In floats,
            also if the DAG is so large that this takes more than `pair_sweep.MOST_BYTES`.
        """
        if exact:
            return second_moments(self, o)
        from theory.paths.pair_sweep import second_moments_in_floats  # scipy

        return second_moments_in_floats(self, o)

    def _repr_svg_(self) -> str:
        """Draw the DAG in a notebook."""
        return self.svg()

    def svg(self) -> str:
        """Return the DAG's picture: a whole SVG document, a summary where it is large."""
        from theory.drawing.picture import svg

        return svg(self, self.backward_sweep)

    def node_link(self, **attributes: object) -> dict[str, Any]:
        """Return nodes and edges in networkx's node-link form, inputs and outputs as attributes.

        Parameters
        ----------
        attributes : further attributes of the graph, of types that JSON knows.
        """
        from networkx import node_link_data

        graph = self.to_networkx()
        graph.graph |= {**attributes, "inputs": self.inputs, "outputs": self.outputs}
        data: dict[str, Any] = node_link_data(graph, edges="edges")
        return data

    def save(self, path: str | PathLike[str], **attributes: object) -> None:
        """Write the DAG to a file, by the file's ending; it is whole, or not there.

        Parameters
        ----------
        path : ends in .svg for the picture, in .json for nodes and edges as networkx's
            `node_link_graph` reads them. Shared weights, averages and marks of ReLUs are left
            out of .json.
        attributes : as in `node_link`, for .json.

        Raises
        ------
        DagError
            For another ending.
        UserError
            For a place that cannot be written.
        """
        file = Path(path)
        if file.suffix == ".svg":
            text = self.svg()
        elif file.suffix == ".json":
            text = json.dumps(self.node_link(**attributes), indent=2) + "\n"
        else:
            raise DagError(f"a DAG is saved as .svg or .json, not as {file.suffix or file.name!r}")
        from running.files import replacing

        with replacing(file) as temporary:
            temporary.write_text(text, encoding="utf-8")
