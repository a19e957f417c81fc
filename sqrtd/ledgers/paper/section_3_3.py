"""Section 3.3: strides and average-poolings."""

from sqrtd.ledgers.paper.section_3_1_and_hypotheses import HYPOTHESES
from sqrtd.verdicts.checks import CombinedCheck, ExactCheck, SampledCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

SECTION_3_3 = [
    Claim(
        id="theorem-6",
        where="Section 3.3",
        statement="Replacing a strided convolution, which keeps 1 neuron of n, by one of stride 1 "
        "and an average-pooling over n neurons divides all output and loss gradients by n.",
        check=CombinedCheck(
            (
                ExactCheck(
                    "theory.checks.section_3.average_pooling_moments:check_theorem_6_moments"
                ),
                SampledCheck("simulations.checks.section_3.average_pooling:check_theorem_6"),
            )
        ),
        in_short="√n, not n",
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="√n, not n: the replacement divides variances by n, and so gradients by √n. "
            "For E[‖∂_x f_k‖_2²] that is exact under (H), with a padding for which Lemma 10 "
            "holds: none, zero padding, or periodic padding that does not enlarge the layer; for "
            "every single coordinate also (S) is needed, before and after. Real ReLUs, which "
            "depend on the weights, leave n^γ with γ within 0.05 of 1/2 for each replaced "
            "convolution (tested for n = 4, 9, 16 and up to three). For loss gradients it holds "
            "up to the change of the class probabilities q_k.",
            used_in="the proof of Theorem 6, Appendix A.2",
        ),
        rests_on=HYPOTHESES,
        proof_rests_on=("eq-13", "lemma-8", "lemma-10"),
    ),
    Claim(
        id="section-3-3-one-pixel",
        where="Section 3.3",
        statement="Convolutions with average-pooling down to one pixel a channel make "
        "vulnerability to l_∞-attacks at first order, ε E‖∂_x L‖_1, independent of the input "
        "resolution.",
        check=SampledCheck("simulations.checks.section_3.one_pixel:check_one_pixel"),
        margin="“independent” is read as an exponent of d within 0.05 of 0; real ReLUs leave about "
        "−0.02 with 2 x 2 windows.",
        rests_on=(*HYPOTHESES, "lemma-1-vulnerability"),
        proof_rests_on=("theorem-6", "corollary-5"),
    ),
]
