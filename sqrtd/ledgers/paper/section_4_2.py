"""Section 4.2: gradient penalties and adversarial augmentation."""

from sqrtd.ledgers.paper.figures import FIGURES
from sqrtd.verdicts.checks import RecordedCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

SCALE = (
    "The paper: CIFAR-10 at 32 pixels a side, 5 blocks of 64 channels, one network a method and "
    "strength; its published code trains 200 epochs. Here, by the cpu preset: 16 pixels a side, 5 "
    "blocks of 16 channels, ten epochs or fewer on a part of the images."
)
SUPERPOSED = (
    "Curves coincide where norms and vulnerabilities differ by less than a factor of 1.25 and "
    "accuracies by less than 3 points."
)
SMALL = "Small ε have ε E‖∂_x L‖_1 ≤ 1/2 on plainly trained networks."

FIGURE_2 = [
    Claim(
        id="figure-2-dual-pairs",
        where="Section 4.2, Proposition 2",
        statement="At small ε, of which Proposition 2 speaks, the curves of adversarial "
        "augmentation (p = ∞, 2) and of the dual gradient penalty (q = 1, 2) match in norm, "
        "vulnerability and accuracy.",
        literal="The whole curves of the upper row match excellently, at every ε.",
        check=RecordedCheck(
            "figure-2", "empirical.checks.dual_pairs:check_dual_pairs", drawing=FIGURES["figure-2"]
        ),
        margin=f"{SUPERPOSED} {SMALL}",
        scale=SCALE,
        rests_on=("eq-3", "eq-4"),
    ),
    Claim(
        id="figure-2-rescaling",
        where="Section 4.2, Eq. 5",
        statement="With ε_p = ε_∞ d^(1/p) the curves of p = 2 and p = ∞ get almost superimposed at "
        "small ε.",
        literal="They get almost superimposed at every ε.",
        check=RecordedCheck("figure-2", "empirical.checks.rescaling:check_rescaling"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="The l_2-threshold that brings the norm curves together at small ε is "
            "ε_∞ d^γ, with γ within 0.1 of 1/2.",
        ),
        margin=f"{SUPERPOSED} {SMALL}",
        scale=SCALE,
        rests_on=("eq-5",),
    ),
    Claim(
        id="figure-2-decrease",
        where="Section 4.2, Figures 2a and 2b",
        statement="The norm of ∂_x L and vulnerability steadily decrease with growing ε: over the "
        "whole range for each method, and over its weaker and its stronger half in the mean of "
        "the methods.",
        check=RecordedCheck("figure-2", "empirical.checks.steady_decrease:check_steady_decrease"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED, statement="they decrease over the whole range."
        ),
        scale=SCALE,
        rests_on=("definition-1",),
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
        margin="“Tumbles” as a fall by 2 points or more.",
        scale=SCALE,
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
            statement="almost a function, from which single methods lie off by more than a "
            "quarter.",
        ),
        margin="“Almost a function” as a rank correlation of 0.9 or more, “whatever the method” as "
        "each within a quarter of the curve of the others.",
        scale=SCALE,
        rests_on=("definition-1",),
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
        margin="“Almost perfect linear relation” as a power within 0.1 of 1, equal slopes as "
        "within a tenth.",
        scale=SCALE,
    ),
    Claim(
        id="figure-2e-explanation",
        where="Section 4.2, Eq. 6",
        statement="The l_1- and l_2-norms are proportional because the coordinates of ∂_x L behave "
        "like centred ones of equal variance. If these are nearly normal, too, the slope is "
        "√(π/(2d)).",
        literal="The slope is √(π/(2d)) exactly.",
        check=RecordedCheck(
            "figure-2", "empirical.checks.proportional_norms:check_equal_variances"
        ),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="the slope exceeds √(π/(2d)): the coordinates of one gradient are unequal.",
        ),
        margin="The slope within 6 % of √(π/(2d)), half-way to that of Laplace's law, under which "
        "variances differ exponentially.",
        scale=SCALE,
        rests_on=("eq-6", "figure-2e-proportional"),
        explains="figure-2e-proportional",
    ),
    Claim(
        id="figure-2-penalty-norm",
        where="Section 4.2, Figures 2d and 2f",
        statement="The penalty's norm does not matter: the curves of q = 1 and q = 2 are almost "
        "identical.",
        check=RecordedCheck("figure-2", "empirical.checks.penalty_norm:check_penalty_norm"),
        margin="“Almost identical” as vulnerabilities within a quarter and accuracies within 3 "
        "points.",
        scale=SCALE,
        rests_on=("eq-3",),
    ),
    Claim(
        id="other-norms",
        where="Sections 2 and 4.2, caption of Figure 2e",
        statement="Training with one norm also protects against attacks of the other: l_2-attacks "
        "and the l_2-penalty against FGSM, FGSM and the l_1-penalty against l_2-attacks. "
        "(Further norms are not tried.)",
        check=RecordedCheck("figure-2", "empirical.checks.other_norms:check_other_norms"),
        margin="“Protects” as a vulnerability at least a tenth smaller than plain training's.",
        scale=SCALE,
        rests_on=("definition-1",),
    ),
    Claim(
        id="figure-2f-plateau",
        where="Section 4.2, Figure 2f",
        statement="Vulnerability can be massively driven down without losing accuracy, in the mean "
        "of penalties and augmentations.",
        literal="It can by each of these methods.",
        check=RecordedCheck("figure-2", "empirical.checks.trade_off:check_plateau"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED, statement="halved at a loss of at most 3 points."
        ),
        margin="“Massively” as halved, “without losing” as at a loss of at most 1 point.",
        scale=SCALE,
        rests_on=("definition-1",),
    ),
    Claim(
        id="figure-2f-best",
        where="Section 4.2, Figure 2f",
        statement="All methods perform equally well at small ε; at large ε, augmentation by "
        "FGSM has the best accuracy at equal vulnerability.",
        check=RecordedCheck("figure-2", "empirical.checks.trade_off:check_best_ratios"),
        margin="“Equally well” as accuracies within 3 points over the weaker half of the "
        "strengths; “large” as the stronger half.",
        scale=SCALE,
        rests_on=("definition-1",),
    ),
    Claim(
        id="figure-2f-methods",
        where="Section 4.2, caption of Figure 2f",
        statement="All methods perform similarly at small ε; at large ε, both adversarial "
        "augmentations have better accuracies at equal vulnerability than the penalties and "
        "cross-Lipschitz regularization.",
        check=RecordedCheck("figure-2", "empirical.checks.trade_off:check_best_methods"),
        margin="“Similarly” as accuracies within 3 points over the weaker half of the strengths; "
        "“large” as the stronger half.",
        scale=SCALE,
        rests_on=("definition-1",),
    ),
    Claim(
        id="higher-orders",
        where="Section 4.2",
        statement="Higher orders of the loss in ε, which augmentation takes into account and "
        "penalties do not, might explain why augmentation performs better at large ε.",
        reason="deciding it takes networks trained with a second-order penalty beside the "
        "first-order ones, a method that `sqrtd train` lacks; the paper offers it as a possibility",
        rests_on=("figure-2f-methods", "proposition-2"),
        explains="figure-2f-methods",
    ),
]
