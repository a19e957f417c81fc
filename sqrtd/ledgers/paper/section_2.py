"""Section 2: from adversarial examples to large gradients."""

from sqrtd.verdicts.checks import CombinedCheck, ExactCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

SECTION_2 = [
    Claim(
        id="definition-1",
        where="Section 2",
        statement="Adversarial vulnerability to ε-sized attacks is the probability, over inputs, "
        "that some perturbation of norm at most ε changes the predicted class; for a classifier "
        "of 100 % accuracy it is the average rise of the zero-one loss.",
        check=ExactCheck("theory.checks.section_2.vulnerability:check_definition_1"),
    ),
    Claim(
        id="eq-1",
        repeats="definition-1",
        where="Section 2, Definition 1",
        statement="A successful attack δ has ‖δ‖ ≤ ε and φ(x) ≠ φ(x + δ): a definition; tested is "
        "what the text says of the vulnerability that it defines.",
        check=ExactCheck("theory.checks.section_2.vulnerability:check_definition_1"),
    ),
    Claim(
        id="eq-2",
        where="Section 2",
        statement="At first order in ε, the largest change of the loss over ‖δ‖ ≤ ε is "
        "ε times the dual norm of ∂_x L.",
        check=ExactCheck("theory.checks.section_2.first_order:check_equation_2"),
    ),
    Claim(
        id="section-2-random-noise",
        where="Section 2, after Eq. 2",
        statement="Under an attack the coordinates of ∂_x L add up; under random noise they "
        "cancel. An l_2-attack changes the loss √d times as much as noise of the same size. An "
        "l_∞-attack does so where the coordinates of ∂_x L are of equal size.",
        check=ExactCheck("theory.checks.section_2.random_noise:check_random_noise"),
        rests_on=("eq-2",),
    ),
    Claim(
        id="section-2-large-gradients",
        where="Section 2, before Lemma 1",
        statement="Whatever the higher-order terms, if the loss surface has large gradients, the "
        "net is vulnerable: where ‖∂_x L‖ is at least G all over the ball of size ε, an attack "
        "raises the loss by at least ε G.",
        literal="The gradient of the image itself is what has to be large.",
        check=ExactCheck("theory.checks.section_2.large_gradients:check_large_gradients"),
        in_short="large all over the ball, not at the image alone",
        rests_on=("definition-1",),
    ),
    Claim(
        id="lemma-1",
        where="Section 2",
        statement="At first order, an ε-sized attack raises the loss by ε times the dual norm of "
        "∂_x L; for an l_p-attack that is the l_q-norm with 1/p + 1/q = 1, for 1 ≤ p ≤ ∞. (This is "
        "on small attacks. On trained networks lemma-1-trained measures it for attacks of a tenth "
        "of the size that measures vulnerability, first-order-damage and figure-1-damping-reason "
        "for those of that size.)",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_2.first_order:check_lemma_1"),
                ExactCheck("empirical.checks.section_2.measuring:check_lemma_1_in_measuring"),
            )
        ),
        proof_rests_on=("eq-2",),
    ),
    Claim(
        id="lemma-1-vulnerability",
        where="Section 2, Lemma 1",
        statement="If the loss rises under attack as the zero-one loss does, as the paper asks its "
        "reader to grant, the relevant vulnerability (the mean rise of the "
        "zero-one loss) is ε times the mean dual norm of ∂_x L at first order. The error is at "
        "most the gap between the rises of the two losses. (This follows from Lemma 1.)",
        literal="Without that premise, ε times the mean dual norm of ∂_x L is the adversarial "
        "vulnerability of a trained classifier.",
        check=ExactCheck("theory.checks.section_2.vulnerability:check_lemma_1_vulnerability"),
        in_short="only if the loss rises as the zero-one loss does",
        rests_on=("definition-1", "lemma-1"),
        proof_rests_on=("lemma-1",),
    ),
    Claim(
        id="eq-3",
        where="Section 2",
        statement="The loss after an ε/2-sized attack is, at first order, the loss plus ε/2 times "
        "the dual norm of ∂_x L.",
        check=ExactCheck("theory.checks.section_2.augmented_training:check_equation_3"),
        proof_rests_on=("lemma-1",),
    ),
    Claim(
        id="eq-4",
        where="Section 2",
        statement="Training with ε-sized attacks minimizes the mean of the loss at x and the loss "
        "at x + ε δ, with δ as in Eq. 2, so of size ε.",
        literal="“By construction δ satisfies Equation 2”, where |L(x + δ) − L(x)| is largest: it "
        "raises the loss.",
        check=ExactCheck("theory.checks.section_2.augmented_training:check_equation_4"),
        in_short="x + δ, not x + ε δ",
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="the mean of the loss at x and the loss at x + δ, where δ raises the loss "
            "most over ‖δ‖ ≤ ε. (With x + ε δ, the δ has to have the size 1.)",
            used_in="the sentence before it: “ε-sized attacks x + δ”",
        ),
        rests_on=("eq-2",),
    ),
    Claim(
        id="proposition-2",
        where="Section 2",
        statement="At first order in ε, the losses of Eq. 3 and of Eq. 4 (at x + δ) are equal: "
        "training on attacks penalizes the dual norm of ∂_x L with weight ε/2, its l_2-norm for "
        "l_2-attacks, its l_1-norm for FGSM attacks.",
        literal="With Eq. 4 as it is printed, at x + ε δ; and l_2-attacks correspond to "
        "double-backpropagation itself, which penalizes the square of ‖∂_x L‖_2.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_2.augmented_training:check_proposition_2"),
                ExactCheck("empirical.checks.section_2.objectives:check_proposition_2_in_training"),
            )
        ),
        in_short="not with Eq. 4 as printed, nor for double-backpropagation's square",
        rests_on=("eq-3", "eq-4"),
        proof_rests_on=("eq-2",),
    ),
    Claim(
        id="section-2-tikhonov",
        where="Section 2, after Proposition 2",
        statement="Tikhonov regularization amounts to training with random noise (Bishop, 1995): "
        "in a linear model under squared loss, noise adds a multiple of ‖w‖_2² to the mean loss.",
        check=ExactCheck("theory.checks.section_2.random_noise:check_tikhonov"),
    ),
    Claim(
        id="eq-5",
        where="Section 2",
        statement="At a given size of perturbation per pixel, the l_p-norm of a perturbation "
        "scales like d^(1/p): ε_p = ε_∞ d^(1/p).",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_2.thresholds:check_equation_5"),
                ExactCheck("empirical.checks.section_2.objectives:check_equation_5_in_training"),
            )
        ),
    ),
    Claim(
        id="section-2-signal-to-noise",
        where="Section 2, after Eq. 5",
        statement="With ε_p = ε_∞ d^(1/p), attacks of all norms and in all dimensions have the "
        "same average signal-to-noise ratio ‖x‖_2 / ‖δ‖_2 (images of one mean square, gradients of "
        "normal coordinates, 2 ≤ p ≤ ∞).",
        literal="Also for p = 1, where the attack changes a single pixel by ε_∞ d.",
        check=ExactCheck("theory.checks.appendices.signal_to_noise:check_average_ratio"),
        in_short="p ≥ 2, not p = 1",
        margin="“preserves” as within 10 %.",
        rests_on=("eq-5", "appendix-c-mean-square"),
    ),
]
