"""Appendix A: the proofs."""

from sqrtd.verdicts.checks import CombinedCheck, ExactCheck, SampledCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

APPENDIX_A = [
    Claim(
        id="lemma-7",
        where="Appendix A.1",
        statement="For any leaf o of a DAG, the products of 1/in-degree along the paths to o, "
        "summed over all paths and all inputs, add to 1.",
        check=ExactCheck("theory.checks.appendices.path_lemmas:check_lemma_7"),
    ),
    Claim(
        id="eq-11",
        repeats="lemma-7",
        where="Appendix A.1, Lemma 7",
        statement="Σ_x Σ_{p ∈ P(x,o)} Π_{p ∈ p̃} 1/d_p = 1.",
        check=ExactCheck("theory.checks.appendices.path_lemmas:check_lemma_7"),
    ),
    Claim(
        id="lemma-8",
        where="Appendix A.1",
        statement="Under (S) the path sum of each of the d inputs is 1/d.",
        check=ExactCheck("theory.checks.appendices.path_lemmas:check_lemma_8"),
    ),
    Claim(
        id="eq-12",
        repeats="lemma-8",
        where="Appendix A.1, Lemma 8",
        statement="Σ_{p ∈ P(x,o)} Π_{p ∈ p̃} 1/d_p = 1/d for every input x, under (S).",
        check=ExactCheck("theory.checks.appendices.path_lemmas:check_lemma_8"),
    ),
    Claim(
        id="lemma-9",
        where="Appendix A.1",
        statement="Under (H), a path-product has expectation 0, two distinct ones are "
        "uncorrelated, and the variance of one is the product of its weights' variances.",
        check=ExactCheck("theory.checks.appendices.path_product_lemmas:check_lemma_9"),
    ),
    Claim(
        id="eq-13",
        where="Appendix A.1, proof of Theorem 4",
        statement="E[(∂_x o)²] = Σ_p Π E[w_p²] E[σ_p²] = Σ_p Π (2/d_p)(1/2) = 1/d.",
        check=CombinedCheck(
            (
                ExactCheck("theory.checks.appendices.equation_13:check_equation_13"),
                SampledCheck("simulations.checks.appendices.equation_13:check_equation_13"),
            )
        ),
    ),
    Claim(
        id="appendix-a-1-exponent",
        where="Appendix A.1, proof of Theorem 4",
        statement="Coordinates of size 1/√d give ‖∂_x o‖_q the size d^(1/2 − 1/q).",
        check=ExactCheck("theory.checks.section_3.growth_exponents:check_appendix_a1_exponent"),
        correction=Correction(kind=Verdict.MISPRINT, statement="d^(1/q − 1/2).", used_in="Eq. 7"),
    ),
    Claim(
        id="lemma-10",
        where="Appendix A.2",
        statement="Lemma 9 still holds after replacing strided convolutions by non-strided ones "
        "followed by average-pooling.",
        check=ExactCheck("theory.checks.appendices.path_product_lemmas:check_lemma_10"),
        correction=Correction(
            kind=Verdict.CONDITION,
            statement="with no or zero padding, and with periodic padding that does not enlarge "
            "the layer, if averages do not overlap; in general where no neuron reaches two "
            "neurons of a convolution over one weight. It fails for mirror and replicate "
            "padding.",
        ),
    ),
]
