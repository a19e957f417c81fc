"""Hypothesis strategies that draw networks and shrink to the smallest: test your own lemmas.

    from hypothesis import given
    from theory.strategies import dags, with_ends

    @given(with_ends(dags()))
    def test_no_input_has_more_than_its_share(drawn):
        dag, x, o = drawn
        assert dag.path_sums(o)[x] <= 1

- `dags()` draws any multigraph: parallel edges, skips, dead ends, unequal depths, several outputs.
  `dags(parallel_edges=False)` draws simple graphs.
- `layered_dags()` draws layer after layer, sparse or dense: all paths have one length.
- `symmetric_dags()` draws only DAGs that satisfy assumption (S), relative to every output.
- `networks()` draws torch modules with the shape of their input.
- `with_ends(...)` adds one of the inputs and one of the outputs to a DAG.
- `small_dags()` is no strategy: it yields every DAG in order of size.

Nodes are named x1, x2, ... (inputs), o1, o2, ... (outputs) and h1, h2, ... (all others), in an
order in which every edge goes forward. Hypothesis shrinks by leaving out nodes and edges and by
moving edges to earlier tails, one step at a time: what it reports is small, but an unrelated DAG
may be smaller yet. `small_dags` finds the smallest.
"""

from typing import TYPE_CHECKING

from evidence.faces import lazy_face

if TYPE_CHECKING:
    from theory.strategies.dags_by_size import small_dags
    from theory.strategies.random_dags import dags, layered_dags, symmetric_dags, with_ends
    from theory.strategies.random_modules import networks

__all__ = ["dags", "layered_dags", "networks", "small_dags", "symmetric_dags", "with_ends"]

__getattr__, __dir__ = lazy_face(
    __name__,
    {
        "theory.strategies.dags_by_size": "small_dags",
        "theory.strategies.random_dags": "dags layered_dags symmetric_dags with_ends",
        "theory.strategies.random_modules": "networks",  # loads torch, which takes seconds
    },
)
