"""Images as inputs of networks: of their size, and standardized."""

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from running.image_decoding import DataError
from running.image_files import find_images


@lru_cache(maxsize=8)
def images_of_shape(folder: Path, shape: tuple[int, ...]) -> Tensor:
    """Read images, shape (images, *shape), with mean 0 and variance 1 over all their pixels.

    Standardizing comes last, so that the pixels' mean square, which the signal-to-noise ratio of
    the paper's Appendix C rests on, is the same at every size.

    Parameters
    ----------
    folder : as in `find_images`.
    shape : (channels, height, width) with 1 or 3 channels; or (d,) with d = 3 · side² or side²,
        for colour or grey images as rows.

    Raises
    ------
    DataError : a shape that images cannot take, images that cannot be read, or all of one value.
    """
    pixels = torch.from_numpy(find_images(folder).resized(_as_image(shape))).float()
    deviation, mean = torch.std_mean(pixels, correction=0)
    if not deviation > 0:
        raise DataError(f"all pixels of the images in {folder} are equal")
    return pixels.sub_(mean).div_(deviation).reshape(-1, *shape)


def _as_image(shape: Sequence[int]) -> tuple[int, int, int]:
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    if len(shape) == 1:
        for channels in (3, 1):
            side = math.isqrt(shape[0] // channels)
            if channels * side**2 == shape[0]:
                return channels, side, side
    raise DataError(
        f"images do not fit inputs of shape {tuple(shape)}: wanted is (channels, height, width), "
        "or (d,) with d = 3 · side² or side²"
    )
