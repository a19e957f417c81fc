"""Closed forms that sampled networks must meet: ours, not the paper's."""

from sqrtd.verdicts.checks import SampledCheck
from sqrtd.verdicts.claims import Claim

ORACLES = [
    Claim(
        id="oracle-second-moment",
        where="closed form, dense networks",
        statement="With linear logits and real ReLUs, E[(∂_x f_k)²] = 2/d at every width, without "
        "hypothesis H1.",
        check=SampledCheck("simulations.checks.oracles.moments:check_oracle_second_moment"),
        ours=True,
    ),
    Claim(
        id="oracle-fourth-moment",
        where="closed form, dense networks",
        statement="E[(∂_x f_k)⁴] = 3 (2/d)² Π (1 + 5/n), over the hidden layers' widths n, for "
        "Gaussian weights and linear logits.",
        check=SampledCheck("simulations.checks.oracles.moments:check_oracle_fourth_moment"),
        ours=True,
    ),
    Claim(
        id="oracle-dense-law",
        where="closed form, dense networks",
        statement="Drawing W h and Wᵀ v without the Gaussian matrix W gives gradients whose "
        "norms have the same law as when W is drawn.",
        check=SampledCheck("simulations.checks.oracles.dense_law:check_oracle_dense_law"),
        ours=True,
    ),
    Claim(
        id="oracle-convolution",
        where="exact second moments, convolutions",
        statement="In convolutional networks without pooling, with real ReLUs, E‖∂_x f_k‖_2² is "
        "the sum of the exact second moments that the module's paths have.",
        check=SampledCheck("simulations.checks.oracles.moments:check_oracle_convolution"),
        ours=True,
    ),
]
