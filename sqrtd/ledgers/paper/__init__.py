"""The paper's claims in the paper's order, then ours, each with the function that tests it."""

from sqrtd.ledgers.paper.appendices_b_to_d import APPENDICES_B_TO_D
from sqrtd.ledgers.paper.appendix_a import APPENDIX_A
from sqrtd.ledgers.paper.beside_the_paper import BESIDE_THE_PAPER
from sqrtd.ledgers.paper.expected import EXPECTED
from sqrtd.ledgers.paper.figures import FIGURES
from sqrtd.ledgers.paper.oracles import ORACLES
from sqrtd.ledgers.paper.section_2 import SECTION_2
from sqrtd.ledgers.paper.section_3_1_and_hypotheses import SECTION_3_1_AND_HYPOTHESES
from sqrtd.ledgers.paper.section_3_2 import SECTION_3_2
from sqrtd.ledgers.paper.section_3_3 import SECTION_3_3
from sqrtd.ledgers.paper.section_4 import SECTION_4
from sqrtd.ledgers.paper.section_5_and_6 import SECTION_5_AND_6
from sqrtd.verdicts.claims import Ledger

LEDGER = Ledger(
    source="paper",
    title="Simon-Gabriel, Ollivier, Schölkopf, Bottou, Lopez-Paz: *Adversarial Vulnerability of "
    "Neural Networks Increases with Input Dimension*, 2018",
    claims=(
        *SECTION_2,
        *SECTION_3_1_AND_HYPOTHESES,
        *SECTION_3_2,
        *SECTION_3_3,
        *SECTION_4,
        *SECTION_5_AND_6,
        *APPENDIX_A,
        *APPENDICES_B_TO_D,
        *BESIDE_THE_PAPER,
        *ORACLES,
    ),
    main=(
        *("Definition 1", "Lemma 1", "Proposition 2", "Theorem 3", "Theorem 4", "Corollary 5"),
        *("Theorem 6", "Figure 1", "Figure 2", "Figure 3"),
    ),
    figures=FIGURES,
    expected=EXPECTED,
)
