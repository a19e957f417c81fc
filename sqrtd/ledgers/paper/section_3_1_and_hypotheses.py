"""Section 3, its core idea (3.1), and the hypotheses (H) of Section 3.2."""

from sqrtd.verdicts.checks import CombinedCheck, ExactCheck, SampledCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

HYPOTHESES = ("h1", "h2", "h3", "h4", "h5")
"""The ids of (H)."""

SECTION_3_1_AND_HYPOTHESES = [
    Claim(
        id="eq-6",
        where="Section 3",
        statement="If the coordinates of ∂_x L have one typical size |∂_x L|, then ε_p ‖∂_x L‖_q "
        "∝ ε_p d^(1/q) |∂_x L| ∝ d |∂_x L|, whatever the norm. (For independent, nearly normal "
        "coordinates that is so for every fixed q < ∞; at q = ∞ up to the factor √(log d) by which "
        "the largest outgrows the typical one.)",
        literal="For such coordinates there is no such factor at q = ∞, that is for l_1-attacks.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.section_2.thresholds:check_equation_6"),
                SampledCheck("simulations.checks.section_3.equation_6:check_equation_6"),
            )
        ),
        in_short="at q = ∞ not for random coordinates",
        rests_on=("eq-5",),
    ),
    Claim(
        id="section-3-condition",
        where="Section 3",
        statement="To be robust to any l_p-attack at any d, a network needs coordinates of ∂_x L "
        "that are of order 1/d or smaller: at 1/d the vulnerability at first order, ε_p ‖∂_x L‖_q, "
        "does not depend on d, and at d^(−0.99) it grows.",
        literal="At exactly 1/d it still grows, so that coordinates “must grow slower than 1/d”.",
        check=ExactCheck("theory.checks.section_3.growth_exponents:check_section_3_condition"),
        in_short="1/d is small enough",
        rests_on=("eq-6", "lemma-1-vulnerability"),
        proof_rests_on=("eq-6",),
    ),
    Claim(
        id="section-3-1",
        where="Section 3.1",
        statement="One linear neuron on all d inputs, with weights of variance 1/d: its gradient "
        "coordinates have size 1/√d, and its vulnerability at first order, ε_p ‖∂_x L‖_q, grows "
        "like √d.",
        check=SampledCheck("simulations.checks.section_3.dense_scaling:check_section_3_1"),
        rests_on=("lemma-1-vulnerability",),
        proof_rests_on=("eq-6",),
    ),
    Claim(
        id="h1",
        where="Section 3.2, hypotheses (H)",
        statement="There is one ReLU after each non-input neuron. It kills half of its inputs. "
        "That it does so independently of the weights is, at initialization, a very good "
        "approximation for what the theorems take from it: E[(∂_x f_k)²].",
        literal="A real ReLU kills its inputs independently of the weights.",
        margin="“a very good approximation” is read as 10 % of E[(∂_x f_k)²].",
        check=SampledCheck("simulations.checks.section_3.relu_killing:check_h1"),
        in_short="for E[(∂_x f_k)²] alone, without average-pooling",
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="It is, and for symmetric weights even exactly, in successions of dense and "
            "convolutional layers without average-pooling. With average-pooling (Theorem 6) real "
            "ReLUs make E[(∂_x f_k)²] larger: by about a quarter after one average over 8 x 8 "
            "pixels (4 and 8 channels), by about a sixth after three over 2 x 2 (16 channels). "
            "The reason is that neighbouring gates of one filter tend to be open together.",
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
        statement="All weights have expectation 0 and variance 2/in-degree. He initialization "
        "satisfies that by design.",
        check=ExactCheck("theory.checks.section_3.weight_hypotheses:check_h3"),
        in_short="no zero padding",
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="He initialization gives them variance 2/fan-in. That is 2/in-degree except "
            "beside zero padding, where a shared weight enters neurons of unequal in-degrees, so "
            "that no variance fits.",
        ),
    ),
    Claim(
        id="h4",
        where="Section 3.2, hypotheses (H)",
        statement="The weights of different layers are independent. Any usual initialization "
        "satisfies that by design.",
        check=ExactCheck("theory.checks.section_3.weight_hypotheses:check_h4"),
    ),
    Claim(
        id="h5",
        where="Section 3.2, hypotheses (H)",
        statement="Two weights of a same layer are uncorrelated, in the sense that the proof of "
        "Lemma 9 needs: two weights that enter one neuron. Any usual initialization satisfies "
        "that by design, weight sharing included.",
        literal="Any two weights w_p, w_p' on two edges of a layer are uncorrelated; in a "
        "convolution, whose edges share weights.",
        check=ExactCheck("theory.checks.section_3.weight_hypotheses:check_h5"),
        in_short="for weights into one neuron; as printed false under weight sharing",
    ),
    Claim(
        id="batch-norm-hypotheses",
        where="Section 3.2, below the hypotheses (H)",
        statement="After training, batch norms may enforce H1 and H3 as far as orders of magnitude "
        "go: a ReLU after a batch norm kills half of its inputs, and the weights over the standard "
        "deviations by which the batch norm divides have a variance of order 1/in-degree, "
        "whatever the size of the weights themselves. (Tested on layers with independent inputs "
        "and centred weights, and for H1 with weights of a moved mean; that weights stay centred "
        "and uncorrelated is not enforced.)",
        literal="That variance is 2/in-degree.",
        margin="“half” is read as within 2 points, and a variance as within 10 % of 1 over the "
        "in-degree and the variance of one input.",
        check=SampledCheck("simulations.checks.section_3.batch_norm:check_batch_norm"),
        in_short="of order 1/in-degree, not 2/in-degree",
        rests_on=("h1", "h3"),
    ),
]
