"""Labelled images, split into training and held-out, and their resolutions."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from simulations.image_files import DataError


@dataclass(frozen=True, kw_only=True)
class ImageData:
    """Images to train on, and others to measure on.

    Attributes
    ----------
    name : short name of the data set, such as "CIFAR-10".
    description : which data these are, for the ledger: source, layout, number of images.
    train_images, held_out_images : shape (N, C, H, W) with H = W; whole intensities (uint8) as
        read, float32 once normalized. No image is in both.
    train_labels, held_out_labels : classes as int64, shape (N,).
    classes : number of classes K; labels are 0 to K - 1.
    """

    name: str
    description: str
    train_images: Tensor
    train_labels: Tensor
    held_out_images: Tensor
    held_out_labels: Tensor
    classes: int

    @property
    def channels(self) -> int:
        """Colour channels C of an image."""
        return self.train_images.shape[1]

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest pixel value over all images."""
        low_train, high_train = self.train_images.aminmax()
        low_held_out, high_held_out = self.held_out_images.aminmax()
        return (
            float(torch.minimum(low_train, low_held_out)),
            float(torch.maximum(high_train, high_held_out)),
        )

    def at_most(self, train: int, held_out: int, generator: torch.Generator) -> "ImageData":
        """Draw at most so many training and held-out images at random; the description tells."""
        if train >= len(self.train_labels) and held_out >= len(self.held_out_labels):
            return self
        kept_train = torch.randperm(len(self.train_labels), generator=generator)[:train]
        kept_held_out = torch.randperm(len(self.held_out_labels), generator=generator)[:held_out]
        return replace(
            self,
            description=(
                f"{self.description}; of these {len(kept_train):,} and {len(kept_held_out):,} "
                "were drawn at random and used"
            ),
            train_images=self.train_images[kept_train],
            train_labels=self.train_labels[kept_train],
            held_out_images=self.held_out_images[kept_held_out],
            held_out_labels=self.held_out_labels[kept_held_out],
        )


def at_resolution(data: ImageData, size: int) -> ImageData:
    """The same images at `size` x `size` pixels, globally normalized.

    Bilinear resizing, antialiased when it shrinks. Normalization comes last: one mean and one
    standard deviation, those of all training pixels at this size, so that the pixels have mean 0
    and variance 1 at every resolution. Were it done before, averaging pixels would take away
    variance at the small sizes, and one epsilon would mean another signal-to-noise ratio at each
    resolution; Appendix C of the paper rests on the pixels' mean square being the same.

    Parameters
    ----------
    data : images as read.
    size : pixels along one side.

    Raises
    ------
    DataError : all training pixels are equal, so that their variance cannot be made 1.
    """
    train = _resized(data.train_images, size)
    deviation, mean = torch.std_mean(train)
    if not deviation > 0:
        raise DataError(f"{data.name}: all training pixels are equal, there is nothing to learn")
    return replace(
        data,
        train_images=(train - mean) / deviation,
        held_out_images=(_resized(data.held_out_images, size) - mean) / deviation,
    )


def _resized(images: Tensor, size: int) -> Tensor:
    return functional.interpolate(
        images.float(), size=(size, size), mode="bilinear", align_corners=False, antialias=True
    )
