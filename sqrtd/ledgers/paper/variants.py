"""What we tried beside the paper's own experiments: ours, not the paper's."""

from sqrtd.ledgers.paper.section_4_2 import SCALE, SUPERPOSED
from sqrtd.verdicts.checks import RecordedCheck
from sqrtd.verdicts.claims import Claim

VARIANTS = [
    Claim(
        id="variant-through-l2-attacks",
        where="beside Appendix D",
        statement="Back-propagating through l_2-attacks, whose direction does have a derivative, "
        "makes no significant difference to adversarially augmented training either.",
        check=RecordedCheck("figure-2", "empirical.checks.appendix_d:check_through_l2"),
        margin=SUPERPOSED,
        scale=SCALE,
        rests_on=("eq-4",),
        ours=True,
    ),
]
