"""Appendices B to D: cross-Lipschitz regularization, perception thresholds, a variant."""

from sqrtd.verdicts.checks import ExactCheck, RecordedCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

APPENDICES_B_TO_D = [
    Claim(
        id="eq-14",
        where="Appendix B",
        statement="The smallest l_p-perturbation that fools the classifier is larger than the "
        "smallest, over k ≠ c, of the margin f_c − f_k over the largest l_q-norm of its gradient "
        "in the ε-ball.",
        check=ExactCheck("theory.checks.appendices.robustness_bounds:check_equation_14"),
        correction=Correction(
            kind=Verdict.CONSTANT,
            statement="it is at least that (equality occurs), with the ball of its own size; and "
            "for every R it is at least min{R, the same with the ball of radius R}.",
        ),
    ),
    Claim(
        id="eq-15",
        where="Appendix B",
        statement="The cross-Lipschitz regularizer is the mean over all pairs of classes of the "
        "squared l_2-norm of the difference of their logit gradients; all classes play the same "
        "role in it.",
        check=ExactCheck("theory.checks.appendices.cross_lipschitz:check_equation_15"),
    ),
    Claim(
        id="eq-16",
        where="Appendix B",
        statement="‖∂_x L‖_2² = Σ_{k,h} q_k q_h (∂_x f_c − ∂_x f_k) · (∂_x f_c − ∂_x f_h).",
        check=ExactCheck("theory.checks.section_3.cross_entropy:check_equation_16"),
    ),
    Claim(
        id="eq-17",
        where="Appendix C",
        statement="An l_p-attack never exceeds a signal-to-noise threshold 1/ε if "
        "ε_p = ε ‖x‖_2 d^(1/p − 1/2), which gives again ε_p = ε_∞ d^(1/p).",
        check=ExactCheck("theory.checks.appendices.signal_to_noise:check_equation_17"),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="the ratio is never smaller than 1/ε exactly if ε_p ≤ ε ‖x‖_2 min(1, "
            "d^(1/p − 1/2)), which is Eq. 17 for p ≥ 2 and ε ‖x‖_2 for p ≤ 2; perturbations "
            "of equal pixels have the ratio 1/ε at Eq. 17 for every p.",
        ),
    ),
    Claim(
        id="appendix-c",
        where="Appendix C",
        statement="Because ‖x‖_2 ∝ √d when an image's resolution changes, Eq. 17 gives again "
        "ε_p = ε_∞ d^(1/p).",
        check=ExactCheck("theory.checks.appendices.signal_to_noise:check_appendix_c"),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="for p ≥ 2; for p ≤ 2 the threshold is ε_∞ √d. Perturbations of equal "
            "pixels have the ratio 1/ε for every p.",
        ),
    ),
    Claim(
        id="appendix-d",
        where="Appendix D",
        statement="Back-propagating through the attack as well makes no significant difference "
        "to adversarially augmented training.",
        check=RecordedCheck("figure-2", "empirical.checks.appendix_d:check_appendix_d"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="none at all for p = ∞ (FGSM), where the attack has the derivative 0; some "
            "for p = 2.",
        ),
    ),
]
