"""Section 2: from adversarial examples to large gradients."""

from sqrtd.verdicts.checks import ExactCheck
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
        id="lemma-1",
        where="Section 2",
        statement="At first order, an ε-sized attack raises the loss by ε times the dual norm of "
        "∂_x L; for an l_p-attack that is the l_q-norm with 1/p + 1/q = 1, for 1 ≤ p ≤ ∞.",
        check=ExactCheck("theory.checks.section_2.first_order:check_lemma_1"),
    ),
    Claim(
        id="lemma-1-vulnerability",
        where="Section 2, Lemma 1",
        statement="Consequently the adversarial vulnerability of a classifier to ε-sized "
        "attacks can be evaluated by ε times the mean dual norm of ∂_x L.",
        check=ExactCheck("theory.checks.section_2.vulnerability:check_lemma_1_vulnerability"),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="that is the mean rise of the loss; the probability of a wrong class after "
            "the attack is at most E[L(x + δ)] / log 2.",
        ),
    ),
    Claim(
        id="eq-3",
        where="Section 2",
        statement="The loss after an ε/2-sized attack is, at first order, the loss plus ε/2 times "
        "the dual norm of ∂_x L.",
        check=ExactCheck("theory.checks.section_2.augmented_training:check_equation_3"),
    ),
    Claim(
        id="eq-4",
        where="Section 2",
        statement="Adversarially augmented training minimizes the mean of the loss at x and the "
        "loss at x + ε δ, with δ as in Eq. 2.",
        check=ExactCheck("theory.checks.section_2.augmented_training:check_equation_4"),
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="the mean of the loss at x and the loss at x + δ, where δ maximizes L(x + "
            "δ) over ‖δ‖ ≤ ε: δ has size ε already, and it is the rise of the loss that it "
            "maximizes, not the |ΔL| of Eq. 2.",
            used_in="the text before it: x + δ",
        ),
    ),
    Claim(
        id="proposition-2",
        where="Section 2",
        statement="At first order in ε, the losses of Eq. 3 and Eq. 4 are equal: training on "
        "l_2-attacks is double-backpropagation, training on FGSM attacks an l_1-penalty.",
        check=ExactCheck("theory.checks.section_2.augmented_training:check_proposition_2"),
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="with x + δ in Eq. 4, the losses of Eq. 3 and Eq. 4 are equal at first "
            "order: l_2-attacks penalize ‖∂_x L‖_2 itself (double-backpropagation its "
            "square), FGSM attacks ‖∂_x L‖_1, with weight ε/2.",
            used_in="the text before Eq. 4",
        ),
    ),
    Claim(
        id="eq-5",
        where="Section 2",
        statement="At a given size of perturbation per pixel, the l_p-norm of a perturbation "
        "scales like d^(1/p): ε_p = ε_∞ d^(1/p).",
        check=ExactCheck("theory.checks.section_2.thresholds:check_equation_5"),
    ),
]
