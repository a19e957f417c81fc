"""Shares, second moments, spreads over coordinates, and networks crossed with images."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from evidence.intervals import Interval
from evidence.moments import (
    moment_exponent_interval,
    moment_interval,
    moment_ratio_interval,
    slope_interval,
)
from evidence.spread import Counts, group_ratio_interval, spread_interval
from evidence.two_level import log_of_mean, two_level_contrast, two_level_interval

from .crossed import Crossing
from .laws import PROFILES, coordinates, lognormal, population, squared_gradients
from .measured import Array, Measured
from .settings import Measurement, Setting
from .shares import measure_share
from .tilts import Group, measure_tilted


def _lognormal(sigma: float) -> Array:
    return population(lognormal(sigma))


POSITIVE: dict[str, Callable[[], Array]] = {
    **{f"lognormal, σ = {s:g}": partial(_lognormal, s) for s in (0.25, 0.5, 1, 1.5, 2)},
    "squared gradients, 64 wide, 2 deep": lambda: squared_gradients(64, 2),
    "squared gradients, 16 wide, 6 deep": lambda: squared_gradients(16, 6),
}


def shares() -> list[Setting]:
    """Return the exact interval for a probability."""
    return [
        Setting(
            kind="share_interval",
            law="zeros and ones, probability 0.001 to 0.5",
            samples=f"{trials:,}",
            measures=[_share(p, trials) for p in (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.35, 0.5)],
            runs=1,
        )
        for trials in (20, 300, 1000)
    ]


def _share(p: float, trials: int) -> Measurement:
    return lambda error, _, factor: measure_share(p, trials, error, factor=factor)


def moments() -> list[Setting]:
    """Return means of positive, heavy-tailed samples, and their exponents and ratios."""
    found = [
        Setting(
            kind="moment_interval",
            law=name,
            samples=f"{number:,}",
            measures=[_moment(law, number)],
            runs=1400,
        )
        for name, law in POSITIVE.items()
        for number in (64, 250, 1000, 4000)
    ]
    for name in ("lognormal, σ = 0.5", "lognormal, σ = 1", "squared gradients, 16 wide, 6 deep"):
        for number in (256, 1024):
            found += [
                Setting(
                    kind=kind,
                    law=name,
                    samples=samples,
                    measures=[measure(POSITIVE[name], number)],
                    runs=1400,
                )
                for kind, samples, measure in (
                    ("moment_exponent_interval", f"3 sizes × {number:,}", _moment_exponent),
                    ("moment_ratio_interval", f"{number:,} pairs", _moment_ratio),
                )
            ]
    name = "lognormal, σ = 0.5"
    found.append(
        Setting(
            kind="slope_interval",
            law=name,
            samples="3 sizes × 256 pairs",
            measures=[_slope_of_ratios(POSITIVE[name], 256)],
            runs=1400,
        )
    )
    return found


def _moment(law: Callable[[], Array], number: int) -> Measurement:
    def measure(error: float, runs: int, factor: float) -> Measured:
        points = law()
        return measure_tilted(
            [Group(points, points, number)],
            lambda samples: moment_interval(samples[0], error),
            float(points.mean()),
            error,
            runs=runs,
            seed=1,
            factor=factor,
        )

    return measure


def _moment_exponent(law: Callable[[], Array], number: int) -> Measurement:
    def measure(error: float, runs: int, factor: float) -> Measured:
        points = law()
        relative = points / points.mean()
        # The slopes over sizes in even steps; the middle one has no weight in them.
        groups = [Group(points, a * relative, number) for a in (-1.0, 0.0, 1.0)]
        return measure_tilted(
            [groups[0], Group(points, 1e-9 * relative, number), groups[2]],
            lambda samples: moment_exponent_interval((1, 4, 16), samples, error),
            0.0,
            error,
            runs=runs,
            seed=1,
            factor=factor,
        )

    return measure


def _pairs(law: Callable[[], Array]) -> tuple[Array, Array]:
    """Return a population of pairs, and what each does to the logarithm of their means' ratio."""
    own, rng = law(), np.random.default_rng(2)
    shared = rng.permutation(population(lognormal(0.5)))
    pairs = np.stack([own * shared, shared], axis=1)
    relative = pairs / pairs.mean(axis=0)
    return pairs, relative[:, 0] - relative[:, 1]


def _moment_ratio(law: Callable[[], Array], number: int) -> Measurement:
    def measure(error: float, runs: int, factor: float) -> Measured:
        pairs, influence = _pairs(law)
        of_each = pairs.mean(axis=0)
        return measure_tilted(
            [Group(pairs, influence, number)],
            lambda samples: moment_ratio_interval(samples[0][:, 0], samples[0][:, 1], error),
            float(np.log(of_each[0] / of_each[1])),
            error,
            runs=runs,
            seed=1,
            factor=factor,
        )

    return measure


def _slope_of_ratios(law: Callable[[], Array], number: int) -> Measurement:
    def measure(error: float, runs: int, factor: float) -> Measured:
        pairs, influence = _pairs(law)

        def interval_of(samples: list[Array]) -> Interval:
            return slope_interval(
                (1, 4, 16),
                [moment_ratio_interval(one[:, 0], one[:, 1], error) for one in samples],
            )

        # As above: the middle one has no weight.
        groups = [Group(pairs, a * influence, number) for a in (-1.0, 1e-9, 1.0)]
        return measure_tilted(groups, interval_of, 0.0, error, runs=runs, seed=1, factor=factor)

    return measure


def spreads() -> list[Setting]:
    """Return spreads over coordinates, and ratios of groups of them."""
    halves, bump = PROFILES
    laws = [(0.0, halves), (0.05, halves), (0.3, halves), (0.3, bump)]
    return [
        Setting(
            kind="spread_interval",
            law=f"coefficient of variation {variation:g}" + (f", {name}" if variation else ""),
            samples=f"{blocks} blocks × {size}",
            measures=[_spread(variation, PROFILES[name], blocks, size)],
            runs=2800,
        )
        for variation, name in laws
        for blocks, size in ((16, 64), (40, 16))
    ] + [
        Setting(
            kind="group_ratio_interval",
            law="coefficient of variation 0.3",  # others only scale it
            samples=f"{blocks} blocks × {size}",
            measures=[_group_ratio(0.3, PROFILES[halves], blocks, size)],
            runs=2800,
        )
        for blocks, size in ((16, 64), (40, 16))
    ]


def _in_blocks(samples: list[Array], blocks: int) -> tuple[Array, Counts]:
    sums: Array = samples[0].reshape(blocks, -1, samples[0].shape[1]).sum(axis=1)
    return sums, np.full(blocks, samples[0].shape[0] // blocks)


def _spread(variation: float, profile: Array, blocks: int, size: int) -> Measurement:
    def measure(error: float, runs: int, factor: float) -> Measured:
        points = coordinates(variation, profile)
        moments = points.mean(axis=0)
        influence = points @ moments / np.sum(moments**2) - points.mean(axis=1) / moments.mean()
        if not variation:  # the first order vanishes
            influence = points.mean(axis=1)

        def interval_of(samples: list[Array]) -> Interval:
            sums, counts = _in_blocks(samples, blocks)
            return spread_interval(sums, counts, error)

        truth = math.sqrt(float(np.mean(moments**2) / moments.mean() ** 2) - 1 + 1e-15)
        return measure_tilted(
            [Group(points, influence, blocks * size)],
            interval_of,
            0.0 if not variation else truth,
            error,
            runs=runs,
            seed=1,
            factor=factor,
        )

    return measure


def _group_ratio(variation: float, profile: Array, blocks: int, size: int) -> Measurement:
    def measure(error: float, runs: int, factor: float) -> Measured:
        points, group = coordinates(variation, profile), profile > 0
        upper, lower = points[:, group].mean(axis=1), points[:, ~group].mean(axis=1)

        def interval_of(samples: list[Array]) -> Interval:
            sums, counts = _in_blocks(samples, blocks)
            return group_ratio_interval(sums, counts, group, ~group, error)

        return measure_tilted(
            [Group(points, upper / upper.mean() - lower / lower.mean(), blocks * size)],
            interval_of,
            float(upper.mean() / lower.mean()),
            error,
            runs=runs,
            seed=1,
            factor=factor,
        )

    return measure


CROSSINGS = {
    "events of 40 %": Crossing(0.4),
    "events of 10 %": Crossing(0.1),
    "events of 2 %": Crossing(0.02),
    "events of 10 %, networks alike": Crossing(0.1, networks=0.01),
    "norms": Crossing(0.0, images=0.7, networks=0.1, rest=0.3),
    "norms, networks alike": Crossing(0.0, images=0.7, networks=0.01, rest=0.3),
}


def crossed() -> list[Setting]:
    """Return networks crossed with images: means, and differences of two architectures."""
    return [
        Setting(
            kind="two_level_interval" if architectures == 1 else "two_level_contrast",
            law=name,
            samples=f"{architectures} × {networks} networks, {images:,} images",
            measures=[_crossed(crossing, architectures, networks, images)],
            runs=1400,
        )
        for name, crossing in CROSSINGS.items()
        for architectures in (1, 2)
        for networks, images in ((4, 1000), (12, 1000), (8, 360))
    ]


def _crossed(crossing: Crossing, architectures: int, networks: int, images: int) -> Measurement:
    def measure(error: float, runs: int, factor: float) -> Measured:
        groups, truth = crossing.groups(architectures, networks, images, 1)

        def interval_of(samples: list[Array]) -> Interval:
            found = crossing.samples(samples)
            found = found if crossing.share else log_of_mean(found)
            if architectures == 1:
                return two_level_interval(found, error)
            return two_level_contrast([found[:networks], found[networks:]], [1.0, -1.0], error)

        return measure_tilted(groups, interval_of, truth, error, runs=runs, seed=1, factor=factor)

    return measure
