"""A small network whose edges the student adds and removes: in the address, and as a DAG."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from htpy import Node, p

from teaching.fields import AddressError
from teaching.pictures.dag_picture import Look
from theory.dag import Dag

BIAS = "bias"
"""The bias node: a constant, without incoming edges."""

Edges: TypeAlias = tuple[tuple[int, int], ...]
"""Positions in `EditedNetwork.names`, tail first, in ascending order of heads, then of tails."""


@dataclass(frozen=True, kw_only=True)
class EditedNetwork:
    """Neurons that edges can be drawn between.

    Attributes
    ----------
    names : at most ten, in an order in which edges go forward; the last one is the output.
    inputs : how many of the first are inputs.
    most_edges : of the network.
    most_parallel : from one neuron to another.
    """

    names: tuple[str, ...]
    inputs: int
    most_edges: int
    most_parallel: int

    @property
    def o(self) -> str:
        """The output."""
        return self.names[-1]

    @property
    def events(self) -> Mapping[str, Any]:
        """The lesson's events "node" and "cut", which edit a network of fields `edges`, `tail`."""

        def node(settings: Any, name: str) -> Any:  # noqa: ANN401
            edges, tail = self.joined(settings.edges, settings.tail, name)
            return replace(settings, edges=edges, tail=tail)

        def cut(settings: Any, edge: str) -> Any:  # noqa: ANN401
            return replace(settings, edges=self.cut(settings.edges, edge))

        return {"node": node, "cut": cut}

    def write(self, edges: Edges) -> str:
        """Write edges as they stand in the address."""
        return ".".join(f"{tail}{head}" for tail, head in edges) or "none"

    def read(self, text: str) -> Edges:
        """Read edges from the address.

        Raises
        ------
        AddressError : what `write` would not have written, or edges that the network cannot have.
        """
        if text == "none":
            return ()
        digits = "0123456789"[: len(self.names)]
        parts = text.split(".")
        if any(len(part) != 2 or not set(part) <= set(digits) for part in parts):
            raise AddressError(f"edges are written as pairs of the digits 0 to {digits[-1]}")
        return self._checked((int(part[0]), int(part[1])) for part in parts)

    def joined(self, edges: Edges, tail: str, node: str) -> tuple[Edges, str]:
        """Press a node: choose where an edge starts, or draw it.

        Parameters
        ----------
        edges : of the network.
        tail : the node that was pressed before; "" if none.
        node : the one that is pressed now.

        Returns
        -------
        The edges, and the node that waits for another one.

        Raises
        ------
        AddressError : a node or an edge that the network cannot have.
        """
        if node == BIAS:
            raise AddressError("the edges of the bias node stay as they are; switch it off instead")
        if node not in self.names:
            raise AddressError("there is no such node")
        if not tail:
            if node == self.o:
                raise AddressError(f"edges start at another node: {self.o} is the end")
            return edges, node
        if node == tail:
            return edges, ""
        low, high = sorted((self.names.index(tail), self.names.index(node)))
        return self._checked((*edges, (low, high))), ""

    def cut(self, edges: Edges, text: str) -> Edges:
        """Remove an edge, written as in the address, once if it is parallel to others.

        Raises
        ------
        AddressError : an edge that is not there.
        """
        left = list(edges)
        for edge in self.read(text):
            if edge not in left:
                raise AddressError("that edge is not there any more")
            left.remove(edge)
        return tuple(left)

    def node(
        self, dag: Dag, name: str, tail: str, *, below: Node = None, here: bool = False
    ) -> Look:
        """Return how a node looks that can be pressed.

        Parameters
        ----------
        dag : from `dag`.
        name : one of its nodes.
        tail : as in `joined`; it is marked.
        below : words below the node.
        here : marks this one, too.
        """
        return Look(
            inside=name,
            below=below,
            chosen=here or name == tail,
            press=None if name == BIAS else ("node", name),
            says=f"{name}, {self._says(dag, name, tail)}"
            if name == BIAS
            else self._says(dag, name, tail),
            is_neuron=name not in self.names[: self.inputs],
        )

    def edge(
        self, dag: Dag, number: int, *, inside: str = "", link: str = "", chosen: bool = False
    ) -> Look:
        """Return how an edge looks that can be pressed, unless it is one of the bias node.

        Parameters
        ----------
        dag : from `dag`.
        number : of the edge.
        inside, link, chosen : as in `Look`.
        """
        edges = dag.edge_lists
        tail, head = (str(dag.nodes[ends[number]]) for ends in (edges.tails, edges.heads))
        press = None
        if tail != BIAS:
            press = ("cut", self.write(((self.names.index(tail), self.names.index(head)),)))
        return Look(
            inside=inside,
            link=link,
            chosen=chosen,
            press=press,
            says=f"{'cut the' if press else 'the'} edge from {tail} to {head}"
            + (f", {inside}" if inside else ""),
        )

    def waiting(self, tail: str) -> Node:
        """Say that an edge waits for its second node; where none does, the room is kept free."""
        return p(".waiting", role="status")[
            tail and f"An edge starts at {tail}: press the node it joins, or {tail} again."
        ]

    def dag(self, edges: Edges, *, bias: Sequence[str] = ()) -> Dag:
        """Build the DAG.

        `Dag` refuses neurons without incoming edges, as Lemma 7 must. To compute what becomes of
        the sum, they are declared inputs here, after the real ones.

        Parameters
        ----------
        edges : of the network.
        bias : the neurons that a bias node feeds; there is none if empty.
        """
        ends = [(self.names[tail], self.names[head]) for tail, head in edges]
        ends += [(BIAS, head) for head in bias]
        fed = {head for _, head in ends}
        neurons = self.names[self.inputs :]
        sources = [BIAS] * bool(bias) + [name for name in neurons if name not in fed]
        nodes = [*self.names[: self.inputs], *sources, *(name for name in neurons if name in fed)]
        place = {node: position for position, node in enumerate(nodes)}
        return Dag(
            nodes,
            [place[tail] for tail, _ in ends],
            [place[head] for _, head in ends],
            inputs=self.inputs + len(sources),
            outputs=[place[self.o]],
        )

    def _checked(self, pairs: Iterable[tuple[int, int]]) -> Edges:
        edges: Edges = tuple(sorted(pairs, key=lambda edge: edge[::-1]))
        for tail, head in edges:
            if head < self.inputs:
                raise AddressError(f"{self.names[head]} is an input: no edge leads into it")
            if tail >= head:
                raise AddressError(
                    f"{self._name((tail, head))} would close a cycle: edges go from the inputs up"
                )
        for edge, times in Counter(edges).items():
            if times > self.most_parallel:
                raise AddressError(
                    f"the edge {self._name(edge)} is there already"
                    + (f" {times - 1} times" if times > 2 else "")
                )
        if len(edges) > self.most_edges:
            raise AddressError(f"the network has at most {self.most_edges} edges: cut one first")
        return edges

    def _says(self, dag: Dag, node: str, tail: str) -> str:
        """Say what a node is, and what pressing it does."""
        degree = dag.in_degree(node)
        what = f"in-degree {degree}" if degree else "no incoming edge"
        if node == BIAS:
            return what
        if tail:
            return f"{what}; " + ("let go of it" if node == tail else f"join it with {tail}")
        return f"{what}; " + ("edges end here" if node == self.o else "draw an edge from here")

    def _name(self, edge: tuple[int, int]) -> str:
        return f"{self.names[edge[0]]} → {self.names[edge[1]]}"
