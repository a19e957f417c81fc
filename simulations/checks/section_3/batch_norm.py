"""Batch norms that enforce H1 and H3 (the text below the hypotheses)."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from evidence.decisions import decide
from evidence.findings import Evidence, Progress, Table, silent
from evidence.intervals import Equivalence
from evidence.means import Samples, mean_interval
from running.draws import Draws
from simulations.checks.network_check import estimate_and_ends, neighbours
from simulations.engine.sampler import Sampler
from simulations.engine.sequential import Findings, single_round

NETWORKS, BLOCK = 96, 8
"""With so many, the intervals of averages that are nearly normal are finite almost surely.

At error 3e-4 one is infinite if the skewness of the samples is above 0.133 √N (`evidence.sums`). Of
N = 96 normal ones it is with probability 1e-5 (8 of 800,000 drawn samples; 9e-4 for N = 64). So any
of the eight averages below makes a false neighbour be spared with probability 1e-4 at most.
"""
IMAGES = 256
IN_DEGREES = (144, 576)
"""Of both layers: those of 3 x 3 convolutions with 16 channels, and with the paper's 64."""

SIZES = {"He initialization": 1.0, "three times its size": 3.0}
"""The standard deviation of weights over He's."""

MOVED = 0.1
"""By how many standard deviations weights have moved whose mean is no longer 0."""

SHARE_MARGIN = 0.02
VARIANCE_MARGIN = 0.1
"""Relative."""

AFTER = {1: 1.0, 2: 2 * math.pi / (math.pi - 1)}
"""In-degree times the variance of effective weights, by layer: 1 over the variance of one input.

That is 1 for the network's own inputs, and (1 - 1/π)/2 for ReLUs of standard normals."""

WITH, WITHOUT = "with batch norm", "without"


def check_batch_norm(
    sampler: Sampler, *, error: float, budget: float = 1.0, progress: Progress = silent
) -> Evidence:
    """Test what batch norms do for H1 and H3 when weights are no longer as initialized.

    A batch norm subtracts a neuron's mean over the batch, so that the ReLU after it kills about
    half of the images, the more exactly the larger the in-degree. It divides by the standard
    deviation, as if the weights were divided by it. These effective weights have the variance 1
    over the in-degree and the variance of one input, whatever their own size: the order that H3
    says. The 2 of H3 stands for inputs of mean square 1/2. Here their variance counts, which is
    (1 - 1/π)/2 for a standard normal's ReLU, so that it becomes 2 π/(π - 1) = 2.93.
    """
    look = single_round(NETWORKS, budget=budget, error=error)
    networks, error = look.networks, look.error
    measured = {n: _measure(sampler, n, networks) for n in IN_DEGREES}
    progress(1.0, "layers with batch norms")

    findings = decide(lambda level: _judge(measured, level), error)
    return Evidence(
        method=f"Two dense layers of in-degree {' or '.join(map(str, IN_DEGREES))}, each with a "
        f"batch norm and a ReLU, on {IMAGES} images of standard normal noise. Effective weights "
        "are the weights over the standard deviations by which the batch norm divides. Its own "
        "scale and shift are 1 and 0; training moves them, too. Weights of a moved mean are in the "
        "second layer alone.",
        stated=findings.stated,
        literal=findings.literal,
        controls=findings.controls,
        tables=[
            Table(
                title=f"Layers with batch norms over {networks:,} networks, with the ends of the "
                f"confidence intervals at error {error:.1g}",
                columns=["", "in-degree", "measured", "low", "high"],
                rows=[
                    [name, n, *estimate_and_ends(mean_interval(values, error))]
                    for n, of_it in measured.items()
                    for name, values in of_it.items()
                ],
            )
        ],
    )


def _judge(measured: Mapping[int, Mapping[str, Samples]], error: float) -> Findings:
    def killed(n: int, which: str, predicted: float) -> Equivalence:
        name = _killed(which)
        return mean_interval(measured[n][name], error).against(
            f"{name}, in-degree {n}: {predicted:.3g}", predicted=predicted, margin=SHARE_MARGIN
        )

    def variance(n: int, layer: int, drift: str, predicted: float) -> Equivalence:
        name = _variance(layer, drift)
        return mean_interval(measured[n][name], error).against(
            f"{name}, in-degree {n}: {predicted:.3g}/in-degree",
            predicted=predicted,
            margin=VARIANCE_MARGIN * AFTER[layer],
        )

    cases = [(n, layer, drift) for n in IN_DEGREES for layer in AFTER for drift in SIZES]
    return Findings(
        stated=[
            *(killed(n, WITH, 1 / 2) for n in IN_DEGREES),
            *(variance(*case, AFTER[case[1]]) for case in cases),
        ],
        literal=[variance(*case, 2) for case in cases],
        controls=[
            *(killed(n, WITHOUT, 1 / 2) for n in IN_DEGREES),
            *(
                killed(n, WITH, false)
                for n in IN_DEGREES
                for false in neighbours(1 / 2, SHARE_MARGIN)
            ),
            *(
                variance(*case, false)
                for case in cases
                for false in neighbours(AFTER[case[1]], VARIANCE_MARGIN * AFTER[case[1]])
            ),
        ],
    )


def _killed(which: str) -> str:
    return f"share of images that a ReLU kills {which}, weights of a moved mean"


def _variance(layer: int, drift: str) -> str:
    return f"in-degree times the variance of effective weights, layer {layer}, {drift}"


def _measure(sampler: Sampler, n: int, networks: int) -> Mapping[str, Samples]:
    """Measure shares and variances, one average a network, shape (networks,) each."""
    parts: dict[str, list[Tensor]] = {}
    for start in range(0, networks, BLOCK):
        indices = range(start, min(start + BLOCK, networks))
        draws = Draws(sampler.seed, f"batch norm, {n}", indices, device=sampler.device)
        for name, values in _of_block(n, draws):
            parts.setdefault(name, []).append(values)
    return {name: torch.cat(of_it).double().cpu().numpy() for name, of_it in parts.items()}


def _of_block(n: int, draws: Draws) -> Sequence[tuple[str, Tensor]]:
    x = draws.normal(IMAGES, n)
    first, second = (draws.normal(n, n) * math.sqrt(2 / n) for _ in AFTER)
    found = []
    activations = []
    for drift, size in SIZES.items():
        h = x
        for layer, weights in zip(AFTER, (first * size, second * size), strict=True):
            z = h @ weights.transpose(1, 2)
            variances = weights.square().mean(2) / z.var(1, unbiased=False)
            found.append((_variance(layer, drift), n * variances.mean(1)))
            h = normalized(z).relu()
            activations.append(h)
    # Of the first layer, as initialized.
    z = activations[0] @ (second + MOVED * math.sqrt(2 / n)).transpose(1, 2)
    found += [
        (_killed(WITH), (normalized(z) <= 0).double().mean((1, 2))),
        (_killed(WITHOUT), (z <= 0).double().mean((1, 2))),
    ]
    return found


def normalized(z: Tensor) -> Tensor:
    """Apply torch's batch norm, in training, to every network by itself.

    Parameters
    ----------
    z : of the neurons of one layer, shape (networks, images, neurons).
    """
    networks, images, neurons = z.shape
    apart = z.transpose(0, 1).reshape(images, networks * neurons)
    apart = functional.batch_norm(apart, None, None, training=True)
    return apart.reshape(images, networks, neurons).transpose(0, 1)
