"""What the checks of trained networks make of two-level intervals: ratios by the delta method."""

import math
from collections.abc import Callable

import numpy as np

from empirical.measures.contrasts import average
from empirical.measures.image_measures import ImageMeasures
from empirical.measures.quantities import damage_ratios
from empirical.measures.superposition import vulnerability_ratio
from empirical.measures.trained import Cell, Sweep, TrainedNetwork
from evidence.intervals import Interval

from .crossed import Crossing
from .measured import Array, Measured
from .settings import Measurement, Setting
from .tilts import Group, measure_tilted

FIRST, SECOND = (Cell(network="any", size=8, method=method) for method in ("one", "other"))


def trained() -> list[Setting]:
    """Return ratios of vulnerabilities, and of real to first-order damage."""
    return [
        Setting(
            kind=kind,
            law=law,
            samples=f"{cells} × {networks} networks, 1,000 images",
            measures=[measure(networks)],
            runs=1400,
        )
        for networks in (4, 12)
        for kind, law, cells, measure in (
            ("vulnerability_ratio", "events of 10 % on both sides", 2, _ratio),
            ("damage_ratios", "norms with a rest of a third", 1, _damage),
        )
    ]


def _sweep(cells: dict[Cell, list[dict[str, Array]]], images: int) -> Sweep:
    """Return networks of which some measures are given, by image."""
    nothing, never = np.zeros(images), np.zeros(images, dtype=bool)
    flags = dict.fromkeys(("correct", "changed", "still_correct"), never)
    floats = dict.fromkeys(("loss", "gradient_norm", "gradient_norm_l2", "increase"), nothing)
    return Sweep(
        name="coverage",
        data="a known law",
        epsilon=1.0,
        networks=[
            TrainedNetwork(
                cell=cell,
                index=index,
                d=64,
                measures=ImageMeasures(**(flags | floats | measures)),
                training_loss=0.0,
                seconds=0.0,
            )
            for cell, networks in cells.items()
            for index, measures in enumerate(networks)
        ],
    )


def _ratio(networks: int) -> Measurement:
    def measure(error: float, runs: int, factor: float) -> Measured:
        crossing = Crossing(0.1)
        groups, difference = crossing.groups(2, networks, 1000, 1)

        def interval_of(samples: list[Array]) -> Interval:
            changed = crossing.samples(samples) > 0
            rows: dict[Cell, list[dict[str, Array]]] = {
                cell: [{"changed": row} for row in part]
                for cell, part in ((FIRST, changed[:networks]), (SECOND, changed[networks:]))
            }
            return vulnerability_ratio(_sweep(rows, 1000), [(FIRST, SECOND)], error)

        # The logarithms of the population's two shares, which differ by chance alone.
        truth = 2 * math.atanh(difference / (2 * crossing.share))
        return _measured(groups, interval_of, truth, error, runs, factor)

    return measure


def _damage(networks: int) -> Measurement:
    def measure(error: float, runs: int, factor: float) -> Measured:
        rng = np.random.default_rng(1)
        points = 20_001
        norms = np.exp(0.7 * rng.standard_normal((points, 1)) * np.ones(networks))
        rest = norms * (1 + 0.3 * rng.standard_normal((points, networks)))
        own = np.sort(1 + 0.1 * rng.standard_normal(points))
        ratios = rest.mean(axis=0) / norms.mean(axis=0)
        influence = ((rest - ratios * norms) / norms.mean(axis=0)).mean(axis=1)
        images = np.concatenate([norms, rest], axis=1)

        def interval_of(samples: list[Array]) -> Interval:
            chance, drawn = samples
            rows = [
                {"gradient_norm": drawn[:, i], "increase": chance[i] * drawn[:, networks + i]}
                for i in range(networks)
            ]
            sweep = _sweep({FIRST: rows}, 1000)
            return average(sweep, [FIRST], damage_ratios, error)

        groups = [Group(own, own, networks), Group(images, influence, 1000)]
        truth = float(own.mean() * ratios.mean())
        return _measured(groups, interval_of, truth, error, runs, factor)

    return measure


def _measured(
    groups: list[Group],
    interval_of: Callable[[list[Array]], Interval],
    truth: float,
    error: float,
    runs: int,
    factor: float,
) -> Measured:
    return measure_tilted(groups, interval_of, truth, error, runs=runs, seed=1, factor=factor)
