"""Sweeps of networks whose measures obey a known law, with chance over networks and images."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from empirical.measures.figure_cells import POOLINGS
from empirical.measures.image_measures import ImageMeasures
from empirical.measures.trained import Cell, Sweep, TrainedNetwork


@dataclass(frozen=True, kw_only=True)
class Law:
    """Means of a cell; `ratio` is that of real to first-order damage."""

    d: int
    norm: float = 10.0
    share: float = 0.1
    ratio: float = 1.0
    accuracy: float = 0.8
    networks: int = 8


def known_sweep(
    laws: Mapping[Cell, Law], *, images: int = 1000, spread: float = 0.05, seed: int = 0
) -> Sweep:
    """Draw a sweep; images that are hard for one network are mostly hard for all."""
    rng = np.random.default_rng(seed)
    epsilon = 0.01
    steepness = rng.gamma(2, size=images) / 2
    easiness, fragility = rng.random((2, images))
    networks = []
    for cell, law in laws.items():
        for index in range(law.networks):
            chance = float(np.exp(spread * rng.normal() - spread**2 / 2))
            norms = law.norm * chance * steepness * rng.gamma(4, size=images) / 4
            shared = rng.random(images) < 0.7
            changed = np.where(shared, fragility, rng.random(images)) < law.share * chance
            correct = np.where(shared, easiness, rng.random(images)) < law.accuracy
            measures = ImageMeasures(
                correct=correct,
                loss=rng.random(images) + ~correct,
                gradient_norm=norms,
                gradient_norm_l2=norms / (0.8 * law.d**0.5),
                changed=changed,
                still_correct=correct & ~changed,
                increase=law.ratio * epsilon * norms * rng.gamma(9, size=images) / 9,
            )
            networks.append(
                TrainedNetwork(
                    cell=cell,
                    index=index,
                    d=law.d,
                    measures=measures,
                    training_loss=0.1,
                    seconds=1.0,
                )
            )
    return Sweep(name="known", data="images of a known law", epsilon=epsilon, networks=networks)


def over_sizes(
    sizes=(32, 64, 128), *, norm=0.5, share=0.5, ratios=None, shares=None, networks=8, **options
):
    """Power laws in d of these exponents, or any ratios and shares."""
    dimensions = [3 * size**2 for size in sizes]
    return known_sweep(
        {
            Cell(network="paper-figure-1", size=size): Law(
                d=d,
                norm=3 * (d / dimensions[0]) ** norm,
                share=shares[i] if shares else 0.06 * (d / dimensions[0]) ** share,
                ratio=ratios[i] if ratios else 1.0,
                networks=networks,
            )
            for i, (size, d) in enumerate(zip(sizes, dimensions, strict=True))
        },
        **options,
    )


def over_poolings(laws, **options):
    """Laws of the average-pooled, strided and max-pooled networks, as keywords of `Law`."""
    return known_sweep(
        {
            Cell(network=network, size=32): Law(d=3 * 32**2, **law)
            for network, law in zip(POOLINGS.values(), laws, strict=True)
        },
        **options,
    )
