"""Max-pooling beside average-pooling and strides, at initialization (Sections 1 and 4.3)."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from evidence.findings import Evidence, Progress, Table, silent
from evidence.intervals import Equivalence, Interval
from evidence.levels import error_of_each
from evidence.moments import moment_exponent_interval
from simulations.checks.network_check import all_of, by_kind, estimate_and_ends, neighbours
from simulations.checks.section_3.convolutional_scaling import exponents_table, loss_plot
from simulations.checks.section_3.one_pixel import MARGIN, halving, over_all_pixels, windows
from simulations.checks.section_3.scaling_evidence import beside, power
from simulations.engine.sampler import Sample, Sampler
from simulations.engine.sequential import Findings, sample_until_decided

WINDOWS, HALVING, GLOBAL = (
    "growing max-poolings",
    "2 x 2 max-poolings",
    "one max-pooling over all pixels",
)
STRIDED, AVERAGED = "growing strides", "growing average-poolings"
KINDS = {
    WINDOWS: windows("max-pool"),
    HALVING: halving("max-pool"),
    STRIDED: windows("strided"),
    AVERAGED: windows("average-pool"),
}
"""Growing strides and windows are as large as the kernels, so that every pixel is seen."""

GLOBAL_SIZES = (8, 32, 128)
"""Pixels along an edge, up to sizes at which the growth has nearly ended."""

SATURATION = 0.1
"""An exponent within this of 0, from 32 to 128 pixels along an edge: a size grows by less than a
third where √d grows fourfold."""


def check_max_pooling(
    sampler: Sampler, *, error: float, budget: float = 1.0, progress: Progress = silent
) -> Evidence:
    """Test that average-pooling dampens the growth of ‖∂_x L‖_1 with d, and max-pooling does not.

    No theorem says so of max-pooling: which neuron is the largest depends on all weights. Held is
    E[‖∂_x L‖_1], which the paper averages, at initialization in networks that reach one pixel a
    channel: √d where nothing dampens. A maximum passes the gradient of one neuron on, as a stride
    does, and nearly always of one whose ReLU is open, so that 2 x 2 poolings, whose number grows
    with d, let it grow faster than √d (see the table). But after small kernels, a maximum over all
    pixels keeps only the receptive fields of as many neurons as there are channels, whatever d is:
    the growth ends.
    """
    run = partial(sample_until_decided, sampler, budget=budget, error=error_of_each(error, 2))
    sampled = run(
        all_of(KINDS),
        _judge,
        first=256,
        most=2048,
        progress=lambda part, activity: progress(part / 2, activity),
        activity="max-pooling",
    )
    over_all = run(
        over_all_pixels("max-pool", sizes=GLOBAL_SIZES),
        _judge_global,
        first=512,
        most=2048,
        progress=lambda part, activity: progress((1 + part) / 2, activity),
        activity=GLOBAL,
    )
    kinds = by_kind(KINDS, sampled.samples)
    held, global_ = sampled.findings, over_all.findings
    return Evidence(
        method="He-initialized CNNs as under section-3-3-one-pixel, with maxima, strides and "
        "averages in turn. The exponent is the slope of log E[‖∂_x L‖_1] over log d.",
        stated=[*held.stated, *global_.stated],
        corrected=[*held.stated, *global_.corrected],
        controls=[*held.controls, *global_.controls],
        tables=[
            exponents_table(kinds, sampled.error),
            Table(
                title=f"{GLOBAL}: γ in E[‖∂_x L‖_1] ∝ d^γ from each size to the next, over "
                f"{over_all.networks:,} networks of each, with confidence intervals at error "
                f"{over_all.error:.1g}",
                columns=["from d", "to d", "γ", "low", "high"],
                rows=[
                    [one.d, other.d, *estimate_and_ends(_measured([one, other], over_all.error))]
                    for one, other in pairwise(over_all.samples)
                ],
            ),
        ],
        plots={
            "max-pooling": loss_plot(
                {**kinds, GLOBAL: over_all.samples},
                {**dict.fromkeys(kinds, 1 / 2), AVERAGED: 0, GLOBAL: 0},
                sampled.error,
                mean=True,
            )
        },
    )


def _measured(samples: Sequence[Sample], error: float) -> Interval:
    return moment_exponent_interval(
        [sample.d for sample in samples],
        [sample.norm(1.0, loss=True) for sample in samples],
        error,
    )


def _judge(samples: Sequence[Sample], error: float) -> Findings:
    measured = {kind: _measured(of_it, error) for kind, of_it in by_kind(KINDS, samples).items()}

    def between(kind: str, low: float, high: float) -> Equivalence:
        return measured[kind].against(
            f"{kind}: E[‖∂_x L‖_1] ∝ d^γ with {low:g} ≤ γ ≤ {high:g}",
            predicted=(low + high) / 2,
            margin=(high - low) / 2,
        )

    exponents = {AVERAGED: 0, STRIDED: 1 / 2, WINDOWS: 1 / 2}
    return Findings(
        stated=[
            *(
                power(f"{kind}: E[‖∂_x L‖_1]", measured[kind], predicted, margin=MARGIN)
                for kind, predicted in exponents.items()
            ),
            between(HALVING, 1 / 2, 3 / 4),
        ],
        controls=[
            *(
                finding
                for kind, predicted in exponents.items()
                for finding in beside(
                    f"{kind}: E[‖∂_x L‖_1]", measured[kind], predicted, margin=MARGIN
                )
            ),
            between(HALVING, 1 / 4, 1 / 2),
        ],
    )


def _judge_global(samples: Sequence[Sample], error: float) -> Findings:
    def growth(pair: Sequence[Sample], predicted: float, margin: float) -> Equivalence:
        where = f"{GLOBAL}, from d = {pair[0].d:,} to {pair[1].d:,}"
        return power(f"{where}: E[‖∂_x L‖_1]", _measured(pair, error), predicted, margin=margin)

    small, large = samples[:2], samples[1:]
    return Findings(
        stated=[growth(large, 1 / 2, MARGIN)],
        corrected=[growth(large, 0, SATURATION)],
        controls=[
            growth(small, 0, SATURATION),
            *(growth(large, false, SATURATION) for false in neighbours(0, SATURATION)),
        ],
    )
