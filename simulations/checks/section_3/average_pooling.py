"""Strided convolutions against stride 1 plus average pooling: Theorem 6."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evidence.findings import Evidence, Progress, Table, silent
from evidence.intervals import Equivalence, Interval
from evidence.levels import error_of_each
from evidence.means import mean_interval
from evidence.moments import moment_ratio_interval
from simulations.checks.network_check import bars, ensemble_of, estimate_and_ends, neighbours
from simulations.engine.ensemble import Ensemble
from simulations.engine.gradient_rows import Relu
from simulations.engine.sampler import Sample, Sampler
from simulations.engine.sequential import Findings, sample_until_decided
from simulations.reports.scaling_plots import interval_plot

WIDTHS = (16, 16, 32)

MARGIN = 0.05
"""In γ: 7 % of a size for n = 4, 15 % for n = 16, room for one filter being seen at overlapping
positions."""

EXACT_MARGIN = 0.02
"""Under H1 as printed the second moment of a logit gradient is divided by n exactly."""

RELUS: Mapping[Relu, str] = {"real": "with ReLUs", "masks": "under H1 as printed"}
QUANTITIES = ("rms ∂_x f_k", "typical |∂_x f_k|", "rms ∂_x L", "typical |∂_x L|")
AT_EQUAL_Q = "rms ∂_x L at equal q"


@dataclass(frozen=True, kw_only=True)
class _Case:
    """Three strided convolutions, and which of them give way to averages.

    Attributes
    ----------
    stride, kernel, size : of the networks; kernels are multiples of the stride, so that (S) holds.
    replaced : what is replaced, each choice in its own twin.
    first, most : networks of the first round, and at most.
    """

    stride: int
    kernel: int
    size: int
    replaced: tuple[tuple[int, ...], ...]
    first: int
    most: int

    @property
    def n(self) -> int:
        return self.stride**2

    def ensembles(self) -> list[Ensemble]:
        return [
            ensemble_of(
                "average-pool",
                self.size,
                widths=WIDTHS,
                stride=self.stride,
                kernel=self.kernel,
                replaced=replaced,
                relu=relu,
            )
            for relu in RELUS
            for replaced in ((), *self.replaced)
        ]


LAST = ((2,), (1, 2), (0, 1, 2))
CASES = (
    _Case(stride=2, kernel=4, size=16, replaced=((0,), *LAST), first=512, most=4096),
    _Case(stride=3, kernel=3, size=27, replaced=LAST, first=256, most=2048),
    _Case(stride=4, kernel=4, size=64, replaced=LAST, first=128, most=1024),
)
"""Larger n need fewer networks, as γ is a logarithm over log n."""


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """Twins that share their weights, differ in some convolutions, and the error of intervals."""

    case: _Case
    relu: Relu
    replaced: tuple[int, ...]
    strided: Sample
    averaged: Sample
    error: float

    @property
    def name(self) -> str:
        which = ", ".join(str(layer + 1) for layer in self.replaced)
        noun = "convolution" if len(self.replaced) == 1 else "convolutions"
        return f"n = {self.case.n}, {noun} {which} of 3 replaced, {RELUS[self.relu]}"

    @property
    def label(self) -> str:
        layers = ", ".join(str(layer + 1) for layer in self.replaced)
        return f"n = {self.case.n}, replaced {layers}, {'ReLUs' if self.relu == 'real' else 'H1'}"

    def gamma(self, quantity: str) -> Interval:
        """Interval for log(size strided / size averaged) / (k log n), k replaced."""
        layers = len(self.replaced) * math.log(self.case.n)
        loss = "∂_x L" in quantity
        if quantity.startswith("typical"):
            logs = [np.log(one.mean_absolute(loss=loss)) for one in (self.strided, self.averaged)]
            return mean_interval(logs[0] - logs[1], self.error).scaled(1 / layers)
        squares = [
            one.mean_square(loss=loss) / (one.factors if quantity == AT_EQUAL_Q else 1)
            for one in (self.strided, self.averaged)
        ]
        return moment_ratio_interval(squares[0], squares[1], self.error).scaled(1 / (2 * layers))

    def finding(self, quantity: str, predicted: float, *, margin: float = MARGIN) -> Equivalence:
        return self.gamma(quantity).against(
            f"{self.name}: {quantity} is divided by n^γ for each, γ = {predicted:g}",
            predicted=predicted,
            margin=margin,
        )


def check_theorem_6(
    sampler: Sampler, *, error: float, budget: float = 1.0, progress: Progress = silent
) -> Evidence:
    """Test by which n^γ averages over n, instead of 1 of n kept, divide gradients (Theorem 6).

    Printed is γ = 1. The proof (Appendix A.2) divides the variance by n, hence the size by √n:
    γ = 1/2. For the second moment of logit gradients under H1 as printed, killings independent of
    the weights, that is exact for any number of replaced convolutions. ReLUs that meet one filter
    at several positions depend on it, which moves γ a little. Loss gradients also carry the
    probabilities q_k, which the proof holds fixed and averaging changes, since it shrinks the
    logits. Under H1 as printed, where logits shrink most, they are therefore held "at equal q":
    their squares over (1 - q_c)² + Σ_{k≠c} q_k², from Theorem 3's proof.
    """
    pairs: list[_Pair] = []
    findings: list[Findings] = []
    for place, case in enumerate(CASES):

        def of_all_cases(part: float, activity: str, place: int = place) -> None:
            progress((place + part) / len(CASES), activity)

        def judge(samples: Sequence[Sample], error: float, case: _Case = case) -> Findings:
            return _judge(_pairs(case, samples, error))

        sampled = sample_until_decided(
            sampler,
            case.ensembles(),
            judge,
            first=case.first,
            most=case.most,
            budget=budget,
            error=error_of_each(error, len(CASES)),
            progress=of_all_cases,
            activity=f"strided and averaged twins, n = {case.n}",
        )
        pairs += _pairs(case, sampled.samples, sampled.error)
        findings.append(sampled.findings)
    return Evidence(
        method=f"He-initialized CNNs (RGB inputs of standard normal noise, three strided "
        f"convolutions of {', '.join(map(str, WIDTHS))} channels, 10 logits; "
        + "; ".join(
            f"n = {case.n}: {case.size} pixels along an edge, kernel {case.kernel}"
            for case in CASES
        )
        + ") share their weights with twins in which one, two or three of the convolutions have "
        "stride 1 and an average over n neurons instead. γ is the logarithm of the ratio of "
        "gradient sizes over log n and the number of replaced convolutions; rms is the root of "
        "the second moment, typical the geometric mean. H1 as printed, killings that are "
        "independent of the weights, is run literally beside ReLUs.",
        stated=[finding for one in findings for finding in one.stated],
        corrected=[finding for one in findings for finding in one.corrected],
        controls=[finding for one in findings for finding in one.controls],
        tables=[_table(pairs)],
        plots={
            "theorem-6": interval_plot(
                {pair.label: pair.finding(QUANTITIES[0], 1 / 2) for pair in pairs},
                x_label="γ: each replaced one divides rms ∂_x f_k by n^γ",
                bars=bars(max(pair.error for pair in pairs), shaded="1/2"),
                predictions={"no effect": 0, "as proved: √n": 1 / 2, "as printed: n": 1},
            )
        },
    )


def _pairs(case: _Case, samples: Sequence[Sample], error: float) -> list[_Pair]:
    pairs = []
    left = iter(samples)
    for relu in RELUS:
        strided = next(left)
        pairs += [
            _Pair(
                case=case,
                relu=relu,
                replaced=replaced,
                strided=strided,
                averaged=next(left),
                error=error,
            )
            for replaced in case.replaced
        ]
    return pairs


def _judge(pairs: Sequence[_Pair]) -> Findings:
    stated, corrected = [], []
    for pair in pairs:
        exact = pair.relu == "masks" and len(pair.replaced) == len(WIDTHS)
        quantities = QUANTITIES if pair.relu == "real" else (*QUANTITIES[:2], AT_EQUAL_Q)
        stated += [pair.finding(quantity, 1) for quantity in quantities]
        corrected += [
            pair.finding(quantity, 1 / 2, margin=EXACT_MARGIN if exact and first else MARGIN)
            for quantity in quantities
            for first in [quantity == QUANTITIES[0]]
        ]
    return Findings(
        stated=stated,
        corrected=corrected,
        controls=[
            pair.finding(QUANTITIES[0], false)
            for pair in pairs
            for false in neighbours(1 / 2, MARGIN)
        ],
    )


def _table(pairs: Sequence[_Pair]) -> Table:
    error = max(pair.error for pair in pairs)
    return Table(
        title="γ, by whose n^γ each replaced convolution divides a size, with confidence intervals "
        f"at error {error:.1g}",
        columns=["twins", "size", "pairs", "γ", "low", "high"],
        rows=[
            [pair.name, quantity, len(pair.strided.norms), *estimate_and_ends(pair.gamma(quantity))]
            for pair in pairs
            for quantity in (*QUANTITIES, AT_EQUAL_Q)
        ],
    )
