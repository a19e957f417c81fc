"""Section 5, related literature, and Section 6, conclusion."""

from sqrtd.verdicts.checks import ExactCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

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
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="it ignores switches between two wrong classes, and penalizes only those "
            "that reduce the accuracy at images that are classified right. At the others it "
            "penalizes the switch to the true class, and most there.",
        ),
        rests_on=("eq-15", "eq-16"),
    ),
    Claim(
        id="section-5-trade-off-theory",
        where="Section 5",
        statement="In theory, the penalty on ∂_x L has better accuracy-to-vulnerability ratios "
        "than cross-Lipschitz.",
        check=ExactCheck("theory.checks.section_5.trade_off:check_trade_off"),
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
]
