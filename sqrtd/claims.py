"""The paper's claims, in the paper's order, each with the function that puts it to the test."""

from collections.abc import Callable

from empirical.resolution import check_figure_1
from simulations.average_pooling import check_theorem_6
from simulations.dense_scaling import check_equation_7, check_section_3_1, check_theorem_3
from simulations.second_moment import check_equation_8
from sqrtd.ledger import INTERVAL_ERROR, Check, Claim
from theory.evidence import Evidence
from theory.path_lemmas import check_lemma_7, check_lemma_8

ALGEBRA = "no check yet: it is algebra or analysis, without networks"
EXACT = "no check yet: it can be settled exactly, on the network's DAG"
SAMPLED = "no check yet: it needs more than the one family of sampled networks"
TRAINED = "no check yet: it needs networks trained with the methods it compares"


def exact(check: Callable[..., Evidence]) -> Check:
    """Adapt a check of `theory`, which needs a seed for its examples."""
    return lambda settings, progress: check(seed=settings.seed, progress=progress)


def sampled(check: Callable[..., Evidence]) -> Check:
    """Adapt a check of `simulations`, which samples networks."""
    return lambda settings, progress: check(
        seed=settings.seed,
        error=INTERVAL_ERROR,
        budget=settings.budget,
        device=settings.device,
        progress=progress,
    )


def trained(check: Callable[..., Evidence]) -> Check:
    """Adapt a check of `empirical`, which trains on images."""
    return lambda settings, progress: check(
        settings.data,
        seed=settings.seed,
        error=INTERVAL_ERROR,
        budget=settings.budget,
        device=settings.device,
        progress=progress,
    )


CLAIMS = [
    Claim(
        id="definition-1",
        where="Section 2",
        statement="Adversarial vulnerability to ε-sized attacks is the probability, over inputs, "
        "that some perturbation of norm at most ε changes the predicted class; for a classifier "
        "of 100 % accuracy it is the average rise of the zero-one loss.",
        reason=ALGEBRA,
    ),
    Claim(
        id="eq-1",
        where="Section 2, Definition 1",
        statement="A successful attack δ has ‖δ‖ ≤ ε and φ(x) ≠ φ(x + δ).",
        reason="a definition: nothing to check",
    ),
    Claim(
        id="eq-2",
        where="Section 2",
        statement="At first order in ε, the largest change of the loss over ‖δ‖ ≤ ε is "
        "ε times the dual norm of ∂_x L.",
        reason=ALGEBRA,
    ),
    Claim(
        id="lemma-1",
        where="Section 2",
        statement="At first order, an ε-sized attack raises the loss by ε times the dual norm of "
        "∂_x L; for an l_p-attack that is the l_q-norm with 1/p + 1/q = 1, for 1 ≤ p ≤ ∞.",
        reason=ALGEBRA,
    ),
    Claim(
        id="eq-3",
        where="Section 2",
        statement="The loss after an ε/2-sized attack is, at first order, the loss plus ε/2 times "
        "the dual norm of ∂_x L.",
        reason=ALGEBRA,
    ),
    Claim(
        id="eq-4",
        where="Section 2",
        statement="Adversarially augmented training minimizes the mean of the loss at x and the "
        "loss at x + ε δ, with δ as in Eq. 2.",
        reason=ALGEBRA,
    ),
    Claim(
        id="proposition-2",
        where="Section 2",
        statement="At first order in ε, the losses of Eq. 3 and Eq. 4 are equal: training on "
        "l_2-attacks is double-backpropagation, training on FGSM attacks an l_1-penalty.",
        reason=ALGEBRA,
    ),
    Claim(
        id="eq-5",
        where="Section 2",
        statement="At a given size of perturbation per pixel, the l_p-norm of a perturbation "
        "scales like d^(1/p): ε_p = ε_∞ d^(1/p).",
        reason=ALGEBRA,
    ),
    Claim(
        id="eq-6",
        where="Section 3",
        statement="ε_p ‖∂_x L‖_q ∝ ε_p d^(1/q) |∂_x L| ∝ d |∂_x L|, whatever the norm.",
        reason=ALGEBRA,
    ),
    Claim(
        id="section-3-1",
        where="Section 3.1",
        statement="One linear neuron on all d inputs, with weights of variance 1/d: its gradient "
        "coordinates have size 1/√d, and its vulnerability grows like √d.",
        check=sampled(check_section_3_1),
    ),
    Claim(
        id="h1",
        where="Section 3.2, hypotheses (H)",
        statement="There is one ReLU after each non-input neuron, which kills half of its inputs, "
        "independently of the weights; at initialization a very good approximation.",
        reason=SAMPLED,
    ),
    Claim(
        id="h2",
        where="Section 3.2, hypotheses (H)",
        statement="Neurons are partitioned into layers that each path traverses at most once.",
        reason=EXACT,
    ),
    Claim(
        id="h3",
        where="Section 3.2, hypotheses (H)",
        statement="All weights have expectation 0 and variance 2/in-degree; satisfied by He "
        "initialization.",
        reason=EXACT,
    ),
    Claim(
        id="h4",
        where="Section 3.2, hypotheses (H)",
        statement="The weights of different layers are independent; satisfied at initialization.",
        reason=EXACT,
    ),
    Claim(
        id="h5",
        where="Section 3.2, hypotheses (H)",
        statement="Two weights of a same layer are uncorrelated; satisfied at initialization.",
        reason=EXACT,
    ),
    Claim(
        id="theorem-3",
        where="Section 3.2",
        statement="In fully connected ReLU networks under (H), the coordinates of ∂_x f_k scale "
        "like 1/√d, and Eq. 7 holds: vulnerability to any l_p-attack grows with d.",
        check=sampled(check_theorem_3),
        corrected="the coordinates of ∂_x f_k scale like 1/√d, and Eq. 7 holds for 1 ≤ q < ∞; at "
        "q = ∞ the maximum of d coordinates brings a further factor that grows like √(log d).",
    ),
    Claim(
        id="eq-7",
        where="Section 3.2, Theorem 3",
        statement="‖∂_x L‖_q ∝ d^(1/q − 1/2) and ε_p ‖∂_x L‖_q ∝ √d, for every dual pair p, q.",
        check=sampled(check_equation_7),
        corrected="for 1 ≤ q < ∞; at q = ∞ (l_1-attacks) both carry the factor that the expected "
        "maximum of d coordinates has over their size, which grows like √(log d).",
    ),
    Claim(
        id="eq-8",
        where="Section 3.2, proof of Theorem 3",
        statement="E[(∂_x f_k)²] = 1/d: the number of paths times the product of 2/in-degree "
        "(weights) and 1/2 (ReLUs, one after the logit included).",
        check=sampled(check_equation_8),
    ),
    Claim(
        id="eq-9",
        where="Section 3.2, proof of Theorem 3",
        statement="∂_x L = (1 − q_c) ∂_x f_c − Σ_{k≠c} q_k ∂_x f_k, with ∂_k L = −q_k for k ≠ c "
        "and 1 − q_c for k = c.",
        reason=ALGEBRA,
    ),
    Claim(
        id="remark-1",
        where="Section 3.2",
        statement="The norm of ∂_x L is controlled by the total error probability 1 − q_c.",
        reason=ALGEBRA,
    ),
    Claim(
        id="eq-10",
        where="Section 3.2, Remark 1",
        statement="∂_x L = Σ_k q_k (∂_x f_c − ∂_x f_k).",
        reason=ALGEBRA,
    ),
    Claim(
        id="assumption-s",
        where="Section 3.2",
        statement="(S), all inputs have the same multiset of path-degrees, holds exactly for "
        "fully connected networks and for strided layers if the layer size is a multiple of the "
        "stride, and up to boundary effects for CNNs.",
        reason=EXACT,
    ),
    Claim(
        id="theorem-4",
        where="Section 3.2",
        statement="In feedforward ReLU networks under (H), ‖∂_x f_k‖_2 does not depend on d; "
        "under (S) the coordinates of ∂_x f_k scale like 1/√d and Eq. 7 holds.",
        reason=SAMPLED,
    ),
    Claim(
        id="corollary-5",
        where="Section 3.2",
        statement="Successions of convolutions, strided or not, and dense layers under (H) have "
        "logit gradients whose coordinates scale like 1/√d, and satisfy Eq. 7.",
        reason=SAMPLED,
    ),
    Claim(
        id="theorem-6",
        where="Section 3.3",
        statement="Replacing a strided convolution, which keeps 1 neuron of n, by one of stride 1 "
        "and an average-pooling over n neurons divides all output and loss gradients by n.",
        check=sampled(check_theorem_6),
        corrected="it divides the variance of output gradients by n, and so their typical size by "
        "√n; loss gradients likewise, up to the change of the class probabilities q_k.",
    ),
    Claim(
        id="figure-1",
        where="Section 4.1",
        statement="After training, both the mean of ‖∂_x L‖_1 and adversarial vulnerability grow "
        "almost linearly with √d.",
        check=trained(check_figure_1),
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
        id="figure-3",
        where="Section 4.3",
        statement="Networks with average-pooling are more robust than those with strides or "
        "max-pooling, at nearly the same accuracy.",
        reason=TRAINED,
    ),
    Claim(
        id="lemma-7",
        where="Appendix A.1",
        statement="For any leaf o of a DAG, the products of 1/in-degree along the paths to o, "
        "summed over all paths and all inputs, add to 1.",
        check=exact(check_lemma_7),
    ),
    Claim(
        id="eq-11",
        where="Appendix A.1, Lemma 7",
        statement="Σ_x Σ_{p ∈ P(x,o)} Π_{p ∈ p̃} 1/d_p = 1.",
        check=exact(check_lemma_7),
    ),
    Claim(
        id="lemma-8",
        where="Appendix A.1",
        statement="Under (S) the path sum of each of the d inputs is 1/d.",
        check=exact(check_lemma_8),
    ),
    Claim(
        id="eq-12",
        where="Appendix A.1, Lemma 8",
        statement="Σ_{p ∈ P(x,o)} Π_{p ∈ p̃} 1/d_p = 1/d for every input x, under (S).",
        check=exact(check_lemma_8),
    ),
    Claim(
        id="lemma-9",
        where="Appendix A.1",
        statement="Under (H), a path-product has expectation 0, two distinct ones are "
        "uncorrelated, and the variance of one is the product of its weights' variances.",
        reason=EXACT,
    ),
    Claim(
        id="eq-13",
        where="Appendix A.1, proof of Theorem 4",
        statement="E[(∂_x o)²] = Σ_p Π E[w_p²] E[σ_p²] = Σ_p Π (2/d_p)(1/2) = 1/d.",
        reason=EXACT,
    ),
    Claim(
        id="lemma-10",
        where="Appendix A.2",
        statement="Lemma 9 still holds after replacing strided convolutions by non-strided ones "
        "followed by average-pooling.",
        reason=EXACT,
    ),
    Claim(
        id="eq-14",
        where="Appendix B",
        statement="The smallest l_p-perturbation that fools the classifier is larger than the "
        "smallest, over k ≠ c, of the margin f_c − f_k over the largest l_q-norm of its gradient "
        "in the ε-ball.",
        reason=ALGEBRA,
    ),
    Claim(
        id="eq-15",
        where="Appendix B",
        statement="The cross-Lipschitz regularizer is the mean over all pairs of classes of the "
        "squared l_2-norm of the difference of their logit gradients.",
        reason="a definition: nothing to check",
    ),
    Claim(
        id="eq-16",
        where="Appendix B",
        statement="‖∂_x L‖_2² = Σ_{k,h} q_k q_h (∂_x f_c − ∂_x f_k) · (∂_x f_c − ∂_x f_h).",
        reason=ALGEBRA,
    ),
    Claim(
        id="eq-17",
        where="Appendix C",
        statement="An l_p-attack never exceeds a signal-to-noise threshold 1/ε if "
        "ε_p = ε ‖x‖_2 d^(1/p − 1/2), which gives again ε_p = ε_∞ d^(1/p).",
        reason=ALGEBRA,
    ),
    Claim(
        id="appendix-d",
        where="Appendix D",
        statement="Back-propagating through the attack as well makes no significant difference "
        "to adversarially augmented training.",
        reason=TRAINED,
    ),
]
