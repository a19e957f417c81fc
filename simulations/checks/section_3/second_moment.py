"""The second moment of a dense network's gradient coordinates: Equation 8."""

import math
from collections.abc import Sequence
from functools import partial

from evidence.findings import Evidence, Table
from evidence.intervals import Equivalence, Inequality
from evidence.known_values import LEVEL, miss_too_often, parts
from evidence.means import mean_interval
from evidence.moments import (
    moment_exponent_interval,
    moment_interval,
    moment_ratio_interval,
)
from simulations.checks.network_check import (
    all_of,
    bars,
    by_kind,
    ensemble_of,
    neighbours,
    network_check,
)
from simulations.checks.section_3.dense_scaling import DIMENSIONS, LOGITS, WIDTHS
from simulations.engine.ensemble import Ensemble
from simulations.engine.gradient_rows import Relu
from simulations.engine.sampler import Sample
from simulations.engine.sequential import Findings, Sampled
from simulations.reports.scaling_plots import Series, scaling_plot

SIZES = DIMENSIONS[:2]
NARROW = (16, 16)
"""Hidden widths. The expectation is exact at every width, and narrow layers give away a variance
that is a little off, such as 2/(n + 1)."""

PRINTED, LINEAR = "a ReLU on the logits", "linear logits"
EXPECTED = {PRINTED: 1, LINEAR: 2}
"""The two readings, and what d E[(∂_x f_k)²] is under each."""

MARGINS = {PRINTED: 0.1, LINEAR: 0.05}
"""Relative. The first is wider since a killed logit has gradient 0: that doubles the spread."""

PART, EXPONENT_PART = 64, 32
"""Networks behind each interval that is held against a known value: 512 intervals of each kind."""


def dense_ensemble(
    d: int,
    *,
    relu_on_logits: bool,
    logits: int = LOGITS,
    widths: tuple[int, ...] = WIDTHS,
    relu: Relu = "real",
) -> Ensemble:
    """Return dense networks with linear logits, or with a ReLU on them, as H1 is printed."""
    ensemble = partial(ensemble_of, "dense", d, logits=logits, widths=widths, relu=relu)
    # Linear logits are the default: named, they would make another ensemble of the same networks.
    return ensemble(relu_on_logits=True) if relu_on_logits else ensemble()


KINDS = {
    kind: [dense_ensemble(d, relu_on_logits=kind == PRINTED, widths=NARROW) for d in SIZES]
    for kind in EXPECTED
}


def _judge(samples: Sequence[Sample], error: float) -> Findings:
    def moments(kind: str, predicted: float) -> list[Equivalence]:
        return [
            mean_interval(sample.d * sample.mean_square(), error).against(
                f"d E[(∂_x f_k)²] = {predicted:g} with {kind}, d = {sample.d}",
                predicted=predicted,
                margin=MARGINS[kind] * EXPECTED[kind],
            )
            for sample in by_kind(KINDS, samples)[kind]
        ]

    return Findings(
        stated=moments(PRINTED, 1),
        corrected=moments(LINEAR, 2),
        controls=[
            *(
                finding
                for kind, expected in EXPECTED.items()
                for false in neighbours(expected, MARGINS[kind] * expected)
                for finding in moments(kind, false)
            ),
            *_known(samples, error),
        ],
    )


def _known(samples: Sequence[Sample], error: float) -> list[Inequality]:
    """Hold intervals for second moments, their ratios and exponents against what Eq. 8 gives."""
    linear, printed = (by_kind(KINDS, samples)[kind] for kind in (LINEAR, PRINTED))
    split = {
        id(sample): parts(sample.d * sample.mean_square(), PART) for sample in (*linear, *printed)
    }
    exponents = zip(*(parts(one.mean_square(), EXPONENT_PART) for one in linear), strict=True)
    return [
        miss_too_often(
            "a second moment, d E[(∂_x f_k)²] = 2",
            [moment_interval(part, LEVEL) for one in linear for part in split[id(one)]],
            2,
            error,
        ),
        miss_too_often(
            "a ratio of second moments, 2 between linear logits and a ReLU on them",
            [
                moment_ratio_interval(*pair, LEVEL)
                for one, other in zip(linear, printed, strict=True)
                for pair in zip(split[id(one)], split[id(other)], strict=True)
            ],
            math.log(2),
            error,
        ),
        miss_too_often(
            "the exponent −1 of second moments in d",
            [moment_exponent_interval(SIZES, pair, LEVEL) for pair in exponents],
            -1,
            error,
        ),
    ]


@network_check(
    all_of(KINDS),
    _judge,
    first=16384,
    most=65536,
    activity="second moments",
)
def check_equation_8(sampled: Sampled) -> Evidence:
    """Test E[(∂_x f_k)²] = 1/d with a ReLU after each non-input neuron, logits included (Eq. 8).

    With symmetric weights it is exact at every width, without H1: the opposite sign of a neuron's
    weights turns its ReLU on instead of off and keeps the square of its contribution. Linear
    logits, the usual ones, miss one factor 1/2: that reading, 2/d, is tested as well.
    """
    series = [
        _series(kind, samples, sampled.error)
        for kind, samples in by_kind(KINDS, sampled.samples).items()
    ]
    return sampled.evidence(
        method=f"In He-initialized dense ReLU networks ({', '.join(map(str, NARROW))} hidden "
        f"neurons, {LOGITS} logits, inputs of standard normal noise) the squares of all gradient "
        "coordinates of a logit are averaged, with a ReLU on the logits, as H1 is printed, and "
        "with linear logits. The expectation is exact at every width.",
        tables=[
            Table(
                title=f"E[(∂_x f_k)²] over {sampled.networks:,} networks, with the ends of "
                f"the confidence intervals at error {sampled.error:.1g}",
                columns=["d", *(x for kind in KINDS for x in (f"with {kind}", "low", "high"))],
                rows=[
                    [d, *(end for i in intervals for end in (i.estimate, i.low, i.high))]
                    for d, *intervals in zip(
                        SIZES, *(measured.intervals for measured in series), strict=True
                    )
                ],
            )
        ],
        plots={
            "eq-8": scaling_plot(
                series,
                x_label="input dimension d",
                y_label="E[(∂_x f_k)²]",
                bars=bars(sampled.error),
            )
        },
    )


def _series(kind: str, samples: Sequence[Sample], error: float) -> Series:
    intervals = [mean_interval(sample.mean_square(), error) for sample in samples]
    expected = EXPECTED[kind]
    return Series(f"{kind}: {expected}/d", SIZES, intervals, [expected / d for d in SIZES])
