"""Section 4.3: average-pooling, strides and max-pooling, after training."""

from sqrtd.ledgers.paper.figures import FIGURES
from sqrtd.verdicts.checks import RecordedCheck
from sqrtd.verdicts.claims import Claim, Correction, Verdict

SCALE = (
    "The paper: CIFAR-10, 6 blocks of 64 channels, 20 networks of each kind; its published code "
    "trains 200 epochs. Here, by the cpu preset: 16 channels, 10 to 15 epochs on a part of the "
    "training images."
)

FIGURE_3 = [
    Claim(
        id="figure-3",
        where="Section 4.3, caption of Figure 3",
        statement="Average-pooling makes trained networks more robust, and their ‖∂_x L‖_1 "
        "smaller, than strides or max-pooling.",
        check=RecordedCheck(
            "figure-3", "empirical.checks.pooling:check_figure_3", drawing=FIGURES["figure-3"]
        ),
        scale=SCALE,
        rests_on=("definition-1",),
    ),
    Claim(
        id="figure-3-much",
        where="Section 4.3",
        statement="With average-pooling, networks are much more robust than the others.",
        check=RecordedCheck("figure-3", "empirical.checks.pooling:check_figure_3_much"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED,
            statement="more robust, by the factors in the table.",
        ),
        margin="“Much” as a factor of 2 in vulnerability. The paper gives no figure for “much”.",
        scale=SCALE,
        rests_on=("definition-1", "figure-3"),
    ),
    Claim(
        id="figure-3-accuracy",
        where="Section 4.3",
        statement="All accuracies are very close, slightly better with average-pooling than with "
        "striding, slightly worse than with max-pooling.",
        check=RecordedCheck("figure-3", "empirical.checks.pooling:check_figure_3_accuracy"),
        correction=Correction(
            kind=Verdict.NOT_REPRODUCED, statement="all are very close; the order is another."
        ),
        margin="“Very close” as within 5 points.",
        scale=SCALE,
    ),
]
