"""Equation 13 on modules: measured second moments against those that theory computes."""

from collections.abc import Sequence

import numpy as np

from evidence.findings import Evidence, Table
from evidence.intervals import Equivalence
from evidence.moments import moment_interval
from simulations.checks.network_check import (
    ensemble_of,
    estimate_and_ends,
    neighbours,
    network_check,
)
from simulations.checks.section_3.convolutional_scaling import (
    MOMENT_MARGIN,
    predicted_moments,
    squared_norm,
)
from simulations.engine.ensemble import Ensemble
from simulations.engine.sampler import Sample
from simulations.engine.sequential import Findings, Sampled

SIZE = 8
WIDTHS = (16, 16)

KINDS: dict[str, Ensemble] = {
    "convolutions, ReLUs": ensemble_of("conv", SIZE, widths=WIDTHS),
    "convolutions, zero padding, ReLUs": ensemble_of("conv", SIZE, widths=WIDTHS, padding="zeros"),
    "strided convolutions, ReLUs": ensemble_of("strided", SIZE, widths=WIDTHS),
    "convolutions, H1's masks": ensemble_of("conv", SIZE, widths=WIDTHS, relu="masks"),
    "residual additions, H1's masks": ensemble_of("residual", SIZE, widths=WIDTHS, relu="masks"),
    "averages, replicate padding, H1's masks": ensemble_of(
        "average-pool", 4, widths=WIDTHS, padding="replicate", relu="masks"
    ),
}
"""With replicate padding a pixel reaches two averaged neurons over one weight: that more than
doubles the norm, by pairs of different paths, and weights that were not shared would not."""

RESIDUAL = ensemble_of("residual", SIZE, widths=WIDTHS)
BEYOND = "residual additions, ReLUs"
"""Beyond (H): real ReLUs depend on the weights, and additions let that show."""


def _judge(samples: Sequence[Sample], error: float) -> Findings:
    def norms(factor: float) -> list[Equivalence]:
        return [
            squared_norm(kind, sample, factor * float(predicted_moments(sample).sum()), error)
            for kind, sample in zip(KINDS, samples, strict=False)
        ]

    beyond = squared_norm(BEYOND, samples[-1], float(predicted_moments(samples[-1]).sum()), error)
    low, high = neighbours(1, MOMENT_MARGIN)
    return Findings(stated=norms(1), controls=[*norms(low), *norms(high), beyond])


@network_check(
    [*KINDS.values(), RESIDUAL], _judge, first=1024, most=8192, activity="Equation 13 on modules"
)
def check_equation_13(sampled: Sampled) -> Evidence:
    """Test E[(∂_x o)²] = Σ_p Π E[w_p²] E[σ_p²] on sampled networks, summed over the inputs.

    The right side is computed by `theory` for the very module, with He's variances and the logit
    linear. Without additions, ReLUs may be real: the opposite sign of a filter turns its ReLUs on
    instead of off. With additions that no longer holds, and H1 is taken literally: with real ReLUs
    residual networks exceed Equation 13 by about a third.
    """
    rows: list[list[str | int | float]] = []
    for kind, sample in zip((*KINDS, BEYOND), sampled.samples, strict=True):
        exact = float(predicted_moments(sample).sum())
        norm = moment_interval(np.square(sample.norm(2)), sampled.error)
        ratio = norm.scaled(1 / exact)
        rows.append([kind, exact, norm.estimate, *estimate_and_ends(ratio)])
    return sampled.evidence(
        method=f"On He-initialized modules ({SIZE} x {SIZE} RGB noise, 4 x 4 before averages, "
        f"{WIDTHS[0]} channels, 10 linear logits) E[‖∂_x o‖_2²], the sum over the inputs, is "
        "measured and held against Σ_x Σ_p Π E[w_p²] E[σ_p²], which theory computes for the very "
        "module. Averages over replicated pixels add pairs of different paths that share a "
        "weight, as the first line of Eq. 13 has them.",
        tables=[
            Table(
                title=f"E[‖∂_x o‖_2²] over {sampled.networks:,} networks, and its ratio to "
                f"Equation 13 with confidence intervals at error {sampled.error:.1g}",
                columns=["networks", "Equation 13", "measured", "ratio", "low", "high"],
                rows=rows,
            )
        ],
    )
