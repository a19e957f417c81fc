"""Section 4.1: growth with the resolution, after training."""

from sqrtd.ledgers.paper.figures import FIGURES
from sqrtd.verdicts.checks import RecordedCheck, TrainedCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

PAPERS_SCALE = (
    "The paper: 12 classes of ImageNet at 32 to 256 pixels a side, 8 blocks of 64 channels, 10 "
    "networks a size."
)
DIGITS_SCALE = (
    f"{PAPERS_SCALE} Here: 10 classes of handwritten digits, 8 grey pixels a side and enlarged to "
    "16 and 32, 4 blocks of 16 channels, 8 epochs; the table has their number and accuracy."
)
IMAGES_SCALE = (
    f"{PAPERS_SCALE} Here, by the cpu preset: CIFAR-10 at 8 to 32 pixels a side, 4 blocks of 16 "
    "channels, about ten epochs."
)
ALMOST = (
    "“Almost linearly in √d” as an exponent of d within 0.1 of 1/2. The paper gives no figure for "
    "“almost”."
)

FIGURE_1 = [
    Claim(
        id="figure-1-growth",
        where="Abstract, Section 4.1, Section 6",
        statement="After training, too, networks on larger images have a larger mean ‖∂_x L‖_1 and "
        "are more vulnerable.",
        check=TrainedCheck("figure-1", "digits", "empirical.checks.growth:check_growth"),
        scale=DIGITS_SCALE,
        rests_on=("definition-1",),
    ),
    Claim(
        id="figure-1",
        where="Section 4.1",
        statement="After training, both the mean of ‖∂_x L‖_1 and adversarial vulnerability grow "
        "almost linearly with √d. (Tested on handwritten digits of 8 pixels a side, enlarged to 16 "
        "and 32; figure-1-natural-images is the same on photographs.)",
        literal="They grow linearly with √d, as the caption of Figure 1 has it: with the exponent "
        "1/2 of d exactly.",
        check=TrainedCheck(
            "figure-1",
            "digits",
            "empirical.checks.growth:check_figure_1",
            drawing=FIGURES["figure-1"],
        ),
        margin=ALMOST,
        scale=DIGITS_SCALE,
        rests_on=("definition-1", "figure-1-growth"),
    ),
    Claim(
        id="figure-1-growth-natural-images",
        where="Abstract, Section 4.1, Section 6",
        statement="After training on natural images, too, networks on larger images have a larger "
        "mean ‖∂_x L‖_1 and are more vulnerable.",
        check=RecordedCheck("figure-1", "empirical.checks.growth:check_growth"),
        scale=IMAGES_SCALE,
        rests_on=("definition-1",),
    ),
    Claim(
        id="figure-1-natural-images",
        where="Section 4.1",
        statement="After training on natural images, both grow almost linearly with √d.",
        literal="They grow linearly with √d, as the caption of Figure 1 has it: with the exponent "
        "1/2 of d exactly.",
        check=RecordedCheck(
            "figure-1", "empirical.checks.growth:check_figure_1", drawing=FIGURES["figure-1"]
        ),
        margin=ALMOST,
        scale=IMAGES_SCALE,
        rests_on=("definition-1", "figure-1-growth-natural-images"),
    ),
    Claim(
        id="figure-1-damping",
        where="Section 4.1, caption of Figure 1",
        statement="Vulnerability gets dampened at the highest dimension: it grows less there than "
        "the mean of ‖∂_x L‖_1 does. (There the paper has ε E‖∂_x L‖_1 = .006 · 100 = 0.6, or 2.7, "
        "as the same sentence says; the table has ours.)",
        check=RecordedCheck("figure-1", "empirical.checks.damping:check_figure_1_damping"),
        scale=IMAGES_SCALE,
        rests_on=("definition-1", "figure-1-growth-natural-images"),
    ),
    Claim(
        id="figure-1-damping-reason",
        where="Section 4.1, caption of Figure 1",
        statement="The first-order approximation becomes less and less valid with growing "
        "dimension, which is to be the reason of the damping: the real damage over ε E‖∂_x L‖_1 "
        "falls with d, and moves away from 1.",
        check=RecordedCheck("figure-1", "empirical.checks.damping:check_figure_1_first_order"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="The ratio rises with d, and moves away from 1. The first order does become "
            "less valid, but it underestimates the damage, so it gives no reason for damping.",
        ),
        scale=IMAGES_SCALE,
        rests_on=("lemma-1", "figure-1-damping"),
        explains="figure-1-damping",
    ),
]
