"""Section 5, related literature, and Section 6, conclusion."""

from sqrtd.ledgers.paper import section_4_2, section_4_3
from sqrtd.verdicts.checks import ExactCheck, RecordedCheck, TrainedCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

FIRST_ORDER = (
    "The real damage within a tenth of ε E‖∂_x L‖_1, half-way to what another norm gives in place "
    "of the l_1-norm."
)

SECTION_5_AND_6 = [
    Claim(
        id="section-5-dimension-independent",
        where="Section 5",
        statement="In the model of one output and many inputs, with dimension-independent weights, "
        "vulnerability grows linearly with d; a dimension-dependent initialization makes it √d "
        "(l_∞- and l_2-attacks).",
        check=ExactCheck(
            "theory.checks.section_5.dimension_independent:check_dimension_independent"
        ),
        rests_on=("lemma-1", "eq-5"),
    ),
    Claim(
        id="section-5-class-switches",
        where="Section 5",
        statement="Unlike cross-Lipschitz, the penalty on ∂_x L ignores switches between wrong "
        "classes, and penalizes only switches that reduce the accuracy.",
        check=ExactCheck("theory.checks.section_5.class_switches:check_class_switches"),
        in_short="images classified right",
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="It ignores switches between two wrong classes. At images that are "
            "classified right, it penalizes only switches that reduce the accuracy. At images that "
            "are classified wrong, it penalizes the switch to the true class, and there most of "
            "all.",
        ),
        rests_on=("eq-15", "eq-16"),
    ),
    Claim(
        id="section-5-trade-off-theory",
        where="Section 5",
        statement="In theory, the penalty on ∂_x L has better accuracy-to-vulnerability ratios "
        "than cross-Lipschitz.",
        check=ExactCheck("theory.checks.section_5.trade_off:check_trade_off"),
        in_short="of the mean loss and its first-order rise, not of accuracy and vulnerability",
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="with the mean loss in the place of accuracy and its first-order rise "
            "ε E‖∂_x L‖ in the place of vulnerability, as in Section 2: then no classifier has "
            "both smaller than the one of the smallest loss plus penalty. In accuracy and "
            "vulnerability themselves cross-Lipschitz can be better: of two classifiers of 100 % "
            "accuracy, the penalty may choose the more vulnerable one, whose confidence makes "
            "∂_x L small.",
        ),
        rests_on=("lemma-1-vulnerability", "section-5-class-switches"),
    ),
    Claim(
        id="lemma-1-trained",
        where="Section 5; Lemma 1 after training",
        statement="A small FGSM-attack raises the loss of trained networks by ε E‖∂_x L‖_1: by the "
        "dual norm of l_∞, and no other.",
        check=TrainedCheck(
            "figure-1",
            "small-attack",
            "empirical.checks.first_order_damage:check_lemma_1_trained",
        ),
        margin=FIRST_ORDER,
        scale="Lemma 1 is about any network. Here: handwritten digits, 4 blocks of 16 channels, 4 "
        "epochs, and an attack of a tenth of the size that measures vulnerability on them.",
        rests_on=("lemma-1",),
    ),
    Claim(
        id="first-order-damage",
        where="Section 5",
        statement="A first-order expansion explains the vulnerability of trained networks: FGSM at "
        "the measuring ε raises the loss by ε E‖∂_x L‖_1.",
        check=RecordedCheck(
            "figure-3", "empirical.checks.first_order_damage:check_lemma_1_trained"
        ),
        margin=FIRST_ORDER,
        scale=section_4_3.SCALE,
        rests_on=("lemma-1", "lemma-1-trained"),
    ),
    Claim(
        id="section-5-trade-off-practice",
        where="Section 5",
        statement="In practice, penalties on ∂_x L achieve better accuracies at equal "
        "vulnerability than the cross-Lipschitz penalty.",
        check=RecordedCheck("figure-2", "empirical.checks.trade_off:check_cross_lipschitz"),
        scale=section_4_2.SCALE,
        rests_on=("definition-1", "eq-15"),
    ),
    Claim(
        id="section-6-all-tricks",
        where="Section 6",
        statement="Even with all of these tricks combined, average-poolings and training against "
        "attacks, networks remain surprisingly vulnerable.",
        reason="no recorded networks combine them, but `sqrtd train "
        "docs/experiments/all-tricks.toml` trains some, beside plain ones; the paper gives no "
        "figure that would say from where on their vulnerability is surprising",
        rests_on=("definition-1",),
    ),
]
