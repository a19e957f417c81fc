"""Section 3.2: fully connected and feedforward networks."""

from sqrtd.ledgers.paper.section_3_1_and_hypotheses import HYPOTHESES
from sqrtd.verdicts.checks import CombinedCheck, ExactCheck, SampledCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

PROOF_OF_THEOREM_3 = ("h1", "h3", "h4", "h5", "lemma-9", "eq-8", "eq-9", "theorem-3-step-2", "eq-6")

SECTION_3_2 = [
    Claim(
        id="theorem-3",
        where="Section 3.2",
        statement="In fully connected ReLU networks under (H), the coordinates of ∂_x f_k scale "
        "like 1/√d, and Eq. 7 holds for every fixed q < ∞ and large d: the vulnerability to "
        "l_p-attacks at first order, ε_p E‖∂_x L‖_q, grows like √d. (Tested for 1 ≤ q ≤ 4. At "
        "q = ∞, that is for l_1-attacks, it grows by a further factor √(log d), as the largest of "
        "d coordinates does.)",
        literal="Eq. 7 holds for any l_p-attack without such a factor, l_1-attacks included.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_3.equation_8:check_theorem_3_moments"),
                SampledCheck("simulations.checks.section_3.dense_scaling:check_theorem_3"),
            )
        ),
        in_short="not at q = ∞",
        rests_on=(*HYPOTHESES, "lemma-1-vulnerability"),
        proof_rests_on=PROOF_OF_THEOREM_3,
    ),
    Claim(
        id="eq-7",
        repeats="theorem-3",
        where="Section 3.2, Theorem 3",
        statement="‖∂_x L‖_q ∝ d^(1/q − 1/2) and ε_p ‖∂_x L‖_q ∝ √d for every dual pair p, q with "
        "fixed q < ∞ and large d; at q = ∞ up to a factor √(log d).",
        literal="They are so at q = ∞, too, without such a factor.",
        check=SampledCheck("simulations.checks.section_3.dense_scaling:check_equation_7"),
        in_short="not at q = ∞",
        rests_on=HYPOTHESES,
        proof_rests_on=PROOF_OF_THEOREM_3,
    ),
    Claim(
        id="eq-8",
        where="Section 3.2, proof of Theorem 3",
        statement="E[(∂_x f_k)²] = 1/d: the number of paths times the product of 2/in-degree "
        "(weights) and 1/2 (ReLUs, one after the logit included). The number of paths is the "
        "product of d_p over all p in p̃.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_3.equation_8:check_equation_8_moments"),
                SampledCheck("simulations.checks.section_3.second_moment:check_equation_8"),
            )
        ),
        in_short="the product counts hidden layers alone",
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="The product counts the hidden layers alone, without the logits' layer: all "
            "paths end at one logit. The value 1/d is right; with linear logits, which have no "
            "ReLU after them, it is 2/d.",
            used_in="the end of the same line, where all terms cancel but the input layer's 1/d",
        ),
        rests_on=("h1", "h3"),
        proof_rests_on=("h1", "h3", "h4", "h5", "lemma-9"),
    ),
    Claim(
        id="eq-9",
        where="Section 3.2, proof of Theorem 3",
        statement="∂_x L = (1 − q_c) ∂_x f_c − Σ_{k≠c} q_k ∂_x f_k, with ∂_k L = −q_k for k ≠ c "
        "and 1 − q_c for k = c.",
        check=ExactCheck("theory.checks.section_3.cross_entropy:check_equation_9"),
        in_short="the sign of ∂_x L",
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="All signs are the opposite ones: ∂_x L = −(1 − q_c) ∂_x f_c + Σ_{k≠c} q_k "
            "∂_x f_k, with ∂_k L = q_k for k ≠ c and −(1 − q_c) for k = c. The print is the "
            "gradient of −L, of the same norm.",
            cancels_in="all that follows from it, where only the norm or the square of ∂_x L is "
            "taken (Step 2, Remark 1, Eq. 16)",
        ),
    ),
    Claim(
        id="theorem-3-step-2",
        where="Section 3.2, proof of Theorem 3, Step 2",
        statement="The ∂_x f_k are centred and uncorrelated, so that ∂_x L has approximately the "
        "variance of one ∂_x f_k times (1 − q_c)² + Σ_{k≠c} q_k². (For linear logits that of one "
        "is 2/d; the print's 1/d counts a ReLU on every logit.)",
        literal="With a ReLU on every logit, as H1 says, and the variance 1/d of one ∂_x f_k, it "
        "is within 10 %, too. (For ten logits it is about a sixth more than that, at every width: "
        "the q_k tell which logits are alive.)",
        margin="“approximately” is read as within 10 %.",
        check=SampledCheck("simulations.checks.section_3.step_2:check_theorem_3_step_2"),
        in_short="with linear logits, and 2/d then",
        rests_on=("eq-8",),
        proof_rests_on=("lemma-9", "eq-9"),
    ),
    Claim(
        id="remark-1",
        where="Section 3.2",
        statement="The norm of ∂_x L is controlled by the total error probability 1 − q_c: in "
        "every l_p-norm ‖∂_x L‖ ≤ (1 − q_c) max_{k≠c} ‖∂_x f_c − ∂_x f_k‖, with equality for two "
        "classes. (So the logits' own gradients count as well.)",
        check=ExactCheck("theory.checks.section_3.cross_entropy:check_remark_1"),
        rests_on=("eq-10",),
        proof_rests_on=("eq-10",),
    ),
    Claim(
        id="remark-1-error",
        where="Section 3.2, Remark 1",
        statement="Trying to decrease the ordinary classification error is a valid strategy "
        "against adversarial examples: at given logit gradients, the largest that ‖∂_x L‖ can be "
        "falls in proportion to the error probability.",
        literal="A lower error probability means a smaller ‖∂_x L‖, and a lower vulnerability.",
        check=ExactCheck("theory.checks.section_3.lower_error:check_remark_1_error"),
        in_short="of the largest that ‖∂_x L‖ can be at given logit gradients",
        rests_on=("remark-1",),
        proof_rests_on=("eq-10",),
    ),
    Claim(
        id="remark-1-margins",
        where="Section 3.2, Remark 1",
        statement="The larger the classification margin, the larger the logit gradients that are "
        "needed to push an image over the boundary by a perturbation of given size.",
        check=ExactCheck("theory.checks.appendices.robustness_bounds:check_remark_1_margins"),
        proof_rests_on=("eq-14",),
    ),
    Claim(
        id="eq-10",
        where="Section 3.2, Remark 1",
        statement="∂_x L = Σ_k q_k (∂_x f_c − ∂_x f_k).",
        check=ExactCheck("theory.checks.section_3.cross_entropy:check_equation_10"),
        in_short="Eq. 9's sign",
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="The sign is the opposite one: ∂_x L = Σ_k q_k (∂_x f_k − ∂_x f_c). It is "
            "Eq. 9's.",
            cancels_in="what follows, the norms of Remark 1 and the square of Eq. 16",
        ),
        proof_rests_on=("eq-9",),
    ),
    Claim(
        id="assumption-s",
        where="Section 3.2",
        statement="(S), all inputs have the same multiset of path-degrees, holds exactly for fully "
        "connected networks; for CNNs up to boundary effects, which periodic padding and mirror "
        "padding (of the kind that repeats the border pixel) take away; and exactly for strided "
        "layers whose size is a multiple of the stride.",
        literal="Any kind of mirror padding alleviates boundary effects, also the one that leaves "
        "the border pixel out (torch's “reflect”).",
        check=ExactCheck("theory.checks.section_3.symmetric_architectures:check_assumption_s"),
        in_short="kernels, too, are multiples of the stride, with padding that is periodic or "
        "repeats the border",
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="Strided layers need more. Kernels, too, must be multiples of the stride: "
            "with others (S) fails even far from the border, since pixels are seen unequally "
            "often. Periodic padding by kernel − stride then gives (S) exactly. So does mirror "
            "padding that repeats the border pixel, by half of that on each side.",
        ),
    ),
    Claim(
        id="theorem-4",
        where="Section 3.2",
        statement="In feedforward ReLU networks under (H), the mean square of ‖∂_x f_k‖_2 does not "
        "depend on d. Under (S) the coordinates of ∂_x f_k scale like 1/√d, and Eq. 7 holds for "
        "every fixed q < ∞ and large d. (Tested for 1 ≤ q ≤ 4 on convolutions. Zero padding under "
        "He initialization is not covered: it breaks H3. There the mean square is too small on "
        "small images, and nears the value without padding as they grow.)",
        literal="Eq. 7 holds at q = ∞, too, without a factor √(log d).",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_3.feedforward_moments:check_theorem_4_moments"),
                SampledCheck("simulations.checks.section_3.feedforward:check_theorem_4"),
            )
        ),
        in_short="not at q = ∞",
        rests_on=(*HYPOTHESES, "assumption-s"),
        proof_rests_on=(
            *("h1", "h3", "h4", "h5", "lemma-8", "lemma-9", "eq-13", "theorem-3-step-2", "eq-6"),
        ),
    ),
    Claim(
        id="theorem-4-implies-3",
        where="Section 3.2, before assumption (S)",
        statement="Theorem 4 implies Theorem 3: fully connected networks satisfy (S), and of "
        "networks with (H) and (S) Theorem 4 says what Theorem 3 says of them.",
        check=ExactCheck("theory.checks.section_3.theorem_4_implies_3:check_theorem_4_implies_3"),
        rests_on=("theorem-3", "theorem-4", "assumption-s"),
    ),
    Claim(
        id="corollary-5",
        where="Section 3.2",
        statement="Successions of convolutions, strided or not, and dense layers under (H) have "
        "logit gradients whose coordinates (printed is “logit-coordinates”), all pixels taken "
        "together, are of size 1/√d, and satisfy Eq. 7 for fixed q < ∞: the vulnerability at "
        "first order, ε_p E‖∂_x L‖_q, grows with the resolution.",
        literal="Each single coordinate has E[(∂_x f_k)²] = 1/d, and Eq. 7 holds at q = ∞, too, "
        "without a factor √(log d).",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_3.convolution_moments:check_corollary_5_moments"),
                SampledCheck("simulations.checks.section_3.strided_convolutions:check_corollary_5"),
            )
        ),
        in_short="(S); for ‖∂_x L‖_1 nearly so if kernels are no smaller than their strides",
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="Under (S) every single coordinate is of size 1/√d, and Eq. 7 holds for "
            "every fixed q < ∞ (sampled for 1 ≤ q ≤ 4). Without (S), but with kernels no smaller "
            "than their strides, ‖∂_x L‖_1 still grows nearly like √d: with the exponent 0.497 "
            "for kernel 3 and stride 2 down to one pixel. The larger q, the more the exponents of "
            "‖∂_x L‖_q there exceed 1/q − 1/2. Kernels smaller than the stride leave pixels out: "
            "with kernel 1 and stride 2 down to one pixel, ‖∂_x L‖_1 does not grow.",
        ),
        margin="“Scale like” and “∝” as an exponent of d within 0.03, within 0.02 where it is "
        "computed exactly.",
        rests_on=(*HYPOTHESES, "lemma-1-vulnerability"),
        proof_rests_on=("theorem-4", "assumption-s"),
    ),
]
