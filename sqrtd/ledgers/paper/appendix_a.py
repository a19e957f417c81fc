"""Appendix A: the proofs."""

from sqrtd.verdicts.checks import CombinedCheck, ExactCheck, SampledCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

APPENDIX_A = [
    Claim(
        id="lemma-7",
        where="Appendix A.1",
        statement="For any leaf o of a DAG, the products of 1/in-degree along paths to o, "
        "over all paths and all inputs, add to 1.",
        proof="lemma_7:lemma_7",
        check=ExactCheck("theory.checks.appendices.path_lemmas:check_lemma_7"),
    ),
    Claim(
        id="eq-11",
        repeats="lemma-7",
        where="Appendix A.1, Lemma 7",
        statement="Σ_x Σ_{p ∈ P(x,o)} Π_{p ∈ p̃} 1/d_p = 1.",
        proof="lemma_7:lemma_7",
        check=ExactCheck("theory.checks.appendices.path_lemmas:check_lemma_7"),
    ),
    Claim(
        id="lemma-8",
        where="Appendix A.1",
        statement="Under (S) the path sum of each of the d inputs is 1/d.",
        proof="lemma_8:lemma_8",
        check=ExactCheck("theory.checks.appendices.path_lemmas:check_lemma_8"),
        rests_on=("assumption-s",),
        proof_rests_on=("lemma-7",),
    ),
    Claim(
        id="eq-12",
        repeats="lemma-8",
        where="Appendix A.1, Lemma 8",
        statement="Σ_{p ∈ P(x,o)} Π_{p ∈ p̃} 1/d_p = 1/d for every input x, under (S).",
        proof="lemma_8:lemma_8",
        check=ExactCheck("theory.checks.appendices.path_lemmas:check_lemma_8"),
        rests_on=("assumption-s",),
        proof_rests_on=("eq-11",),
    ),
    Claim(
        id="lemma-9",
        where="Appendix A.1",
        statement="Under (H), with H5 for weights that enter one neuron, a path-product has "
        "expectation 0, two distinct ones to one node are uncorrelated, and the variance "
        "of one is the product of its weights' variances.",
        literal="Any two distinct path-products are uncorrelated, also those that end at two "
        "neurons of one filter, which share its weights.",
        check=ExactCheck("theory.checks.appendices.path_product_lemmas:check_lemma_9"),
        in_short="for paths to one node; as printed false under weight sharing",
        rests_on=("h2", "h3", "h4", "h5"),
        proof_rests_on=("h2", "h3", "h4", "h5"),
    ),
    Claim(
        id="eq-13",
        where="Appendix A.1, proof of Theorem 4",
        statement="E[(∂_x o)²] = Σ_p Π E[w_p²] E[σ_p²] = Σ_p Π (2/d_p)(1/2) under (H), and = 1/d "
        "under (S), too. Without (S) the sum over all inputs is 1.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.appendices.equation_13:check_equation_13"),
                SampledCheck("simulations.checks.appendices.equation_13:check_equation_13"),
            )
        ),
        rests_on=("h1", "h3", "assumption-s"),
        proof_rests_on=("h1", "h3", "lemma-7", "lemma-8", "lemma-9"),
    ),
    Claim(
        id="appendix-a-1-exponent",
        where="Appendix A.1, proof of Theorem 4",
        statement="Coordinates of size 1/√d give ‖∂_x o‖_q the size d^(1/2 − 1/q).",
        check=ExactCheck("theory.checks.section_3.growth_exponents:check_appendix_a1_exponent"),
        in_short="the sign of the exponent: d^(1/q − 1/2)",
        correction=Correction(
            kind=Verdict.MISPRINT,
            statement="The exponent has the opposite sign: d^(1/q − 1/2).",
            used_in="Eq. 7",
        ),
    ),
    Claim(
        id="lemma-10",
        where="Appendix A.2",
        statement="Lemma 9 still holds, for paths from one input to one output, after replacing "
        "strided convolutions by non-strided ones followed by average-pooling.",
        check=ExactCheck("theory.checks.appendices.path_product_lemmas:check_lemma_10"),
        in_short="no padding, zero padding, or periodic padding that does not enlarge the layer; "
        "averages do not overlap",
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="It holds where two weights that leave one neuron are uncorrelated, too: "
            "without padding, with zero padding, and with periodic padding that does not enlarge "
            "the layer, if averages do not overlap. Mirror padding copies a border pixel, which "
            "then leaves twice over one weight: one input, mirrored, under a convolution of kernel "
            "2 and an average over 2 is enough. (Its proof works from the input, not from o.)",
        ),
        rests_on=("h2", "h3", "h4", "h5"),
        proof_rests_on=("h3", "h4", "h5", "lemma-9"),
    ),
]
