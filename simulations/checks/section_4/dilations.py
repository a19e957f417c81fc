"""What dilations keep equal across the resolutions of Figure 1 (Section 4.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from torch import nn

from evidence.findings import Evidence, Progress, Table, compare, silent
from simulations.networks.paper_networks import SMALLEST, figure_1

SIZES = tuple(SMALLEST * 2**k for k in range(4))
"""Pixels along an edge: the paper's 32, 64, 128 and 256."""

SIMILAR = Fraction(3, 2)
"""Shares of the image that differ by less than this factor count as similar."""


def check_dilations(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Section 4.1: with dilations, kernels cover similar ranges, with the same parameters."""
    progress(0.1, "networks of Figure 1")
    images = [_Image(size, list(figure_1(size)[0].modules())) for size in SIZES]
    halved = [image.with_dilations(Fraction(1, 2)) for image in images]
    bare = [image.with_dilations(Fraction(0)) for image in images]
    first = images[0]
    return Evidence(
        method=(
            "The very networks of Figure 1 are read layer by layer: kernels, dilations and strides "
            "give the pixels from one end of a kernel to the other, and the receptive field, from "
            "one end to the other, of the neurons that the last max-pooling meets."
        ),
        stated=[
            compare(
                "all have exactly the same number of parameters",
                images,
                lambda image: image.differs(image.parameters, first.parameters, "parameters"),
            ),
            compare(
                "the outermost pixels that a convolution sees lie apart by the same share of the "
                "image, in each of the 8 convolutions",
                images,
                lambda image: image.differs(image.reaches, first.reaches, "shares"),
            ),
            compare(
                "outermost pixels included, the first convolution covers a similar share (by less "
                "than a factor 1.5)",
                images,
                lambda image: image.dissimilar(image.first_kernel, first.first_kernel),
            ),
            compare(
                "so do all 8 convolutions and their poolings together",
                images,
                lambda image: image.dissimilar(image.field, first.field),
            ),
        ],
        controls=[
            compare(
                "false neighbour: the first covers a similar share with dilations half as large",
                halved,
                lambda image: image.dissimilar(image.first_kernel, first.first_kernel),
            ),
            compare(
                "false neighbour: all together do with dilations half as large",
                halved,
                lambda image: image.dissimilar(image.field, first.field),
            ),
            compare(
                "false neighbour: outermost pixels included, it is the very same share",
                images,
                lambda image: image.differs(image.first_kernel, first.first_kernel, "of an edge"),
            ),
        ],
        tables=[
            Table(
                title="Networks of Figure 1, with dilations and without: parameters, and shares of "
                "an image's edge that the first kernel covers and that all 8 convolutions cover "
                "(above 1: more than the image)",
                columns=["pixels", "parameters", "first", "all", "first, undilated", "all"],
                rows=[
                    [
                        image.size,
                        image.parameters,
                        float(image.first_kernel),
                        float(image.field),
                        float(plain.first_kernel),
                        float(plain.field),
                    ]
                    for image, plain in zip(images, bare, strict=True)
                ],
            )
        ],
    )


@dataclass(frozen=True)
class _Image:
    """A network for images of one size.

    Attributes
    ----------
    size : pixels along an edge.
    layers : the network's modules, in order.
    share : dilations are counted times this, as 1 at least.
    """

    size: int
    layers: Sequence[nn.Module]
    share: Fraction = Fraction(1)

    def with_dilations(self, share: Fraction) -> "_Image":
        return _Image(self.size, self.layers, share)

    @property
    def parameters(self) -> int:
        return sum(p.numel() for layer in self.layers for p in layer.parameters(recurse=False))

    @cached_property
    def _steps(self) -> list[tuple[nn.Module, int]]:
        """Convolutions and poolings, with the pixels between the ends of their kernels."""
        steps: list[tuple[nn.Module, int]] = []
        apart = 1  # pixels between two neighbouring neurons
        for layer in self.layers:
            if isinstance(layer, nn.Conv2d):
                dilation = max(1, int(layer.dilation[0] * self.share))
                steps.append((layer, apart * dilation * (layer.kernel_size[0] - 1)))
            elif isinstance(layer, nn.MaxPool2d):
                kernel = int(layer.kernel_size)  # type: ignore[arg-type]
                steps.append((layer, apart * (kernel - 1)))
                apart *= kernel
        return steps

    @property
    def reaches(self) -> list[Fraction]:
        """From the middle of one end of a convolution's kernel to that of the other."""
        return [
            Fraction(ends, self.size) for layer, ends in self._steps if isinstance(layer, nn.Conv2d)
        ]

    @property
    def first_kernel(self) -> Fraction:
        """From one end of the first convolution's kernel to the other."""
        return self.reaches[0] + Fraction(1, self.size)

    @property
    def field(self) -> Fraction:
        """The receptive field of the neurons before the last pooling."""
        return Fraction(1 + sum(ends for _, ends in self._steps), self.size)

    def differs(self, found: object, expected: object, what: str) -> str:
        return "" if found == expected else f"{self.size} pixels: {found} {what}, not {expected}"

    def dissimilar(self, found: Fraction, expected: Fraction) -> str:
        if 1 / SIMILAR < found / expected < SIMILAR:
            return ""
        return f"{self.size} pixels: {found} of an edge, against {expected}"
