"""Section 4: after training."""

from sqrtd.ledgers.paper.figures import FIGURES
from sqrtd.verdicts.checks import (
    CombinedCheck,
    ExactCheck,
    RecordedCheck,
    SampledCheck,
    TrainedCheck,
)
from sqrtd.verdicts.claims import Claim, Correction, Verdict

SECTION_4 = [
    Claim(
        id="figure-1",
        where="Section 4.1",
        statement="After training, both the mean of ‖∂_x L‖_1 and adversarial vulnerability grow "
        "almost linearly with √d.",
        check=TrainedCheck(
            "figure-1",
            "digits",
            "empirical.checks.growth:check_figure_1",
            drawing=FIGURES["figure-1"],
        ),
    ),
    Claim(
        id="figure-1-natural-images",
        where="Section 4.1",
        statement="The same on natural images, by networks that are trained longer (recorded by "
        "`sqrtd train figure-1`).",
        check=RecordedCheck(
            "figure-1", "empirical.checks.growth:check_figure_1", drawing=FIGURES["figure-1"]
        ),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="both grow with d, and no faster than like √d (exponents from 0 to 3/4), "
            "but not both with an exponent nearest to 1/2.",
        ),
    ),
    Claim(
        id="figure-1-damping",
        where="Section 4.1, caption of Figure 1",
        statement="Vulnerability gets dampened at the highest dimension: its exponent falls, and "
        "below that of the mean of ‖∂_x L‖_1.",
        check=RecordedCheck("figure-1", "empirical.checks.damping:check_figure_1_damping"),
    ),
    Claim(
        id="figure-1-damping-reason",
        where="Section 4.1, caption of Figure 1",
        statement="It does because the first-order approximation becomes less valid: the real "
        "damage over ε E‖∂_x L‖_1 falls with d, to below 1.",
        check=RecordedCheck("figure-1", "empirical.checks.damping:check_figure_1_first_order"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="the ratio rises with d, to above 1: the first order underestimates the "
            "damage and is not what dampens.",
        ),
    ),
    Claim(
        id="section-4-1-range",
        where="Section 4.1",
        statement="The cross-entropy of 12 classes ranges from 0 to log 12 ≈ 2.5; so a first-order "
        "rise of 2.7 exceeds that range, and is beyond the validity of the first order.",
        literal="With ε = .006 and a mean ‖∂_x L‖_1 of about 100, ε ‖∂_x L‖_1 ≈ 2.7. (The text "
        "here was read by a machine; 450 for 100 would fit.)",
        check=ExactCheck("theory.checks.section_4.figures:check_section_4_1_range"),
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
    Claim(
        id="figure-2-dual-pairs",
        where="Section 4.2, Proposition 2",
        statement="The curves of adversarial augmentation (p = ∞, 2) and of the dual gradient "
        "penalty (q = 1, 2) match excellently in norm, vulnerability and accuracy.",
        check=RecordedCheck(
            "figure-2", "empirical.checks.dual_pairs:check_dual_pairs", drawing=FIGURES["figure-2"]
        ),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="they match at small ε (the weaker half of the strengths).",
        ),
    ),
    Claim(
        id="figure-2-rescaling",
        where="Section 4.2, Eq. 5",
        statement="With ε_p = ε_∞ d^(1/p) the curves of p = 2 and p = ∞ get almost superimposed.",
        check=RecordedCheck("figure-2", "empirical.checks.rescaling:check_rescaling"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="of all thresholds ε_∞ d^γ, γ within 0.1 of 1/2 brings the norm curves "
            "together.",
        ),
    ),
    Claim(
        id="figure-2-decrease",
        where="Section 4.2, Figures 2a and 2b",
        statement="The norm of ∂_x L and vulnerability steadily decrease with growing ε.",
        check=RecordedCheck("figure-2", "empirical.checks.steady_decrease:check_steady_decrease"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED, statement="they decrease over the whole range."
        ),
    ),
    Claim(
        id="figure-2c-accuracy",
        where="Section 4.2, Figure 2c",
        statement="Whatever the method, accuracy before attack first increases with ε and "
        "eventually tumbles.",
        check=RecordedCheck(
            "figure-2", "empirical.checks.accuracy_and_strength:check_accuracy_and_strength"
        ),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="some strength costs less than 1 point; then accuracy tumbles.",
        ),
    ),
    Claim(
        id="figure-2d-function",
        where="Section 4.2, Figure 2d",
        statement="Vulnerability is almost a function of the mean of ‖∂_x L‖_1, whatever the "
        "training method.",
        check=RecordedCheck(
            "figure-2", "empirical.checks.norm_and_vulnerability:check_norm_and_vulnerability"
        ),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="almost a function (rank correlation of 0.9 or more), from which single "
            "methods lie off by more than a quarter.",
        ),
    ),
    Claim(
        id="figure-2e-proportional",
        where="Section 4.2, Figure 2e",
        statement="The mean l_1- and l_2-norms of ∂_x L are proportional, with a slope that is "
        "independent of the training method.",
        check=RecordedCheck(
            "figure-2",
            "empirical.checks.proportional_norms:check_proportional_norms_after_training",
        ),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="proportional over all methods together, whose own slopes differ by more "
            "than a tenth.",
        ),
    ),
    Claim(
        id="figure-2e-explanation",
        where="Section 4.2, Eq. 6",
        statement="They are because the coordinates of ∂_x L behave like centred ones of equal "
        "variance: the slope is √(π/(2d)).",
        check=RecordedCheck(
            "figure-2", "empirical.checks.proportional_norms:check_equal_variances"
        ),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="the slope exceeds √(π/(2d)): the coordinates are unequal.",
        ),
    ),
    Claim(
        id="figure-2-penalty-norm",
        where="Section 4.2, Figures 2d and 2f",
        statement="The penalty's norm does not matter: the curves of q = 1 and q = 2 are almost "
        "identical.",
        check=RecordedCheck("figure-2", "empirical.checks.penalty_norm:check_penalty_norm"),
    ),
    Claim(
        id="figure-2f-plateau",
        where="Section 4.2, Figure 2f",
        statement="Vulnerability can be massively driven down (halved) without losing accuracy "
        "(1 point).",
        check=RecordedCheck("figure-2", "empirical.checks.trade_off:check_plateau"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED, statement="halved at a loss of at most 3 points."
        ),
    ),
    Claim(
        id="figure-2f-best",
        where="Section 4.2, Figure 2f",
        statement="All methods perform equally well at small ε; at large ε, augmentation by "
        "FGSM has the best accuracy at equal vulnerability.",
        check=RecordedCheck("figure-2", "empirical.checks.trade_off:check_best_ratios"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="each of the two augmentations beats the penalties (caption).",
        ),
    ),
    Claim(
        id="figure-2e-initialization",
        where="Section 4.2, on Figure 2e",
        statement="If the coordinates of ∂_x L behave like centred, uncorrelated variables with "
        "equal variance, which follows from (H), its l_1- and l_2-norms are simply proportional "
        "(tested at initialization).",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_4.proportional_norms:check_proportional_norms"),
                SampledCheck(
                    "simulations.checks.section_4.norm_proportionality:check_figure_2e_initialization"
                ),
            )
        ),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="They are if the coordinates behave like many independent ones: in "
            "initialized networks with (S) the quotient ‖∂_x L‖_1 / ‖∂_x L‖_2 is close to √(2d/π), "
            "network by network. Uncorrelated is not enough: two coordinates can be so and have "
            "either (±1, ±1) or one 0 and one ±√2. Nor does (H) give equal variances without (S), "
            "as below strides; there the quotient is smaller.",
        ),
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
        rests_on=("eq-5", "lemma-1"),
    ),
    Claim(
        id="figure-3-initialization",
        where="Abstract, Section 4.3",
        statement="The growth of vulnerability with d is dampened by average-pooling layers, but "
        "not by strided and max-pooling ones (no theorem says so of max-pooling; measured as "
        "E[‖∂_x L‖_1] at initialization, down to one pixel a channel).",
        check=SampledCheck("simulations.checks.section_4.max_pooling:check_max_pooling"),
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
    Claim(
        id="figure-3",
        where="Section 4.3, caption of Figure 3",
        statement="Average-pooling makes trained networks more robust, and their ‖∂_x L‖_1 "
        "smaller, than strides or max-pooling.",
        check=RecordedCheck(
            "figure-3", "empirical.checks.pooling:check_figure_3", drawing=FIGURES["figure-3"]
        ),
    ),
    Claim(
        id="figure-3-much",
        where="Section 4.3",
        statement="With average-pooling, networks are much more robust than the others (here: the "
        "others' vulnerabilities are at least twice as large).",
        check=RecordedCheck("figure-3", "empirical.checks.pooling:check_figure_3_much"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="more robust, but not by a factor of 2 against both.",
        ),
    ),
    Claim(
        id="figure-3-accuracy",
        where="Section 4.3",
        statement="All accuracies are very close (within 5 points), slightly better with "
        "average-pooling than with striding, slightly worse than with max-pooling.",
        check=RecordedCheck("figure-3", "empirical.checks.pooling:check_figure_3_accuracy"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED, statement="all are very close; the order is another."
        ),
    ),
    Claim(
        id="first-order-damage",
        where="Lemma 1 after training; Section 5",
        statement="A first-order expansion explains the vulnerability of trained networks: FGSM at "
        "the measuring ε raises the loss by ε E‖∂_x L‖_1 (within 1/4).",
        check=RecordedCheck(
            "figure-3", "empirical.checks.first_order_damage:check_lemma_1_trained"
        ),
        correction=Correction(kind=Verdict.NOT_REPRODUCED, statement="by half to twice that."),
    ),
]
