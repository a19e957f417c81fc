"""Appendices B to D: cross-Lipschitz regularization, perception thresholds, a variant."""

from sqrtd.verdicts.checks import CombinedCheck, ExactCheck, ImagesCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

APPENDICES_B_TO_D = [
    Claim(
        id="eq-14",
        where="Appendix B",
        statement="The smallest l_p-perturbation that fools the classifier is at least the "
        "smallest, over k ≠ c, of the margin f_c − f_k over the largest l_q-norm of its gradient "
        "in the ball of that size; and for every R it is at least min{R, the same with the ball "
        "of radius R}.",
        literal="It is larger than that.",
        check=ExactCheck("theory.checks.appendices.robustness_bounds:check_equation_14"),
        in_short="at least, not larger",
    ),
    Claim(
        id="eq-15",
        where="Appendix B",
        statement="The cross-Lipschitz regularizer is the mean over all pairs of classes of the "
        "squared l_2-norm of the difference of their logit gradients; all classes play the same "
        "role in it.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.appendices.cross_lipschitz:check_equation_15"),
                ExactCheck("empirical.checks.section_2.objectives:check_equation_15_in_training"),
            )
        ),
    ),
    Claim(
        id="eq-16",
        where="Appendix B",
        statement="‖∂_x L‖_2² = Σ_{k,h} q_k q_h (∂_x f_c − ∂_x f_k) · (∂_x f_c − ∂_x f_h).",
        check=ExactCheck("theory.checks.section_3.cross_entropy:check_equation_16"),
        proof_rests_on=("eq-10",),
    ),
    Claim(
        id="appendix-b-margin",
        where="Appendix B, after Eq. 16",
        statement="In Eq. 16 only classes of non-negligible probability get their gradients "
        "regularized, beside the target class, and so only points near the margin do.",
        check=ExactCheck("theory.checks.appendices.regularized_points:check_regularized_points"),
        in_short="images classified right",
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="for images that are classified right: at the margin m > 0 the weight of the "
            "logit gradients is at most (K − 1) e^(−m). Far on the wrong side of the margin it is "
            "largest, close to 1.",
        ),
        rests_on=("eq-16",),
    ),
    Claim(
        id="appendix-b-sharper",
        where="Appendix B, after Eq. 16",
        statement="This regularization incidentally makes the margin sharper.",
        reason="the paper does not say what a sharper margin is, and no formula of it says what "
        "the penalty does to the margin in training",
    ),
    Claim(
        id="eq-17",
        where="Appendix C",
        statement="The largest l_p-attacks whose signal-to-noise ratio ‖x‖_2 / ‖δ‖_2 never falls "
        "below 1/ε have the size ε_p = ε ‖x‖_2 d^(1/p − 1/2), for 1 ≤ p ≤ ∞; this gives again "
        "ε_p = ε_∞ d^(1/p).",
        literal="The ratio is “never greater” than 1/ε.",
        check=ExactCheck("theory.checks.appendices.signal_to_noise:check_equation_17"),
        in_short="p ≥ 2; the ratio is never smaller than 1/ε, not “never greater”",
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="for p ≥ 2, so for FGSM and l_2-attacks. For p ≤ 2 their size is ε ‖x‖_2: a "
            "perturbation of one pixel is the longest in the l_p-ball.",
        ),
    ),
    Claim(
        id="appendix-c-mean-square",
        where="Appendix C",
        statement="When a natural image is resized, the mean square of its pixels stays about the "
        "same, so that ‖x‖_2 ∝ √d: of its intensities and of its contrast, the "
        "intensities less their mean. (Measured on two photographs, and on the images of --data if "
        "they are natural. A crop of an image keeps it only as far as its parts are alike.)",
        literal="It follows from the scale invariance of the images alone, for the contrast as for "
        "the intensities.",
        check=ImagesCheck("empirical.checks.appendices.mean_square:check_mean_square"),
        in_short="measured on two photographs; for contrast not implied by scale invariance",
        margin="“unchanged” as an exponent of d within 0.05 of 1/2.",
    ),
    Claim(
        id="appendix-c",
        where="Appendix C",
        statement="Because ‖x‖_2 ∝ √d when an image's resolution changes, Eq. 17 gives again "
        "ε_p = ε_∞ d^(1/p), with one ε_∞ for all dimensions.",
        check=ExactCheck("theory.checks.appendices.signal_to_noise:check_appendix_c"),
        rests_on=("eq-17", "appendix-c-mean-square"),
        proof_rests_on=("eq-17", "appendix-c-mean-square"),
    ),
    Claim(
        id="appendix-d",
        where="Appendix D",
        statement="Back-propagating through FGSM's attack as well makes no difference to "
        "adversarially augmented training: the sign in δ = ε sign(∂_x L) has the derivative 0.",
        check=ExactCheck("empirical.checks.appendix_d:check_appendix_d"),
        rests_on=("eq-4",),
    ),
    Claim(
        id="appendix-d-time",
        where="Appendix D",
        statement="Back-propagating through the attack takes more computation time than usual "
        "augmented training.",
        reason="a time depends on the machine and is no figure that a seed reproduces, but "
        "benchmarks/training_methods.py measures it, beside the other methods",
    ),
]
