"""Convolutions and average-pooling down to one pixel a channel: the sentence after Theorem 6."""

from collections.abc import Mapping, Sequence

from evidence.findings import Evidence
from evidence.intervals import Equivalence
from evidence.moments import moment_exponent_interval
from simulations.checks.network_check import (
    all_of,
    by_kind,
    ensemble_of,
    neighbours,
    network_check,
)
from simulations.checks.section_3.convolutional_scaling import (
    SIZES,
    exponents_table,
    loss_plot,
)
from simulations.checks.section_3.scaling_evidence import exponent, log_norm, power
from simulations.engine.ensemble import Ensemble
from simulations.engine.gradient_rows import Relu
from simulations.engine.sampler import Sample
from simulations.engine.sequential import Findings, Sampled

MARGIN = 0.05
"""As for γ in Theorem 6. Over a factor of 64 in d this is a drift of 23 %, where √d grows
eightfold. It is room for real ReLUs, which depend on the weights: with 2 x 2 windows the exponent
is -0.017 ± 0.008 (4,096 networks at each size, error 1e-2)."""

STRIDES = (2, 3, 4)
"""Three layers of stride s take s³ pixels along an edge to one."""

WIDTHS = (16, 16, 32)
HALVING_WIDTH = 32
HALVING_SIZES = (4, 8, 16)
GLOBAL_WIDTHS = (8, 16)

WINDOWS, HALVING, GLOBAL = "growing windows", "2 x 2 windows", "one window over all pixels"
MASKED, STRIDED = "2 x 2 windows, H1's masks", "growing strides"


def windows(network: str) -> list[Ensemble]:
    """Return three layers of strides, or poolings, that grow with the image."""
    return [ensemble_of(network, s**3, widths=WIDTHS, stride=s, kernel=s) for s in STRIDES]


def halving(network: str, *, relu: Relu = "real") -> list[Ensemble]:
    """Return as many layers of stride 2, or 2 x 2 poolings, as take the image to one pixel."""
    return [
        ensemble_of(network, size, widths=(HALVING_WIDTH,) * layers, kernel=2, relu=relu)
        for layers, size in enumerate(HALVING_SIZES, start=2)
    ]


def over_all_pixels(network: str, *, sizes: Sequence[int] = SIZES) -> list[Ensemble]:
    """Return two 3 x 3 convolutions and one pooling over all pixels."""
    return [ensemble_of(network, size, widths=GLOBAL_WIDTHS, stride=(1, size)) for size in sizes]


POOLED = {
    WINDOWS: windows("average-pool"),
    HALVING: halving("average-pool"),
    GLOBAL: over_all_pixels("average-pool"),
    MASKED: halving("average-pool", relu="masks"),
}
KINDS: Mapping[str, Sequence[Ensemble]] = {**POOLED, STRIDED: windows("strided")}


def _judge(samples: Sequence[Sample], error: float) -> Findings:
    kinds = by_kind(KINDS, samples)

    def l1(kind: str, predicted: float, *, loss: bool = True) -> Equivalence:
        name = "‖∂_x L‖_1" if loss else "‖∂_x f_k‖_1"
        return power(
            f"{kind}: {name}",
            exponent(kinds[kind], log_norm(1.0, loss=loss), error),
            predicted,
            margin=MARGIN,
        )

    def moment(kind: str, predicted: float) -> Equivalence:
        return power(
            f"{kind}: rms ∂_x f_k",
            moment_exponent_interval(
                [sample.d for sample in kinds[kind]],
                [sample.mean_square() for sample in kinds[kind]],
                error,
            ).scaled(1 / 2),
            predicted,
            margin=MARGIN,
        )

    return Findings(
        stated=[
            *(l1(kind, 0, loss=loss) for kind in POOLED for loss in (True, False)),
            moment(MASKED, -1),
        ],
        controls=[
            *(l1(kind, false) for kind in POOLED for false in neighbours(0, MARGIN)),
            *(moment(MASKED, false) for false in neighbours(-1, MARGIN)),
            l1(STRIDED, 0),
        ],
    )


@network_check(
    all_of(KINDS),
    _judge,
    first=256,
    most=2048,
    activity="networks that average down to one pixel",
)
def check_one_pixel(sampled: Sampled) -> Evidence:
    """Test that average-pooling down to one pixel makes ‖∂_x L‖_1 independent of d (Section 3.3).

    The paper does not say how many layers share the work. Three readings are measured: a fixed
    number of convolutions and poolings whose windows grow with the image; 2 x 2 poolings, whose
    number grows; and one pooling over all pixels at the end. Under H1's masks averages divide
    second moments by the number of pixels, exactly: E[(∂_x f_k)²] ∝ 1/d². The sentence needs √n in
    Theorem 6; were gradients divided by n, as it is printed, ‖∂_x L‖_1 would fall like 1/√d.
    """
    kinds = by_kind(KINDS, sampled.samples)
    return sampled.evidence(
        method="He-initialized CNNs that take RGB noise down to one pixel a channel, with 10 "
        f"logits: by three convolutions of {', '.join(map(str, WIDTHS))} channels, each followed "
        "by averages over windows of the kernel's size (2, 3 and 4 pixels along an edge, for 8, "
        f"27 and 64); by 2, 3 and 4 convolutions of {HALVING_WIDTH} channels and kernel 2, each "
        f"followed by 2 x 2 averages (4, 8 and 16 pixels); and by two 3 x 3 convolutions of "
        f"{', '.join(map(str, GLOBAL_WIDTHS))} channels and one average over all pixels. With "
        "growing strides instead of windows, the same code finds √d. Exponents are slopes of mean "
        "logarithms over log d, of second moments for rms.",
        tables=[exponents_table(kinds, sampled.error)],
        plots={
            "section-3-3-one-pixel": loss_plot(
                kinds, {kind: 1 / 2 if kind == STRIDED else 0 for kind in kinds}, sampled.error
            )
        },
    )
