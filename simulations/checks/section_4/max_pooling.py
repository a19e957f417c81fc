"""Max-pooling beside average-pooling and strides, at initialization (abstract, Section 4.3)."""

from collections.abc import Sequence

from evidence.findings import Evidence
from evidence.intervals import Equivalence, Interval
from evidence.moments import moment_exponent_interval
from simulations.checks.network_check import all_of, by_kind, network_check
from simulations.checks.section_3.convolutional_scaling import exponents_table, loss_plot
from simulations.checks.section_3.one_pixel import MARGIN, halving, over_all_pixels, windows
from simulations.checks.section_3.scaling_evidence import power
from simulations.engine.sampler import Sample
from simulations.engine.sequential import Findings, Sampled

WINDOWS, HALVING, GLOBAL = (
    "growing max-poolings",
    "2 x 2 max-poolings",
    "one max-pooling over all pixels",
)
STRIDED, AVERAGED = "growing strides", "growing average-poolings"
KINDS = {
    WINDOWS: windows("max-pool"),
    HALVING: halving("max-pool"),
    GLOBAL: over_all_pixels("max-pool"),
    STRIDED: windows("strided"),
    AVERAGED: windows("average-pool"),
}
"""Growing strides and windows are as large as the kernels, so that every pixel is seen."""


def _judge(samples: Sequence[Sample], error: float) -> Findings:
    kinds = by_kind(KINDS, samples)

    def measured(kind: str) -> Interval:
        return moment_exponent_interval(
            [sample.d for sample in kinds[kind]],
            [sample.norm(1.0, loss=True) for sample in kinds[kind]],
            error,
        )

    def mean_norm(kind: str, predicted: float) -> Equivalence:
        return power(f"{kind}: E[‖∂_x L‖_1]", measured(kind), predicted, margin=MARGIN)

    def between(kind: str, low: float, high: float) -> Equivalence:
        return measured(kind).against(
            f"{kind}: E[‖∂_x L‖_1] ∝ d^γ with {low:g} ≤ γ ≤ {high:g}",
            predicted=(low + high) / 2,
            margin=(high - low) / 2,
        )

    held = [
        mean_norm(AVERAGED, 0),
        mean_norm(STRIDED, 1 / 2),
        mean_norm(WINDOWS, 1 / 2),
    ]
    return Findings(
        stated=[*held, mean_norm(GLOBAL, 1 / 2)],
        corrected=[*held, between(HALVING, 1 / 2, 1), between(GLOBAL, 0, 1 / 2)],
        controls=[
            *(
                mean_norm(kind, false)
                for kind in (WINDOWS, HALVING, STRIDED)
                for false in (0, 1 / 4)
            ),
            mean_norm(AVERAGED, 1 / 2),
        ],
    )


@network_check(all_of(KINDS), _judge, first=256, most=2048, activity="max-pooling")
def check_max_pooling(sampled: Sampled) -> Evidence:
    """Test that average-pooling dampens the growth of ‖∂_x L‖_1 with d, and max-pooling does not.

    No theorem says so of max-pooling: which neuron is the largest depends on all weights. Held is
    E[‖∂_x L‖_1], which the paper averages, at initialization in networks that reach one pixel a
    channel: √d where nothing dampens. A maximum passes the gradient of one neuron on, as a stride
    does, and nearly always of one whose ReLU is open, so that 2 x 2 poolings, whose number grows
    with d, let it grow faster than √d (see the table). But after small kernels, a maximum over all
    pixels keeps only the receptive fields of as many neurons as there are channels, whatever d is:
    that dampens as well.
    """
    kinds = by_kind(KINDS, sampled.samples)
    return sampled.evidence(
        method="He-initialized CNNs as under section-3-3-one-pixel, with maxima, strides and "
        "averages in turn. The exponent is the slope of log E[‖∂_x L‖_1] over log d.",
        tables=[exponents_table(kinds, sampled.error)],
        plots={
            "max-pooling": loss_plot(
                kinds,
                {kind: 0 if kind == AVERAGED else 1 / 2 for kind in kinds},
                sampled.error,
                mean=True,
            )
        },
    )
