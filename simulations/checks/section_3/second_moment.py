"""The second moment of a dense network's gradient coordinates: Equation 8."""

from collections.abc import Sequence

from evidence.equivalence import Equivalence
from evidence.findings import Evidence, Progress, Table, silent
from evidence.intervals import mean_interval
from running.plots import Series, scaling_plot
from simulations.checks.section_3.dense_scaling import DIMENSIONS, LOGITS, WIDTHS
from simulations.engine.ensemble import Ensemble
from simulations.engine.sampler import Sample, Sampler
from simulations.engine.sequential import Findings, Sampled, sample_until_decided

MARGIN = 0.1
"""Relative: 10 % of a second moment is 5 % of a size; the false neighbours are a factor 2 away."""

SIZES = DIMENSIONS[:2]

KINDS = {"a ReLU on the logits": 1, "linear logits": 2}
"""The two readings, and what d E[(∂_x f_k)²] is under each."""


def dense_ensemble(d: int, *, relu_on_logits: bool) -> Ensemble:
    """Return dense networks of `WIDTHS`, with linear logits or as H1 prints them."""
    options: tuple[tuple[str, int | bool | tuple[int, ...]], ...] = (("logits", LOGITS),)
    if relu_on_logits:
        options += (("relu_on_logits", True),)
    return Ensemble(network="dense", size=d, options=(*options, ("widths", WIDTHS)))


def check_equation_8(
    sampler: Sampler, *, error: float, budget: float = 1.0, progress: Progress = silent
) -> Evidence:
    """Test E[(∂_x f_k)²] = 1/d with a ReLU after each non-input neuron, logits included (Eq. 8).

    With symmetric weights it is exact at every width, without H1: the opposite sign of a neuron's
    weights turns its ReLU on instead of off and keeps the square of its contribution. Linear
    logits, the usual ones, miss one factor 1/2: that reading, 2/d, is tested as well.
    """

    def judge(samples: Sequence[Sample], error: float) -> Findings:
        def moments(kind: str, predicted: float, *, named: str = "") -> list[Equivalence]:
            return [
                mean_interval(sample.d * sample.mean_square(), error).against(
                    f"{named}d E[(∂_x f_k)²] = {predicted:g} with {kind}, d = {sample.d}",
                    predicted=predicted,
                    margin=MARGIN * predicted,
                )
                for sample in _of_kind(samples, kind)
            ]

        printed, linear = KINDS
        return Findings(
            printed=moments(printed, 1),
            corrected=moments(linear, 2),
            controls=[
                *moments(printed, 2),
                *moments(linear, 1),
                *moments(
                    printed,
                    1 / 2 ** (len(WIDTHS) + 1),
                    named="weights of variance 1/in-degree: ",
                ),
                *moments(printed, LOGITS, named="a path count that includes the K classes: "),
                *moments(printed, 1 / LOGITS, named="a factor K left out: "),
            ],
        )

    sampled = sample_until_decided(
        sampler,
        [dense_ensemble(d, relu_on_logits=relu) for relu in (True, False) for d in SIZES],
        judge,
        first=8192,
        most=16384,
        budget=budget,
        error=error,
        progress=progress,
        activity="second moments",
    )
    series = [_series(sampled, kind) for kind in KINDS]
    return Evidence(
        method=f"In He-initialized dense ReLU networks ({', '.join(map(str, WIDTHS))} hidden "
        f"neurons, {LOGITS} logits, inputs of standard normal noise) the squares of all gradient "
        "coordinates of a logit are averaged, with a ReLU on the logits, as H1 is printed, and "
        "with linear logits. The expectation is exact at every width.",
        printed=sampled.findings.printed,
        corrected=sampled.findings.corrected,
        controls=sampled.findings.controls,
        tables=[
            Table(
                title=f"E[(∂_x f_k)²] over {sampled.networks:,} networks, with the ends of "
                f"the confidence intervals at error {sampled.error:.1g}",
                columns=["d", *(x for kind in KINDS for x in (f"with {kind}", "low", "high"))],
                rows=[
                    [
                        d,
                        *(x for s in series for x in (s.estimate[row], s.low[row], s.high[row])),
                    ]
                    for row, d in enumerate(SIZES)
                ],
            )
        ],
        plots={
            "eq-8": scaling_plot(
                series,
                x_label="input dimension d",
                y_label="E[(∂_x f_k)²]",
                bars=f"bars: confidence intervals at error {sampled.error:.1g} each",
            )
        },
    )


def _of_kind(samples: Sequence[Sample], kind: str) -> Sequence[Sample]:
    start = list(KINDS).index(kind) * len(SIZES)
    return samples[start : start + len(SIZES)]


def _series(sampled: Sampled, kind: str) -> Series:
    intervals = [
        mean_interval(sample.mean_square(), sampled.error)
        for sample in _of_kind(sampled.samples, kind)
    ]
    return Series(
        label=f"{kind}: {KINDS[kind]}/d",
        x=SIZES,
        estimate=[interval.estimate for interval in intervals],
        low=[interval.low for interval in intervals],
        high=[interval.high for interval in intervals],
        predicted=[KINDS[kind] / d for d in SIZES],
    )
