"""Lemma 1 on the code that measures networks, on a small smooth network with a batch norm."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from empirical.measures.image_measures import Floats, ImageMeasures
from empirical.measures.measure import measure_images
from evidence.findings import Evidence, Exact, Progress, compare, silent

IMAGES = 6
SIZES = [1e-3 / 2**k for k in range(6)]
"""Sizes of the attack: its second order is far above rounding in float64 and below the first."""

SECOND_ORDER = (1.8, 2.2)
ROUNDING = 1e-10
BOUNDS = (-100.0, 100.0)
"""Of the pixels: an attack is never cut off."""


def check_lemma_1_in_measuring(*, seed: int, progress: Progress = silent) -> Evidence:
    """Lemma 1 on what is measured: FGSM raises each image's own loss by ε‖∂_x L‖_1."""
    progress(0.0, "measures of a small network")
    generator = torch.Generator().manual_seed(seed)
    layers = nn.Conv2d(3, 4, 2), nn.BatchNorm2d(4), nn.Softplus(), nn.Flatten(), nn.Linear(16, 3)
    network = nn.Sequential(*layers).double()
    with torch.no_grad():
        for weight in network.parameters():
            weight.normal_(generator=generator)
    images = torch.randn(IMAGES, 3, 3, 3, generator=generator, dtype=torch.float64)
    labels = torch.arange(IMAGES) % 3

    def measured(size: float, chosen: slice = slice(None)) -> ImageMeasures:
        return measure_images(network, images[chosen], labels[chosen], epsilon=size, bounds=BOUNDS)

    by_size = [measured(size) for size in SIZES]
    d = images[0].numel()
    return Evidence(
        method="What is measured on trained networks, on a small network with smooth activations "
        f"and a batch norm, for ε from {SIZES[-1]:g} to {SIZES[0]:g}.",
        stated=[
            _second_order(
                "the measured rise of the loss, less ε‖∂_x L‖_1, shrinks like ε²",
                [
                    one.increase - e * one.gradient_norm
                    for e, one in zip(SIZES, by_size, strict=True)
                ],
            ),
            compare(
                "an image has the same ‖∂_x L‖_1 measured alone and among others",
                list(range(IMAGES)),
                lambda i: _differs(measured(SIZES[0], slice(i, i + 1)), by_size[0], i),
            ),
        ],
        controls=[
            _second_order(
                f"false neighbour: less ε {name}",
                [
                    one.increase - e * factor * one.gradient_norm_l2
                    for e, one in zip(SIZES, by_size, strict=True)
                ],
            )
            for name, factor in (("‖∂_x L‖_2", 1.0), ("√d ‖∂_x L‖_2", d**0.5))
        ],
    )


def _second_order(statement: str, remainders: Sequence[Floats]) -> Exact:
    """Test that the root mean square of remainders, one array a size, shrinks like ε²."""
    typical = [float(np.sqrt(np.square(remainder).mean())) for remainder in remainders]
    slope = float(np.polyfit(np.log(SIZES), np.log(typical), 1)[0])
    right = SECOND_ORDER[0] <= slope <= SECOND_ORDER[1]
    return Exact(
        statement=statement,
        cases=len(SIZES),
        counterexample=None if right else f"the remainder shrinks like ε^{slope:.2f}",
    )


def _differs(alone: ImageMeasures, together: ImageMeasures, image: int) -> str:
    one, other = float(alone.gradient_norm[0]), float(together.gradient_norm[image])
    if abs(one - other) <= ROUNDING * other:
        return ""
    return f"image {image}: {one:.6g} alone, {other:.6g} among others"
