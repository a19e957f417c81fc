"""Appendix C: the mean square of pixels, where images are resized or cropped.

The paper says that natural images keep it. Two photographs come with scikit-learn. Dead leaves have
the scale invariance on which the paper's argument rests, and nothing else of nature.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from sklearn.datasets import load_digits, load_sample_images
from torch import Tensor

from empirical.data.dead_leaves import dead_leaves
from empirical.data.images import ImageData, resized
from evidence.findings import Evidence, Exact, Progress, Table, compare, silent
from running.streams import stream

MARGIN = 0.05
"""How far the exponent of ‖x‖_2 in d may be from 1/2: a tenth of it."""

HALVINGS = 3
LEAVES, LEAVES_SIZE = 48, 64
GIVEN = 500
"""As many of the user's images as are looked at, at most."""


@dataclass(frozen=True, kw_only=True)
class Images:
    """Images of one kind.

    Attributes
    ----------
    name : which they are.
    pixels : float32 of shape (N, C, S, S), S a multiple of 2^HALVINGS.
    """

    name: str
    pixels: Tensor

    @property
    def contrast(self) -> "Images":
        """The same less the mean of all their pixels."""
        return Images(name=f"{self.name}, contrast", pixels=self.pixels - self.pixels.mean())

    @property
    def sizes(self) -> list[int]:
        """Pixels along one side, halved again and again."""
        return [self.pixels.shape[-1] // 2**n for n in range(HALVINGS + 1)]

    @property
    def resized_exponent(self) -> float:
        """The γ of ‖x‖_2 ∝ d^γ over the sizes, for the root mean square of ‖x‖_2."""
        return _exponent([_mean_square(resized(self.pixels, size)) for size in self.sizes])

    @property
    def cropped_exponent(self) -> float:
        """The same where images are cropped to their centres."""
        return _exponent([_mean_square(_centre(self.pixels, size)) for size in self.sizes])


def check_mean_square(
    data: ImageData | None, *, seed: int, progress: Progress = silent
) -> Evidence:
    """Test that ‖x‖_2 grows like √d when the resolution or the crop of natural images grows.

    Parameters
    ----------
    data : further images; None for none. Digits are no natural images, and dead leaves are among
        those tested anyway.
    seed : draws the dead leaves, and the order in which a photograph's pixels are shuffled.
    progress : called while dead leaves are rendered.
    """
    photographs = _photographs()
    leaves = Images(
        name="dead leaves",
        pixels=dead_leaves(
            seed, "mean-square", range(LEAVES), size=LEAVES_SIZE, classes=4, progress=progress
        ).float(),
    )
    natural = photographs if data is None or _is_ours(data) else [*photographs, _given(data)]
    shuffled = [_shuffled(one, seed) for one in photographs]
    return Evidence(
        method=(
            f"Images are resized to halves of their side, {HALVINGS} times, as for training; the "
            "exponent of ‖x‖_2 in d is the slope over the sizes. x is taken once as the "
            "intensities and once as the contrast: of intensities the mean alone, which no "
            "resizing changes, makes up most of the mean square. Natural images here are the two "
            "photographs of scikit-learn, and those of --data unless they are digits or dead "
            "leaves. Two photographs say that the effect occurs and how large it is in them; they "
            "say nothing of how it varies over natural images, and too little of crops: a crop of "
            "one image has its mean square only as far as the parts of the image are alike. The "
            "table has what crops to the centre give."
        ),
        stated=[
            *_scales_like_root(
                "resized intensities have ‖x‖_2 ∝ d^γ, γ within 0.05 of 1/2", natural
            ),
            *_scales_like_root("resized contrasts, too", [images.contrast for images in natural]),
        ],
        literal=[
            *_scales_like_root(
                "scale invariance alone keeps the contrast's mean square (dead leaves)",
                [leaves.contrast],
            )
        ],
        controls=[
            *_scales_like_root("false neighbour: intensities of scanned digits, too", [_digits()]),
            *_scales_like_root(
                "false neighbour: contrasts of photographs with their pixels shuffled, too",
                [images.contrast for images in shuffled],
            ),
        ],
        tables=[
            Table(
                title="Exponent γ of ‖x‖_2 ∝ d^γ",
                columns=["images", "resized", "cropped to the centre"],
                rows=[
                    [one.name, one.resized_exponent, one.cropped_exponent]
                    for kind in (*natural, leaves)
                    for one in (kind, kind.contrast)
                ],
            )
        ],
        data="; ".join(images.name for images in (*natural, leaves)),
    )


def _scales_like_root(statement: str, images: Sequence[Images]) -> list[Exact]:
    def wrong(one: Images) -> str:
        exponent = one.resized_exponent
        return "" if abs(exponent - 0.5) <= MARGIN else f"{one.name}: γ = {exponent:.3f}"

    return [compare(statement, images, wrong)]


def _exponent(mean_squares: Sequence[float]) -> float:
    """Half of 1 plus the slope of log mean square over log d, sizes halved from one to the next."""
    logs = torch.tensor(mean_squares, dtype=torch.float64).log()
    log_d = -math.log(4) * torch.arange(len(logs), dtype=torch.float64)
    centred = log_d - log_d.mean()
    return float(0.5 + (centred @ logs) / (centred @ centred) / 2)


def _mean_square(pixels: Tensor) -> float:
    return float((pixels.double() ** 2).mean())


def _centre(pixels: Tensor, size: int) -> Tensor:
    start = (pixels.shape[-1] - size) // 2
    return pixels[..., start : start + size, start : start + size]


def _square(pixels: Tensor) -> Tensor:
    """The largest centre of a side that can be halved HALVINGS times."""
    side = min(pixels.shape[-2:])
    side -= side % 2**HALVINGS
    top, left = ((length - side) // 2 for length in pixels.shape[-2:])
    return pixels[..., top : top + side, left : left + side].float()


def _photographs() -> list[Images]:
    bunch = load_sample_images()
    return [
        Images(
            name=f"scikit-learn's {Path(name).name}",
            pixels=_square(torch.from_numpy(image.copy()).permute(2, 0, 1)[None]),
        )
        for name, image in zip(bunch.filenames, bunch.images, strict=True)
    ]


def _digits() -> Images:
    pixels = torch.from_numpy(load_digits().images).float().unsqueeze(1)
    return Images(name="scikit-learn's digits", pixels=pixels)


def _is_ours(data: ImageData) -> bool:
    return data.name in ("digits", "dead leaves")


def _given(data: ImageData) -> Images:
    return Images(name=data.name, pixels=_square(data.held_out_images[:GIVEN]))


def _shuffled(images: Images, seed: int) -> Images:
    order = torch.randperm(images.pixels[0, 0].numel(), generator=stream(seed, "shuffled"))
    pixels = images.pixels.flatten(2)[..., order].reshape(images.pixels.shape)
    return Images(name=f"{images.name}, shuffled", pixels=pixels)
