"""What follows from the paper's statements, or lies beside them: ours, not the paper's."""

from sqrtd.ledgers.paper.section_4_2 import SCALE, SUPERPOSED
from sqrtd.verdicts.checks import ExactCheck, RecordedCheck
from sqrtd.verdicts.claims import Claim

BESIDE_THE_PAPER = [
    Claim(
        id="weight-size",
        where="beside Definition 1 and Section 3",
        statement="The size of the weights changes gradients, but not vulnerability. In a ReLU "
        "network without biases, multiply the weights of a layer by c > 0: all logits and their "
        "gradients are multiplied by c, and the same perturbations change the predicted class. "
        "So weights so small that the gradient does not grow with d (against H3) leave Definition "
        "1's vulnerability as it was, at every ε.",
        check=ExactCheck("theory.checks.section_2.scaled_weights:check_scaled_weights"),
        rests_on=("definition-1",),
        ours=True,
    ),
    Claim(
        id="lemma-7-at-every-node",
        where="beside Lemma 7",
        statement="Lemma 7 holds at any node o of a DAG, not only at leaves.",
        proof="lemma_7:lemma_7",
        check=ExactCheck("theory.checks.appendices.path_lemmas:check_lemma_7_at_every_node"),
        ours=True,
    ),
    Claim(
        id="converse-of-lemma-8",
        where="beside Lemma 8",
        statement="The converse of Lemma 8 is false: all path sums can be 1/d without (S). The "
        "smallest such DAG is x1 → h → o, x2 → o.",
        check=ExactCheck("theory.checks.appendices.path_lemmas:check_converse_of_lemma_8"),
        rests_on=("assumption-s",),
        ours=True,
    ),
    Claim(
        id="one-pixel-needs-root-n",
        where="beside Theorem 6",
        statement="The n printed in Theorem 6 contradicts the sentence after it, that averages "
        "down to one pixel make vulnerability independent of resolution: divided by n a "
        "layer, it would fall like 1/√d. Divided by √n, as the proof says, it is the same "
        "for every d.",
        check=ExactCheck("theory.checks.section_3.one_pixel_moments:check_one_pixel_needs_root_n"),
        rests_on=("theorem-6", "section-3-3-one-pixel"),
        ours=True,
    ),
    Claim(
        id="through-l2-attacks",
        where="beside Appendix D",
        statement="Back-propagating through l_2-attacks, whose direction has a derivative, "
        "makes no significant difference to adversarially augmented training either.",
        check=RecordedCheck("figure-2", "empirical.checks.appendix_d:check_through_l2"),
        margin=SUPERPOSED,
        scale=SCALE,
        rests_on=("eq-4",),
        ours=True,
    ),
]
