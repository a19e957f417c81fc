"""Figure 1: how loss gradient and vulnerability of trained networks grow with the resolution."""

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from empirical.data.images import ImageData, at_resolution
from empirical.figures.drawing import growth_figure
from empirical.measures.image_measures import Measures
from empirical.measures.measure import attack_size, measure
from empirical.training.networks import SIZES, small_cnn
from empirical.training.train import train
from evidence.equivalence import Equivalence
from evidence.findings import Evidence, Progress, Table, silent
from evidence.intervals import mean_interval
from running.parallel import Task, side_by_side
from running.streams import stream

NETWORKS = 14
"""Networks at each size, at budget 1 (the paper: 10)."""

EPOCHS = 8
TRAINING_IMAGES = 3_000
HELD_OUT_IMAGES = 1_200

MARGIN = 0.25
"""Half-way from the exponent 1/2 to its neighbours: 0, no growth, and 1, growth like d."""


def check_figure_1(
    data: ImageData,
    *,
    seed: int,
    error: float,
    budget: float = 1.0,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> Evidence:
    """Train networks at three resolutions and measure two scaling exponents on held-out images.

    The estimands are the exponents in d of (a) the mean l1-norm of the loss gradient and (b) the
    vulnerability to FGSM, each the least-squares slope of its logarithm over log d, in the mean
    over networks trained on these images. Predicted is 1/2, with a margin of 1/4.

    Networks have the same parameters at all sizes, so network i starts from the same weights and
    sees the images in the same order at each size. It gives one slope over the three sizes, and
    the slopes are independent and alike over i: their Student interval needs no equal variances,
    and what the weights and the order do to all sizes alike cancels. The interval is exact for
    normal slopes. A slope is a difference of logarithms of means over hundreds of images, and 48
    slopes of a pilot had skewness 0.2 (norm) and 0.3 (vulnerability), 0 within their error. Chance
    here means weights and order; the images, their choice and their split are taken as they are.

    Parameters
    ----------
    data : images as read; at most 3,000 training and 1,200 held-out ones are used.
    seed : decides initial weights, order of the images, and which ones are used.
    error : error level of each interval.
    budget : multiplies the number of networks, of which there are two at least.
    device : where to train.
    progress : called four times a second.

    Raises
    ------
    ValueError : an error level not in (0, 1), or a budget that is not positive.
    TrainingError : a loss that is no longer finite.
    """
    if not 0 < budget < math.inf:
        raise ValueError(f"the budget must be a positive number, not {budget}")
    data = data.at_most(TRAINING_IMAGES, HELD_OUT_IMAGES, stream(seed, "figure-1", "images"))
    native = data.train_images.shape[-1]
    networks = max(2, round(NETWORKS * budget))
    measures = _train_and_measure(data, networks, seed, device, progress)
    dimensions = [data.channels * size**2 for size in SIZES]
    epsilon = attack_size(data)
    norms = _figures(measures, lambda one: one.gradient_norm)
    vulnerabilities = _figures(measures, lambda one: one.vulnerability)
    # One half more keeps the logarithm of a share finite where no prediction changed (Haldane
    # 1956, Ann. Hum. Genet. 20); beside dozens of changed predictions it hardly matters.
    shares = _figures(measures, lambda one: (one.changed + 0.5) / (one.images + 1))
    intervals = {
        "the mean l1-norm of the loss gradient": mean_interval(_slopes(dimensions, norms), error),
        "the adversarial vulnerability": mean_interval(_slopes(dimensions, shares), error),
    }

    def findings(law: str, exponent: float) -> list[Equivalence]:
        return [
            interval.against(
                f"after training, {quantity} grows like d^γ with γ nearest to {exponent:g} ({law})",
                predicted=exponent,
                margin=MARGIN,
            )
            for quantity, interval in intervals.items()
        ]

    return Evidence(
        method=(
            f"{networks} small convolutional networks were trained at each of {len(SIZES)} "
            "resolutions, with the same parameters, initial weights and order of the images at "
            f"each. On held-out images, attacked by FGSM with ε = {epsilon:.3g} pixel standard "
            "deviations, each network gives one scaling exponent in d; Student's interval is over "
            "the networks, for these images. The margin of 1/4 asks which of 0, 1/2 and 1 is the "
            "nearest exponent, not whether it is exactly 1/2; growth that slows down shows in the "
            f"second table. Images of {native} pixels a side are interpolated to other sizes; a "
            "size above their own brings no new detail. The paper's networks are larger, its "
            "images finer (32 to 256 pixels, by downsizing) and more (80,000)."
        ),
        printed=findings("√d", 0.5),
        controls=findings("a constant", 0.0) + findings("d", 1.0),
        tables=(
            _measures_table(dimensions, measures, epsilon),
            _exponents_table(dimensions, norms, shares),
        ),
        plots={
            "figure-1": growth_figure(
                dimensions,
                {
                    f"vulnerability to FGSM, ε = {epsilon:.3g} (%)": list(100 * vulnerabilities.T),
                    "mean l$_1$-norm of ∂$_x$L (nats per s.d.)": list(norms.T),
                },
                title=f"{networks} networks a size, held-out images of {data.name}",
            )
        },
        data=data.description,
    )


def _train_and_measure(
    data: ImageData,
    networks: int,
    seed: int,
    device: torch.device | str,
    progress: Progress,
) -> list[list[Measures]]:
    """One row a network, one entry a size."""
    resized = {size: at_resolution(data, size) for size in SIZES}
    epsilon = attack_size(data)

    def task(index: int, size: int) -> Task[Measures]:
        def work(report: Progress) -> Measures:
            network = small_cnn(
                data.channels,
                data.classes,
                size=size,
                generator=stream(seed, "figure-1", index, "weights"),
            )
            train(
                network,
                resized[size].train_images,
                resized[size].train_labels,
                epochs=EPOCHS,
                generator=stream(seed, "figure-1", index, "order"),
                device=device,
                progress=report,
            )
            return measure(network, resized[size], epsilon=epsilon)

        # The time that a network takes is nearly proportional to its number of pixels.
        return Task(name=f"network {index + 1} of {networks}, {size} px", cost=size**2, work=work)

    # Long tasks first, so that no worker is left with one when the others are done.
    sizes = sorted(SIZES, reverse=True)
    results = side_by_side(
        [task(index, size) for size in sizes for index in range(networks)],
        workers=torch.get_num_threads() if torch.device(device).type == "cpu" else 1,
        progress=progress,
    )
    by_size = {size: results[i * networks : (i + 1) * networks] for i, size in enumerate(sizes)}
    return [[by_size[size][index] for size in SIZES] for index in range(networks)]


def _figures(
    measures: list[list[Measures]], figure: Callable[[Measures], float]
) -> NDArray[np.float64]:
    """One figure of every network (rows) at every size (columns)."""
    return np.array([[figure(one) for one in row] for row in measures])


def _slopes(dimensions: list[int], figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least-squares slope of log figure over log d for each network, shape (networks,)."""
    centred = np.log(dimensions) - np.log(dimensions).mean()
    slopes: NDArray[np.float64] = np.log(figures) @ centred / (centred @ centred)
    return slopes


def _measures_table(dimensions: list[int], measures: list[list[Measures]], epsilon: float) -> Table:
    norms = _figures(measures, lambda one: one.gradient_norm)
    columns = [
        100 * _figures(measures, lambda one: one.accuracy).mean(axis=0),
        norms.mean(axis=0),
        *np.quantile(norms, (0.1, 0.9), axis=0),
        100 * _figures(measures, lambda one: one.vulnerability).mean(axis=0),
        100 * _figures(measures, lambda one: one.accuracy_drop).mean(axis=0),
    ]
    return Table(
        title=f"Held-out images, mean over {len(measures)} networks at each size",
        columns=(
            "pixels a side",
            "d",
            "accuracy (%)",
            "mean l1-norm of ∂L",
            "10th percentile",
            "90th percentile",
            f"vulnerability, ε = {epsilon:.3g} (%)",
            f"accuracy drop, ε = {epsilon:.3g} (points)",
        ),
        rows=[
            (size, d, *(float(column[i]) for column in columns))
            for i, (size, d) in enumerate(zip(SIZES, dimensions, strict=True))
        ],
    )


def _exponents_table(
    dimensions: list[int], norms: NDArray[np.float64], shares: NDArray[np.float64]
) -> Table:
    """Where the growth bends."""
    return Table(
        title="Exponents in d between neighbouring sizes, mean over networks",
        columns=("from d", "to d", "mean l1-norm of ∂L", "vulnerability"),
        rows=[
            (
                *dimensions[i : i + 2],
                *(
                    float(_slopes(dimensions[i : i + 2], figures[:, i : i + 2]).mean())
                    for figures in (norms, shares)
                ),
            )
            for i in range(len(dimensions) - 1)
        ],
    )
