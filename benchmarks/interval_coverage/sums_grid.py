"""Means, differences and slopes, of few samples and of many."""

from collections.abc import Sequence

import numpy as np
from scipy import special

from evidence.means import exponent_interval, mean_interval, slope_coefficients
from evidence.sums import squared_half_width

from .laws import LAWS, Quantiles, lognormal, population
from .measured import Measured, from_runs
from .normal_sums import measure_normal_sum
from .settings import Measurement, Setting
from .tilts import Group, measure_tilted
from .windows import measure_few

FEW = (4, 8, 12, 20)
MANY = (50, 300, 1000, 4000)
SKEWED = "few samples of a law with a skewness above 1 do not show it"
GIANTS = "a rare giant that was not drawn leaves no trace"


def normal_sums() -> list[Setting]:
    """Return sums of normal means of 1 to 24 groups, with variances up to 1000:1."""
    found = []
    for groups in (1, 2, 3, 8, 16, 24):
        patterns = {tuple([1.0] * groups)}
        patterns |= {(ratio, *[1.0] * (groups - 1)) for ratio in (10.0, 30.0, 100.0, 1000.0)}
        patterns |= {(*[30.0] * (groups // 2), *[1.0] * (groups - groups // 2))}
        patterns |= {(1000.0, 30.0, *[1.0] * (groups - 2))} if groups > 1 else set()
        numbers = [[n] * groups for n in (2, *FEW, 100)]
        if groups > 1:
            numbers += [[4, *[20] * (groups - 1)], [20, *[4] * (groups - 1)]]
        found.append(
            Setting(
                kind="sums",
                law="normal, variances 1:1 to 1000:1",
                samples=f"{groups} × (2 to 100)",
                measures=[
                    _normal(shares, [n - 1 for n in of])
                    for shares in sorted(patterns)
                    for of in numbers
                ],
                runs=8000,
            )
        )
    for networks in FEW:
        freedoms = [[999, *[networks - 1] * groups] for groups in (1, 2, 6)]
        found.append(
            Setting(
                kind="sums",
                law="normal networks, crossed with 1,000 images of 0.1 to 100 times their variance",
                samples=f"(1, 2, 6) × {networks} networks",
                measures=[
                    _normal([images, *[1.0] * (len(of) - 1)], of)
                    for images in (0.1, 1.0, 10.0, 100.0)
                    for of in freedoms
                ],
                runs=8000,
            )
        )
    return found


def _normal(shares: Sequence[float], freedoms: Sequence[float]) -> Measurement:
    return lambda error, runs, factor: measure_normal_sum(
        shares, freedoms, error, runs=runs, seed=1, factor=factor
    )


def few_samples() -> list[Setting]:
    """Return means and sums of few samples of other laws."""
    coefficients = {"1": [1.0], "2": [3.0, -1.0], "16": [10.0, *[-1.0, 1.0] * 7, -1.0]}
    found = []
    for name, law in LAWS.items():
        for groups, a in coefficients.items():
            of = [] if name == "normal" else [(name, False)]
            if groups == "1" and _excuse(name) == SKEWED:
                of.append((f"{name}; infinite where they look skewed", True))
            found += [
                Setting(
                    kind="sums",
                    law=told + ("" if groups == "1" else f", the widest group {a[0] ** 2:g}:1"),
                    samples=f"{groups} × (4 to 20)",
                    measures=[_few(law, number, a, unless_skewed) for number in FEW],
                    runs=60_000,
                    excused=_excuse(name),
                )
                for told, unless_skewed in of
            ]
    return found


def _few(
    law: Quantiles, number: int, coefficients: Sequence[float], unless_skewed: bool
) -> Measurement:
    return lambda error, runs, factor: measure_few(
        law,
        [number] * len(coefficients),
        coefficients,
        error,
        runs=runs,
        seed=1,
        factor=factor,
        unless_skewed=unless_skewed,
    )


def _excuse(law: str) -> str:
    if "giants" in law:
        return GIANTS
    return SKEWED if any(skewness in law for skewness in ("1.8", "skewness 2", "6.2")) else ""


def many_samples() -> list[Setting]:
    """Return means and slopes of many samples."""
    found = []
    for name, law in LAWS.items():
        for number in MANY:
            excuse = GIANTS if "giants" in name else ""
            found.append(
                Setting(
                    kind="mean_interval",
                    law=name,
                    samples=f"{number:,}",
                    measures=[_mean(law, number)],
                    runs=1400,
                    excused=excuse,
                )
            )
    slopes = {"normal": LAWS["normal"], "skewness 0.8": lognormal(0.25)}
    return found + [
        Setting(
            kind="exponent_interval",
            law=f"logarithms: {name}; variances 16:4:1",
            samples=f"3 sizes × {number:,}",
            measures=[_exponent(law, number)],
            runs=1400,
        )
        for name, law in slopes.items()
        for number in (12, 256, 1024)
    ]


def _mean(law: Quantiles, number: int) -> Measurement:
    def measure(error: float, runs: int, factor: float) -> Measured:
        points = population(law)
        return measure_tilted(
            [Group(points, points, number)],
            lambda samples: mean_interval(samples[0], error),
            float(points.mean()),
            error,
            runs=runs,
            seed=1,
            factor=factor,
        )

    return measure


def _exponent(law: Quantiles, number: int) -> Measurement:
    sizes = (4.0, 16.0, 256.0)
    slopes = slope_coefficients(sizes, 3)

    def measure(error: float, runs: int, factor: float) -> Measured:
        laws = [scale * population(law) for scale in (4.0, 2.0, 1.0)]
        truth = sum(a * float(points.mean()) for a, points in zip(slopes, laws, strict=True))
        return measure_tilted(
            [Group(points, a * points, number) for a, points in zip(slopes, laws, strict=True)],
            lambda samples: exponent_interval(sizes, samples, error),
            truth,
            error,
            runs=runs,
            seed=1,
            factor=factor,
        )

    return measure


def averages() -> list[Setting]:
    """Return means over many cells of few networks, with the cells as units."""
    return [
        Setting(
            kind="average",
            law=f"normal; variances of the cells 1:1 to 100:1; expectations {how}",
            samples=f"{cells} cells",
            measures=[_cells(cells, apart, ratio) for ratio in (1.0, 30.0, 100.0)],
            runs=2_000_000,
        )
        for cells in (8, 24)
        for how, apart in {"equal": 0.0, "apart": 2.0}.items()
    ]


def _cells(cells: int, apart: float, ratio: float) -> Measurement:
    def measure(error: float, runs: int, factor: float) -> Measured:
        rng = np.random.default_rng(1)
        expectations = apart * special.ndtri((np.arange(cells) + 0.5) / cells)
        deviations = np.sqrt(np.geomspace(ratio, 1, cells))
        above, below = [], []
        for _ in range(10):  # to keep the arrays small
            means = expectations + deviations * rng.standard_normal((runs // 10, cells))
            variances = means.var(axis=1, ddof=1, keepdims=True) / cells
            square = squared_half_width(variances, np.array([cells - 1.0]), error)
            off, half = means.mean(axis=1), factor * np.sqrt(square)
            above.append(off > half)
            below.append(off < -half)
        too_high, too_low = (np.concatenate(end).astype(float) for end in (above, below))
        return from_runs(too_high, too_low, np.ones(too_high.size), error)

    return measure
