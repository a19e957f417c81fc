"""Check, simulate and train networks, and ask how their input gradients grow with dimension.

A lemma, on random networks that shrink to the smallest counterexample:

    from hypothesis import given
    from sqrtd import strategies

    @given(strategies.dags())
    def test_path_sums_add_to_one(dag):
        for o in dag.outputs:
            assert sum(dag.path_sums(o).values()) == 1

A scaling law, measured on random networks and predicted exactly:

    growth = sqrtd.simulate("conv", sizes=[8, 16, 32])
    growth                      # exponents of d, measured and predicted
    growth.plot()
    growth.to_frame()

The same for a network of your own: a function that takes a size and returns a module and the
shape of its input.

    sqrtd.simulate(lambda size: (my_network(size), (3, size, size)), sizes=[8, 16])
    sqrtd.predict(my_network(16), (3, 16, 16))  # E[(∂_x f)²] of each coordinate

Trained networks, and what the paper says of them:

    sqrtd.train("figure-3")     # an experiment of the paper, in its small version
    sqrtd.verify(["lemma-7", "eq-6"])

Names
-----
Dag : a network's neurons and connections, with exact path sums, path-degrees and second moments.
strategies : random DAGs and modules for property tests with Hypothesis.
predict : the second moments that theory predicts for a module's input gradient.
simulate : sample random networks at growing size, and compare with the prediction.
gradient_norms : l1-, l2- and maximum norm of the loss gradient of each image, for a model of yours.
train : train the networks of an experiment, and measure their gradients and vulnerability.
verify : put the claims of the paper to the test.

Results print as tables. `records()` gives their rows, `to_frame()` a pandas DataFrame, and a
notebook shows them as tables and pictures. Bad input raises `evidence.UserError` (a ValueError)
with one line. Importing this module loads no other library: each is loaded when it is needed.
The command line does the same, and writes files: `sqrtd --help`.
"""

from typing import TYPE_CHECKING

from evidence.faces import lazy_face

if TYPE_CHECKING:
    from sqrtd.public import gradient_norms, predict, simulate, train, verify
    from theory import strategies
    from theory.dag import Dag

__all__ = ["Dag", "gradient_norms", "predict", "simulate", "strategies", "train", "verify"]

__getattr__, __dir__ = lazy_face(
    __name__,
    {
        "theory.dag": "Dag",
        "theory.strategies": "",
        "sqrtd.public": "gradient_norms predict simulate train verify",
    },
)
