"""Section 3: the size of input gradients at initialization."""

from sqrtd.verdicts.checks import CombinedCheck, ExactCheck, SampledCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

SECTION_3 = [
    Claim(
        id="eq-6",
        where="Section 3",
        statement="ε_p ‖∂_x L‖_q ∝ ε_p d^(1/q) |∂_x L| ∝ d |∂_x L|, whatever the norm.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_2.thresholds:check_equation_6"),
                SampledCheck("simulations.checks.section_3.equation_6:check_equation_6"),
            )
        ),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="for coordinates within constant factors of each other, every norm; for "
            "independent normal coordinates 1 ≤ q < ∞; at q = ∞ (l_1-attacks) with a further "
            "factor that grows like √(log d).",
        ),
    ),
    Claim(
        id="section-3-condition",
        where="Section 3",
        statement="To be robust to any l_p-attack at any d, the mean absolute coordinate of ∂_x "
        "L must grow slower than 1/d.",
        check=ExactCheck("theory.checks.section_3.growth_exponents:check_section_3_condition"),
        correction=Correction(
            kind=Verdict.CONSTANT,
            statement="no faster than 1/d: at 1/d vulnerability does not depend on d.",
        ),
    ),
    Claim(
        id="section-3-1",
        where="Section 3.1",
        statement="One linear neuron on all d inputs, with weights of variance 1/d: its gradient "
        "coordinates have size 1/√d, and its vulnerability grows like √d.",
        check=SampledCheck("simulations.checks.section_3.dense_scaling:check_section_3_1"),
    ),
    Claim(
        id="h1",
        where="Section 3.2, hypotheses (H)",
        statement="There is one ReLU after each non-input neuron, which kills half of its inputs, "
        "independently of the weights; at initialization a very good approximation.",
        check=SampledCheck("simulations.checks.section_3.relu_killing:check_h1"),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="half are killed, but a gate is the sign of its own neuron's weighted sum "
            "(correlation √(2/π)), and in a convolution it goes with the gates beside it. "
            "Without average-pooling E[(∂_x f_k)²] is what independent masks give all the "
            "same, exactly, in successions of dense and convolutional layers; the variance "
            "of ‖∂_x f_k‖_2² over convolutional networks is not, nor is E[(∂_x f_k)²] with "
            "average-pooling or residual additions of identities.",
        ),
    ),
    Claim(
        id="h2",
        where="Section 3.2, hypotheses (H)",
        statement="Neurons are partitioned into layers that each path traverses at most once.",
        check=ExactCheck("theory.checks.section_3.layer_partitions:check_h2"),
    ),
    Claim(
        id="h3",
        where="Section 3.2, hypotheses (H)",
        statement="All weights have expectation 0 and variance 2/in-degree; satisfied by He "
        "initialization.",
        check=ExactCheck("theory.checks.section_3.weight_hypotheses:check_h3"),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="expectation 0 and variance 2/fan-in, which is 2/in-degree except beside "
            "zero padding: there a shared weight enters neurons of unequal in-degrees, so "
            "that no variance fits.",
        ),
    ),
    Claim(
        id="h4",
        where="Section 3.2, hypotheses (H)",
        statement="The weights of different layers are independent; satisfied at initialization.",
        check=ExactCheck("theory.checks.section_3.weight_hypotheses:check_h4"),
    ),
    Claim(
        id="h5",
        where="Section 3.2, hypotheses (H)",
        statement="Two weights of a same layer are uncorrelated; satisfied at initialization.",
        check=ExactCheck("theory.checks.section_3.weight_hypotheses:check_h5"),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="two weights that enter one neuron are uncorrelated, which is all that "
            "Lemma 9 needs, with any padding. Lemma 10 also needs it for two weights that "
            "leave one neuron, which holds with zero padding and with periodic padding that "
            "does not enlarge the layer.",
        ),
    ),
    Claim(
        id="theorem-3",
        where="Section 3.2",
        statement="In fully connected ReLU networks under (H), the coordinates of ∂_x f_k scale "
        "like 1/√d, and Eq. 7 holds: vulnerability to any l_p-attack grows with d.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_3.equation_8:check_theorem_3_moments"),
                SampledCheck("simulations.checks.section_3.dense_scaling:check_theorem_3"),
            )
        ),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="the coordinates of ∂_x f_k scale like 1/√d, and Eq. 7 holds for fixed q < "
            "∞ and large d (tested for 1 ≤ q ≤ 4); at q = ∞ the maximum of d coordinates "
            "brings a further factor that grows like √(log d).",
        ),
    ),
    Claim(
        id="eq-7",
        repeats="theorem-3",
        where="Section 3.2, Theorem 3",
        statement="‖∂_x L‖_q ∝ d^(1/q − 1/2) and ε_p ‖∂_x L‖_q ∝ √d, for every dual pair p, q.",
        check=SampledCheck("simulations.checks.section_3.dense_scaling:check_equation_7"),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="for fixed q < ∞ and large d (tested for 1 ≤ q ≤ 4); at q = ∞ "
            "(l_1-attacks) both carry the factor that the expected maximum of d coordinates "
            "has over their size, which grows like √(log d).",
        ),
    ),
    Claim(
        id="eq-8",
        where="Section 3.2, proof of Theorem 3",
        statement="E[(∂_x f_k)²] = 1/d: the number of paths times the product of 2/in-degree "
        "(weights) and 1/2 (ReLUs, one after the logit included); the number of paths is Π d_p.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_3.equation_8:check_equation_8_moments"),
                SampledCheck("simulations.checks.section_3.second_moment:check_equation_8"),
            )
        ),
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="it is 1/d, but the number of paths is the product of the hidden layers' "
            "sizes, without the number of classes; without a ReLU after the logit it is 2/d.",
            used_in="the result 1/d",
        ),
    ),
    Claim(
        id="eq-9",
        where="Section 3.2, proof of Theorem 3",
        statement="∂_x L = (1 − q_c) ∂_x f_c − Σ_{k≠c} q_k ∂_x f_k, with ∂_k L = −q_k for k ≠ c "
        "and 1 − q_c for k = c.",
        check=ExactCheck("theory.checks.section_3.cross_entropy:check_equation_9"),
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="∂_x L = −(1 − q_c) ∂_x f_c + Σ_{k≠c} q_k ∂_x f_k, with ∂_k L = q_k for k "
            "≠ c and −(1 − q_c) for k = c: the print is the gradient of −L.",
            used_in="the result: its norm",
        ),
    ),
    Claim(
        id="remark-1",
        where="Section 3.2",
        statement="The norm of ∂_x L is controlled by the total error probability 1 − q_c.",
        check=ExactCheck("theory.checks.section_3.cross_entropy:check_remark_1"),
        correction=Correction(
            kind=Verdict.CONSTANT,
            statement="‖∂_x L‖ ≤ (1 − q_c) max_{k≠c} ‖∂_x f_c − ∂_x f_k‖ in every l_p-norm, with "
            "equality for two classes: the error probability times the logits' own "
            "gradients.",
        ),
    ),
    Claim(
        id="remark-1-error",
        where="Section 3.2, Remark 1",
        statement="Trying to decrease the ordinary classification error is a valid strategy "
        "against adversarial examples: at given logit gradients, the largest that ‖∂_x L‖ can be "
        "falls in proportion to the error probability.",
        literal="A lower error probability means a smaller ‖∂_x L‖, and a lower vulnerability.",
        check=ExactCheck("theory.checks.section_3.lower_error:check_remark_1_error"),
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
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="∂_x L = Σ_k q_k (∂_x f_k − ∂_x f_c).",
            used_in="Eq. 16",
        ),
    ),
    Claim(
        id="theorem-3-step-2",
        where="Section 3.2, proof of Theorem 3, Step 2",
        statement="The ∂_x f_k are centred and uncorrelated, so that ∂_x L has approximately the "
        "variance ((1 − q_c)² + Σ_{k≠c} q_k²)/d.",
        check=SampledCheck("simulations.checks.section_3.step_2:check_theorem_3_step_2"),
        correction=Correction(
            kind=Verdict.CONSTANT,
            statement="with linear logits it is twice that, since the print counts a ReLU on the "
            "logits: exactly for two logits, for more the closer the wider the network. With "
            "a ReLU on the logits it is about a sixth more than printed, in the limit of "
            "wide networks too, because the q_k depend on which logits are alive.",
        ),
    ),
    Claim(
        id="assumption-s",
        where="Section 3.2",
        statement="(S), all inputs have the same multiset of path-degrees, holds exactly for "
        "fully connected networks and for strided layers if the layer size is a multiple of the "
        "stride, and up to boundary effects for CNNs.",
        check=ExactCheck("theory.checks.section_3.symmetric_architectures:check_assumption_s"),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="exact for fully connected networks; for stride-1 convolutions with "
            "periodic padding that keeps the size, or mirror padding that repeats the border "
            "pixel (odd kernels); and for strided layers whose size and kernel are multiples "
            "of the stride, padded periodically by kernel − stride. Other stride-1 "
            "convolutions satisfy it up to boundary effects; strided layers with other "
            "kernels do not anywhere.",
        ),
    ),
    Claim(
        id="theorem-4",
        where="Section 3.2",
        statement="In feedforward ReLU networks under (H), ‖∂_x f_k‖_2 does not depend on d; "
        "under (S) the coordinates of ∂_x f_k scale like 1/√d and Eq. 7 holds.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_3.feedforward_moments:check_theorem_4_moments"),
                SampledCheck("simulations.checks.section_3.feedforward:check_theorem_4"),
            )
        ),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="the mean square of ‖∂_x f_k‖_2 does not depend on d; under (S) the "
            "coordinates of ∂_x f_k scale like 1/√d, and Eq. 7 holds for fixed q < ∞ (tested "
            "for 1 ≤ q ≤ 4 on convolutional networks, on dense ones under theorem-3). Beside "
            "zero padding, where He initialization breaks H3, the norm grows with d towards "
            "its limit.",
        ),
    ),
    Claim(
        id="corollary-5",
        where="Section 3.2",
        statement="Successions of convolutions, strided or not, and dense layers under (H) have "
        "logit gradients whose coordinates scale like 1/√d, and satisfy Eq. 7.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_3.convolution_moments:check_corollary_5_moments"),
                SampledCheck("simulations.checks.section_3.strided_convolutions:check_corollary_5"),
            )
        ),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="under (S), and Eq. 7 for fixed q < ∞ (tested for 1 ≤ q ≤ 4); without (S) "
            "only the mean over the inputs of E[(∂_x f_k)²] is 1/d, and vulnerability need "
            "not grow: strides down to one pixel with kernels of 1 see a single pixel.",
        ),
    ),
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
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="under (S) before and after, H1, and padding that neither repeats a weight "
            "nor adds zeros, it divides every E[(∂_x f_k)²] by n, and so typical output "
            "gradients by √n; with real ReLUs by n^γ for each replaced convolution, γ within "
            "0.05 of 1/2 (tested for n = 4, 9, 16 and up to three), and loss gradients up to "
            "the change of the class probabilities q_k. The mean square of ‖∂_x f_k‖_2 is "
            "divided by n also without (S), with such padding.",
            used_in="its proof, Appendix A.2",
        ),
    ),
    Claim(
        id="section-3-3-one-pixel",
        where="Section 3.3",
        statement="Convolutions with average-pooling down to one pixel a channel make "
        "vulnerability to l_∞-attacks independent of the input resolution.",
        check=SampledCheck("simulations.checks.section_3.one_pixel:check_one_pixel"),
    ),
]
