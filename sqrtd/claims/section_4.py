"""Section 4: after training."""

from empirical.resolution import check_figure_1
from simulations.checks.max_pooling import check_max_pooling
from simulations.checks.norm_proportionality import check_figure_2e_initialization
from sqrtd.claims.adapters import exact, sampled, together, trained
from sqrtd.ledger import Claim
from theory.proportional_norms import check_proportional_norms
from theory.section_4_figures import check_section_4_1_range, check_section_4_2_exponents

TRAINED = "no check yet: it needs networks trained with the methods it compares"

SECTION_4 = [
    Claim(
        id="figure-1",
        where="Section 4.1",
        statement="After training, both the mean of ‖∂_x L‖_1 and adversarial vulnerability grow "
        "almost linearly with √d.",
        check=trained(check_figure_1),
    ),
    Claim(
        id="section-4-1-range",
        where="Section 4.1",
        statement="The cross-entropy of 12 classes ranges from 0 to log 12 ≈ 2.5; with ε = .006 "
        "and a mean ‖∂_x L‖_1 of 100, ε ‖∂_x L‖_1 ≈ 2.7 exceeds that range.",
        check=exact(check_section_4_1_range),
        corrected="the cross-entropy of 12 classes has no upper bound, log 12 is its value at "
        "equal probabilities; .006 × 100 is 0.6, and 2.7 needs a norm of 450.",
    ),
    Claim(
        id="figure-2",
        where="Section 4.2",
        statement="Gradient penalties and adversarial augmentation coincide in dual pairs, "
        "vulnerability is almost a function of the mean of ‖∂_x L‖_1, and the l_1- and l_2-norms "
        "are proportional, whatever the training method.",
        reason=TRAINED,
    ),
    Claim(
        id="figure-2e-initialization",
        where="Section 4.2, on Figure 2e",
        statement="If the coordinates of ∂_x L behave like centred, uncorrelated variables with "
        "equal variance, as under (H), its l_1- and l_2-norms are simply proportional (tested at "
        "initialization).",
        check=together(exact(check_proportional_norms), sampled(check_figure_2e_initialization)),
        corrected="that premise is not enough, but what initialized networks of many inputs have "
        "is: nearly independent, nearly normal coordinates of equal variance, for which "
        "‖∂_x L‖_1 / ‖∂_x L‖_2 is close to √(2d/π) in every network. Where variances "
        "differ, below strides without (S), the quotient is smaller.",
    ),
    Claim(
        id="section-4-2-exponents",
        where="Section 4.2",
        statement="Rescaled, the threshold's axis reads ε d^(1/p), and q = 1 − 1/p.",
        check=exact(check_section_4_2_exponents),
        corrected="1/q = 1 − 1/p, and the rescaled axis is ε d^(−1/p).",
    ),
    Claim(
        id="figure-3-initialization",
        where="Abstract, Section 4.3",
        statement="Vulnerability is dampened by average-pooling layers, but not by strided and "
        "max-pooling ones (no theorem says so of max-pooling; measured at initialization, down to "
        "one pixel a channel).",
        check=sampled(check_max_pooling),
        corrected="not by strides and max-poolings with kernels as large as the windows: "
        "E[‖∂_x L‖_1] grows like √d as without pooling, and with 2 x 2 max-poolings, whose number "
        "grows with d, still faster. One max-pooling over all pixels after small kernels dampens, "
        "too: it passes on the gradient of as many neurons as there are channels.",
    ),
    Claim(
        id="figure-3",
        where="Section 4.3",
        statement="Networks with average-pooling are more robust than those with strides or "
        "max-pooling, at nearly the same accuracy.",
        reason=TRAINED,
    ),
]
