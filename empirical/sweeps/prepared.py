"""The images of an experiment, as every worker prepares them alike."""

from functools import lru_cache
from typing import NamedTuple

import torch

from empirical.data.images import ImageData, at_resolution
from empirical.data.load import load_data
from empirical.sweeps.experiment import Images
from empirical.training.checkpoints import fingerprint


class ReadImages(NamedTuple):
    """Images, and a digest that changes with any image or label, and with the split."""

    data: ImageData
    digest: str


@lru_cache(maxsize=1)  # a worker trains many networks on the same images
def read_images(images: Images, seed: int, size: int, device: torch.device) -> ReadImages:
    """Read and draw the images of an experiment, not yet resized.

    Parameters
    ----------
    images : which ones.
    seed : decides the split, where the data have none, and what is drawn.
    size : the largest number of pixels along one side that is wanted.
    device : where procedural images are rendered.

    Raises
    ------
    DataError : as `load_data`.
    """
    data = load_data(
        images.data,
        seed=seed,
        size=size,
        train=images.train,
        held_out=images.held_out,
        validation=images.validation,
        device=device,
    )
    return ReadImages(
        data,
        fingerprint(
            data.train_images, data.train_labels, data.held_out_images, data.held_out_labels
        ),
    )


@lru_cache(maxsize=4)  # the sizes of Figure 1
def resized_images(
    images: Images, seed: int, size: int, device: torch.device, *, largest: int
) -> ImageData:
    """Return the images at one size, normalized; arguments as of `read_images`."""
    return at_resolution(read_images(images, seed, largest, device).data, size)


def forget_images() -> None:
    """Read the images anew when they are wanted next: they may have changed on disk."""
    read_images.cache_clear()
    resized_images.cache_clear()
