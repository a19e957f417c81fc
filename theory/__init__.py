"""Exact mathematics of a network's DAG: path sums, path-degrees, second moments, attacks.

    from theory import Dag, strategies

    dag = Dag.from_module(module, (3, 32, 32))
    dag.path_sums(dag.outputs[0])  # Lemma 7: they add to 1

`Dag` is a network's neurons and connections with their path algebra, `DagError` what it raises,
`strategies` draws random networks for Hypothesis, `predict_second_moments` computes E[(∂_x f)²]
under (H) for modules of any size. All else is private. Importing `theory` loads none of the
libraries that it uses; they are loaded with the first name that needs them.
"""

from typing import TYPE_CHECKING

from evidence.faces import lazy_face

if TYPE_CHECKING:
    from theory import strategies
    from theory.dag import Dag
    from theory.graph.layers import DagError
    from theory.modules.predictions import predict_second_moments

__all__ = ["Dag", "DagError", "predict_second_moments", "strategies"]

__getattr__, __dir__ = lazy_face(
    __name__,
    {
        "theory.dag": "Dag",
        "theory.graph.layers": "DagError",
        "theory.modules.predictions": "predict_second_moments",
        "theory.strategies": "",
    },
)
