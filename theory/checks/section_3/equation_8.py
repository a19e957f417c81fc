"""Theorem 3 and Equation 8 at the level of exact second moments, on dense networks.

Everything here is under (H), with a ReLU on the logit: H1 counts one after every non-input neuron.
Without it every moment doubles.
"""

from math import prod

from evidence.findings import Evidence, Progress, compare, silent
from theory.checks.subjects.moment_comparisons import not_one_over_d
from theory.networks.dense_logit import DenseLogit
from theory.networks.sequential_networks import dense, without_last
from theory.paths.moment_terms import share

SIZES = (
    (1, 1), (2, 1), (1, 2), (2, 2), (4, 1), (5, 3), (1, 2, 2), (2, 3, 1), (3, 2, 2), (4, 3, 2),
    (6, 4, 3), (8, 2, 5), (9, 7, 5, 3), (16, 4, 4, 2),
)  # fmt: skip
"""Sizes of dense networks, from few edges to many."""


def check_theorem_3_moments(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Theorem 3: in dense networks, gradient coordinates have second moment 1/d."""
    networks = [dense(*sizes) for sizes in SIZES]
    progress(0.1, "second moments of dense networks")
    return Evidence(
        method=(
            f"Exact second moments under (H) of every gradient coordinate of {len(SIZES)} dense "
            "networks, 1 to 16 inputs and up to 3 layers, with a ReLU on the logit. "
            "Theorem 3's 1/√d is the root of these moments; the l_q-norms of Eq. 7 are sampled."
        ),
        stated=[
            compare(
                "E[(∂_x f_k)²] = 1/d for every input and logit, whatever the hidden layers",
                networks,
                not_one_over_d,
            )
        ],
        controls=[
            compare(
                "false neighbour: 1/d² (coordinates of size 1/d)",
                networks,
                lambda network: not_one_over_d(network, power=2),
            ),
            compare(
                "false neighbour: 1/d without a ReLU on the logit",
                [without_last(network) for network in networks],
                not_one_over_d,
            ),
        ],
    )


def check_equation_8_moments(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Equation 8, equality by equality, on dense networks."""
    cases = [DenseLogit(sizes, dense(*sizes).dag) for sizes in SIZES]
    progress(0.1, "Equation 8 on dense networks")
    first_two = [
        compare(
            "first equality: E[(∂_x f_k)²] = Σ_p Π E[w_p²] E[σ_p²]",
            cases,
            lambda case: case.unequal(case.moment, case.sum_over_paths()),
        ),
        compare(
            "second equality: that is |P(x,k)| Π (2/d_{p−1}) (1/2), with layer sizes d_{p−1}",
            cases,
            lambda case: case.unequal(case.sum_over_paths(), case.by_layer_sizes()),
        ),
    ]
    last = compare(
        "last equality: E[(∂_x f_k)²] = 1/d",
        cases,
        lambda case: case.unequal(case.moment, share(case.sizes[0])),
    )
    return Evidence(
        method=(
            f"Every equality of Eq. 8 in fractions on {len(SIZES)} dense networks: the left side "
            "by a walk over pairs of paths, the sums by enumeration of paths, the products by "
            "layer sizes. In the third, p̃ includes the logit, whose layer has as many neurons as "
            "there are classes, but all paths end at one of them."
        ),
        stated=[
            *first_two,
            compare(
                "third equality: |P(x,k)| is the product of the layer sizes d_p over p ∈ p̃",
                cases,
                lambda case: case.unequal(case.paths, case.size_of_all_layers),
            ),
            last,
        ],
        corrected=[
            *first_two,
            compare(
                "third equality: |P(x,k)| is the product of the *hidden* layers' sizes",
                cases,
                lambda case: case.unequal(case.paths, case.size_of_hidden_layers),
            ),
            last,
        ],
        controls=[
            compare(
                "false neighbour: |P(x,k)| is the product of all layers' sizes but the logits'",
                cases,
                lambda case: case.unequal(case.paths, prod(case.sizes[:-1])),
            ),
            compare(
                "false neighbour: E[(∂_x f_k)²] = 2/d with a ReLU on the logit",
                cases,
                lambda case: case.unequal(case.moment, 2 * share(case.sizes[0])),
            ),
        ],
    )
