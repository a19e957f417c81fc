"""Labelled images, split into training and held-out, and their resolutions."""

from dataclasses import dataclass, replace
from hashlib import blake2b

import torch
from torch import Tensor
from torch.nn import functional

from running.image_decoding import DataError
from running.memory import require_memory

_AT_ONCE = 1_000
"""How many images are resized at once, so that little memory is needed beside the result."""

_ROUNDING = 1e-5
"""Standard deviation, in the largest pixel value, that resizing can give to images of one colour.

Measured: up to 4e-7 of it.
"""


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

    def for_validation(self, images: int, generator: torch.Generator) -> "ImageData":
        """Draw training images to hold out instead, for choices that must not see the others.

        Parameters
        ----------
        images : how many are held out. The others are the training images, but for those that
            equal one of them. The held-out images of `self` are in neither.
        generator : decides which.

        Raises
        ------
        DataError : no images are left for one of the two.
        """
        training = len(self.train_labels)
        if not 0 < images < training:
            raise DataError(f"of {training:,} training images, {images:,} cannot be for validation")
        order = torch.randperm(training, generator=generator)
        return without_duplicates(
            replace(
                self,
                description=(
                    f"{self.description}; of the training images {images:,} were drawn at random "
                    "for validation and take the place of the held-out ones"
                ),
                train_images=self.train_images[order[images:]],
                train_labels=self.train_labels[order[images:]],
                held_out_images=self.train_images[order[:images]],
                held_out_labels=self.train_labels[order[:images]],
            )
        )


def without_duplicates(data: ImageData) -> ImageData:
    """Drop training images that equal a held-out image in each pixel; the description tells.

    Raises
    ------
    DataError : no training image is left.
    """
    held_out = set(_digests(data.held_out_images))
    fresh = torch.tensor([digest not in held_out for digest in _digests(data.train_images)])
    if fresh.all():
        return data
    if not fresh.any():
        raise DataError(f"{data.name}: every training image equals a held-out one, none is left")
    return replace(
        data,
        description=(
            f"{data.description}; {int((~fresh).sum()):,} training images that equal a held-out "
            "one were dropped"
        ),
        train_images=data.train_images[fresh],
        train_labels=data.train_labels[fresh],
    )


def _digests(images: Tensor) -> list[bytes]:
    return [blake2b(image, digest_size=16).digest() for image in images.cpu().numpy()]


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
    DataError : no pixels, or all training pixels are equal but for rounding, so that their
        variance cannot be made 1.
    """
    if size < 1:
        raise DataError(f"images have 1 pixel or more a side, not {size}")
    train = resized(data.train_images, size)
    deviation, mean = torch.std_mean(train)
    if not deviation > _ROUNDING * train.abs().max():
        raise DataError(f"{data.name}: all training pixels are equal, there is nothing to learn")
    return replace(
        data,
        train_images=train.sub_(mean).div_(deviation),
        held_out_images=resized(data.held_out_images, size).sub_(mean).div_(deviation),
    )


def resized(images: Tensor, size: int) -> Tensor:
    """Return float32 images of another size, in memory of their own.

    Bilinear, antialiased when it shrinks.

    Parameters
    ----------
    images : shape (N, C, H, W), of any kind of number.
    size : pixels along one side.

    Raises
    ------
    DataError : they would not fit into memory.
    """
    require_memory(
        4.0 * len(images) * images.shape[1] * size**2,
        f"{len(images):,} images of {size:,} × {size:,} pixels",
        "take fewer, or a smaller size",
        error=DataError,
    )
    of_size = torch.empty(*images.shape[:2], size, size, device=images.device)
    for start in range(0, len(images), _AT_ONCE):
        of_size[start : start + _AT_ONCE] = functional.interpolate(
            images[start : start + _AT_ONCE].float(),
            size=(size, size),
            mode="bilinear",
            align_corners=False,
            antialias=True,
        )
    return of_size
