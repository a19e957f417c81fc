"""Section 4: after training, and what it says of networks at initialization."""

from sqrtd.ledgers.paper.section_4_1 import FIGURE_1
from sqrtd.ledgers.paper.section_4_2 import FIGURE_2
from sqrtd.ledgers.paper.section_4_3 import FIGURE_3
from sqrtd.verdicts.checks import CombinedCheck, ExactCheck, SampledCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

SECTION_4 = [
    *FIGURE_1,
    Claim(
        id="section-4-1-range",
        where="Section 4.1",
        statement="The cross-entropy of 12 classes ranges from 0 to log 12 ≈ 2.5; so a first-order "
        "rise of 2.7 exceeds that range, and is beyond the validity of the first order.",
        literal="With ε = .006 and a mean ‖∂_x L‖_1 of about 100, ε ‖∂_x L‖_1 ≈ 2.7. (The text "
        "here was read by a machine; 450 for 100 would fit.)",
        check=ExactCheck("theory.checks.section_4.figures:check_section_4_1_range"),
        in_short="the cross-entropy has no upper bound; log 12 is what guessing costs; and .006 × "
        "100, as printed, is 0.6",
        correction=Correction(
            kind=Verdict.FAILS,
            statement="the cross-entropy has no upper bound; log 12 is what guessing costs, and an "
            "attack can cost more. A first-order rise of 2.7 is not beyond its range, and may be "
            "close to the real one. Whether the first order is valid at 256 px has to be measured.",
        ),
    ),
    Claim(
        id="dilations",
        where="Section 4.1",
        statement="The networks of Figure 1 have exactly the same number of parameters at all "
        "resolutions, and dilations by 1, 2, 4 and 8 let their convolutions cover similar ranges "
        "of the images: from the middle of one end of a kernel to the other exactly the same "
        "share, from end to end a share that differs by less than a factor 1.5.",
        margin="“similar” is read as within a factor 1.5.",
        check=ExactCheck("simulations.checks.section_4.dilations:check_dilations"),
    ),
    *FIGURE_2,
    Claim(
        id="figure-2e-initialization",
        where="Section 4.2, on Figure 2e",
        statement="If the coordinates of ∂_x L behave like many centred, nearly independent "
        "variables of equal variance, its l_1- and l_2-norms are proportional. At initialization "
        "this follows from (H), with (S): ‖∂_x L‖_1 / ‖∂_x L‖_2 is close to √(2d/π) in each "
        "network.",
        literal="Uncorrelated variables of equal variance are enough, also two of them; and (H) is "
        "enough below strides, without (S).",
        check=CombinedCheck(
            (
                SampledCheck(
                    "simulations.checks.section_4.norm_proportionality:check_figure_2e_initialization"
                ),
                ExactCheck("theory.checks.section_4.proportional_norms:check_proportional_norms"),
            )
        ),
        in_short="many variables, with (S)",
        margin="The quotient within 2 %; across networks, the slope of the norms' logarithms "
        "within 0.05 of 1, their correlation at least 0.98.",
        rests_on=("h1", "h3", "h4", "h5", "assumption-s"),
        proof_rests_on=("eq-6",),
    ),
    Claim(
        id="section-4-2-exponents",
        where="Section 4.2",
        statement="In units of d^(1/p), as Eq. 5 suggests, thresholds of different norms can be "
        "compared: the curves of the dual pairs p = q = 2 and p = ∞, q = 1 share one axis.",
        literal="The axis is ε d^(1/p), and q = 1 − 1/p. (The text here was read by a machine and "
        "is garbled there; a reading error is likelier than one of the paper's.)",
        check=ExactCheck("theory.checks.section_4.figures:check_section_4_2_exponents"),
        in_short="ε in units of d^(1/p); “ε d^(1/p)” is likelier misread than misprinted",
        rests_on=("eq-5", "lemma-1"),
    ),
    Claim(
        id="figure-3-initialization",
        where="Section 4.3, Section 1 (Contributions)",
        statement="The growth of vulnerability with d is dampened by average-pooling layers, but "
        "not by strided and max-pooling ones (no theorem says so of max-pooling; measured is "
        "vulnerability at first order, ε E[‖∂_x L‖_1], at initialization, down to one pixel a "
        "channel).",
        margin="“dampened” and “not” as an exponent of d within 0.05 of 0 and of 1/2, with 2 x 2 "
        "max-poolings between 1/2 and 3/4; “the growth ends” as one within 0.1 of 0.",
        check=SampledCheck("simulations.checks.section_4.max_pooling:check_max_pooling"),
        in_short="average-poolings end the growth with d and strides do not; max-poolings do not "
        "either if their windows are no larger than the kernels before them, but a single one over "
        "all pixels does",
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="It is so if windows of max-poolings are no larger than the kernels before "
            "them: then E[‖∂_x L‖_1] grows like √d, as with strides, and a little faster with "
            "2 x 2 max-poolings whose number grows with d. One max-pooling over all pixels after "
            "small kernels dampens, too, as it passes on the gradients of as many neurons as there "
            "are channels: the growth ends (from 32 to 128 pixels along an edge the exponent is "
            "below 0.1).",
        ),
        rests_on=("section-3-3-one-pixel", "corollary-5"),
    ),
    *FIGURE_3,
]
