"""The variance of the loss gradient: Step 2 of Theorem 3's proof."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.findings import Evidence, Table
from evidence.intervals import Equivalence
from evidence.means import Samples, mean_interval
from evidence.moments import moment_ratio_interval
from simulations.checks.network_check import bars, estimate_and_ends, neighbours, network_check
from simulations.checks.section_3.dense_scaling import DIMENSIONS, LOGITS, WIDTHS
from simulations.checks.section_3.second_moment import dense_ensemble
from simulations.engine.ensemble import Ensemble
from simulations.engine.gradient_rows import Relu
from simulations.engine.sampler import Sample
from simulations.engine.sequential import Findings, Sampled
from simulations.reports.scaling_plots import interval_plot

D = DIMENSIONS[0]
WIDER = (256, 256)

MARGIN = 0.1
"""Relative: our reading of “approximately”."""


@dataclass(frozen=True, kw_only=True)
class _Case:
    """Networks, and what Step 2 says of d E[(∂_x L)² / ((1 - q_c)² + Σ_{k≠c} q_k²)]."""

    logits: int
    relu_on_logits: bool
    widths: tuple[int, ...] = WIDTHS
    relu: Relu = "real"

    @property
    def ensemble(self) -> Ensemble:
        return dense_ensemble(
            D,
            relu_on_logits=self.relu_on_logits,
            logits=self.logits,
            widths=self.widths,
            relu=self.relu,
        )

    @property
    def predicted(self) -> int:
        return 1 if self.relu_on_logits else 2

    @property
    def name(self) -> str:
        gates = ", ReLUs replaced by H1's masks" if self.relu == "masks" else ""
        kind = "after a ReLU" if self.relu_on_logits else "linear"
        return f"{self.logits} logits {kind}, hidden widths {self.widths}{gates}"


LINEAR = (
    _Case(logits=2, relu_on_logits=False),
    _Case(logits=LOGITS, relu_on_logits=False),
    _Case(logits=LOGITS, relu_on_logits=False, widths=WIDER),
)
TO_THE_LETTER = (_Case(logits=2, relu_on_logits=True), _Case(logits=LOGITS, relu_on_logits=True))
MEASURED = (
    _Case(logits=LOGITS, relu_on_logits=True, widths=WIDER),
    _Case(logits=LOGITS, relu_on_logits=True, relu="masks"),
)
"""Shown, without a finding."""

CASES = (*LINEAR, *TO_THE_LETTER, *MEASURED)


def _judge(samples: Sequence[Sample], error: float) -> Findings:
    by_case = dict(zip(CASES, samples, strict=True))

    def finding(case: _Case, predicted: float) -> Equivalence:
        return mean_interval(_quotients(by_case[case]), error).against(
            f"d E[(∂_x L)² / ((1 − q_c)² + Σ q_k²)] = {predicted:.3g}, {case.name}",
            predicted=predicted,
            margin=MARGIN * case.predicted,
        )

    def of_means(case: _Case) -> Equivalence:
        sample = by_case[case]
        squares = sample.d * sample.mean_square(loss=True)
        return moment_ratio_interval(squares, sample.factors, error).against(
            f"log(d E[(∂_x L)²] / E[(1 − q_c)² + Σ q_k²]) = log {case.predicted}, {case.name}",
            predicted=math.log(case.predicted),
            margin=MARGIN,
        )

    both = LINEAR[0]
    return Findings(
        stated=[
            *(finding(case, case.predicted) for case in LINEAR),
            of_means(LINEAR[0]),
            of_means(LINEAR[-1]),
        ],
        literal=[finding(case, case.predicted) for case in TO_THE_LETTER],
        controls=[
            *(
                finding(case, false)
                for case in LINEAR
                for false in neighbours(case.predicted, MARGIN * case.predicted)
            ),
            mean_interval(_quotients(by_case[both]) * by_case[both].factors, error).against(
                f"without the factor of the q_k: d E[(∂_x L)²] = 2, {both.name}",
                predicted=2,
                margin=2 * MARGIN,
            ),
        ],
    )


@network_check(
    [case.ensemble for case in CASES],
    _judge,
    first=8192,
    most=16384,
    activity="variances of loss gradients",
)
def check_theorem_3_step_2(sampled: Sampled) -> Evidence:
    """Test that ∂_x L has the variance ((1 - q_c)² + Σ_{k≠c} q_k²)/d (proof of Theorem 3, Step 2).

    For two logits, (1 - q_c)² + q_k² = 2 (1 - q_c)² and ∂_x L = (1 - q_c) (∂_x f_k - ∂_x f_c), so
    the q_k cancel, and the quotient is the variance of one logit's gradient exactly if the two are
    uncorrelated. For more logits the quotient also asks that the weights and the q_k, which depend
    on them, may be averaged apart.
    The 1/d counts a ReLU on every logit, as H1 is printed; linear logits, the usual ones, have 2/d
    (see Equation 8). To the letter, with such ReLUs, the q_k may not be averaged apart, at any
    width: a logit that is killed has gradient 0 and, its f_k being 0, another q_k than one that is
    alive.
    """
    findings = sampled.findings
    rows: list[list[str | float]] = []
    for case, sample in zip(CASES, sampled.samples, strict=True):
        quotient = mean_interval(_quotients(sample), sampled.error)
        of_means = sample.d * sample.mean_square(loss=True).mean() / sample.factors.mean()
        rows.append([case.name, case.predicted, *estimate_and_ends(quotient), float(of_means)])
    return sampled.evidence(
        method=f"He-initialized dense ReLU networks at d = {D} with inputs of standard normal "
        "noise. The mean square of a loss gradient's coordinates is divided, network by network, "
        "by the factor of the q_k in Step 2. Two logits test that their gradients are "
        "uncorrelated, since the q_k cancel there; ten also that the q_k may be held fixed. "
        "Linear logits, whose gradients have variance 2/d, leave a dependence that falls with the "
        "width. A ReLU on the logits, as H1 is printed, leaves one at every width: a killed logit "
        "has f_k = 0, so that the q_k tell which are alive. The quotient of the two means, which "
        "has light tails, is held against 2 as well.",
        tables=[
            Table(
                title=f"the variance of ∂_x L over that of the q_k's factor, times d, over "
                f"{sampled.networks:,} networks, with the ends of the confidence intervals at "
                f"error {sampled.error:.1g}; last, the quotient of the means",
                columns=["networks", "Step 2", "mean quotient", "low", "high", "of the means"],
                rows=rows,
            )
        ],
        plots={
            "theorem-3-step-2": interval_plot(
                {
                    case.name: finding
                    for case, finding in zip(
                        (*LINEAR, *TO_THE_LETTER),
                        (*findings.stated[: len(LINEAR)], *findings.literal),
                        strict=True,
                    )
                },
                x_label="d E[(∂_x L)² / ((1 − q_c)² + Σ q_k²)]",
                bars=bars(sampled.error, shaded="the prediction"),
                predictions={"a ReLU on the logits": 1, "linear logits": 2},
            )
        },
    )


def _quotients(sample: Sample) -> Samples:
    return sample.d * sample.mean_square(loss=True) / sample.factors
