"""Feedforward networks with and without (S): Theorem 4 on convolutional networks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evidence.equivalence import Equivalence
from evidence.findings import Evidence, Progress, Table, silent
from evidence.moments import moment_interval
from evidence.spread import group_ratio_interval, spread_interval
from simulations.checks.section_3.convolutional_scaling import (
    SIZES,
    by_kind,
    coordinate_power,
    equation_7,
    exponents_table,
    image_ensemble,
    loss_plot,
    squared_norm,
)
from simulations.checks.section_3.equation_7 import QS
from simulations.engine.ensemble import plan
from simulations.engine.sampler import Sample, Sampler
from simulations.engine.sequential import Findings, sample_until_decided
from theory.modules.predictions import predict_second_moments

WIDTHS = (8, 8)

PERIODIC, STRIDED, ZERO_PADDED = "periodic padding", "stride 2, kernel 3", "zero padding"
KINDS = {
    PERIODIC: [image_ensemble("conv", size, widths=WIDTHS) for size in SIZES],
    STRIDED: [image_ensemble("strided", size, widths=WIDTHS) for size in SIZES],
    ZERO_PADDED: [image_ensemble("conv", size, widths=WIDTHS, padding="zeros") for size in SIZES],
}
"""(S) holds for the first kind. Under He initialization the last one breaks H3 at its borders."""

RATIO_MARGIN = 0.2
"""Relative: 20 % of a ratio of second moments is 10 % of a ratio of sizes; "no difference" is a
factor of 3 away or more."""

SPREAD_MARGIN = 0.05
"""A coefficient of variation of 5 % is far below those without (S), 30 % and 54 %."""


def check_theorem_4(
    sampler: Sampler, *, error: float, budget: float = 1.0, progress: Progress = silent
) -> Evidence:
    """Test Theorem 4 on convolutional networks: the l_2-norm, and coordinates under (S).

    That the l_2-norm is independent of d is read for its mean square, which is 2 with linear
    logits (1 with H1's ReLU on them). Without pooling and additions it is exact at every width and
    with real ReLUs: the opposite sign of a filter turns its ReLUs on instead of off. Where (S)
    fails, single coordinates differ by factors that `theory` gives exactly. Zero padding under He
    initialization breaks H3 at the borders, whose share falls with the size: there the norm does
    depend on d.
    """

    def judge(samples: Sequence[Sample], error: float) -> Findings:
        of = by_kind(KINDS, samples)
        periodic, strided, padded = of.values()
        norms = [
            squared_norm(kind, sample, 2, error)
            for kind in (PERIODIC, STRIDED)
            for sample in of[kind]
        ]
        under_s = [
            coordinate_power(PERIODIC, periodic, -1 / 2, error),
            *(finding for q in QS[:-1] for finding in equation_7(PERIODIC, periodic, q, error)),
        ]
        return Findings(
            printed=[*norms, *under_s, *equation_7(PERIODIC, periodic, QS[-1], error)],
            corrected=[
                *norms,
                *under_s,
                *(
                    squared_norm(ZERO_PADDED, sample, float(predicted(sample).sum()), error)
                    for sample in padded
                ),
                _spread(PERIODIC, periodic[-1], error),
                _ratio(STRIDED, strided[-1], _predicted_ratio(strided[-1]), error),
                _ratio(ZERO_PADDED, padded[0], _predicted_ratio(padded[0]), error),
            ],
            controls=[
                squared_norm(ZERO_PADDED, padded[0], 2, error),
                # What weights of variance 1/in-degree would give in three layers.
                *(squared_norm(kind, of[kind][0], 2 / 2**3, error) for kind in of),
                _spread(STRIDED, strided[-1], error),
                _spread(ZERO_PADDED, padded[0], error),
                _ratio(STRIDED, strided[-1], 1, error),
                *(coordinate_power(PERIODIC, periodic, false, error) for false in (-1, -1 / 3)),
            ],
        )

    sampled = sample_until_decided(
        sampler,
        [ensemble for ensembles in KINDS.values() for ensemble in ensembles],
        judge,
        first=1024,
        most=4096,
        budget=budget,
        error=error,
        progress=progress,
        activity="convolutional networks",
    )
    of = by_kind(KINDS, sampled.samples)
    return Evidence(
        method=f"He-initialized networks of two 3 x 3 convolutions ({WIDTHS[0]} channels) and 10 "
        f"linear logits on RGB noise of {', '.join(map(str, SIZES))} pixels along an edge. "
        "Exponents are slopes of mean logarithms over log d; second moments are held against "
        "those that theory computes for the very module.",
        printed=sampled.findings.printed,
        corrected=sampled.findings.corrected,
        controls=sampled.findings.controls,
        tables=[_moments_table(of, sampled.error), exponents_table(of, sampled.error)],
        plots={"theorem-4": loss_plot(of, dict.fromkeys(of, 1 / 2), sampled.error)},
    )


def predicted(sample: Sample) -> NDArray[np.float64]:
    """Return E[(∂_x f_k)²] for each coordinate as theory computes it for the module, shape (d,)."""
    module, shape, _ = plan(sample.ensemble)
    return predict_second_moments(module, shape).ravel()


def _predicted_ratio(sample: Sample) -> float:
    moments = predicted(sample)
    return float(moments.max() / moments.min())


def _ratio(kind: str, sample: Sample, ratio: float, error: float) -> Equivalence:
    """Hold the second moment where theory has it largest against where it has it smallest."""
    moments = predicted(sample)
    return group_ratio_interval(
        sample.squares.astype(np.float64),
        sample.counts,
        np.isclose(moments, moments.max()),
        np.isclose(moments, moments.min()),
        error,
    ).against(
        f"{kind}, d = {sample.d}: the largest E[(∂_x f_k)²] is {ratio:.4g} times the smallest",
        predicted=ratio,
        margin=RATIO_MARGIN * ratio,
    )


def _spread(kind: str, sample: Sample, error: float) -> Equivalence:
    return spread_interval(sample.squares.astype(np.float64), sample.counts, error).against(
        f"{kind}, d = {sample.d}: E[(∂_x f_k)²] has no spread over the coordinates",
        predicted=0,
        margin=SPREAD_MARGIN,
    )


def _moments_table(of: dict[str, list[Sample]], error: float) -> Table:
    rows: list[list[str | int | float]] = []
    for kind, samples in of.items():
        for sample in samples:
            moments = predicted(sample)
            norm = moment_interval(np.square(sample.norm(2)), error)
            spread = spread_interval(sample.squares.astype(np.float64), sample.counts, error)
            rows.append(
                [
                    kind,
                    sample.d,
                    float(moments.sum()),
                    *(norm.estimate, norm.low, norm.high),
                    float(moments.std() / moments.mean()),
                    *(spread.estimate, spread.low, spread.high),
                ]
            )
    return Table(
        title="E[‖∂_x f_k‖_2²], and the coefficient of variation of E[(∂_x f_k)²] over the "
        f"coordinates: exact, and measured with confidence intervals at error {error:.1g}",
        columns=[
            *("networks", "d"),
            *(x for exact in ("norm", "variation") for x in (exact, "measured", "low", "high")),
        ],
        rows=rows,
    )
