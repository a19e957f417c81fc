"""The handwritten digits that come with scikit-learn: real images, offline, everywhere."""

import math

import torch
from sklearn.datasets import load_digits

from empirical.data.images import ImageData
from running.streams import stream


def read_digits(seed: int) -> ImageData:
    """Read 1,797 scanned digits of 8 x 8 pixels, two thirds of each class held out.

    So many, because vulnerability is a share of a few percent of the held-out images: a network
    learns the digits well from 600, and the shares need the other images more.

    Parameters
    ----------
    seed : decides which ones.
    """
    bunch = load_digits()
    images = torch.from_numpy(bunch.images).to(torch.uint8).unsqueeze(1)
    labels = torch.from_numpy(bunch.target).long()
    train, held_out = [], []
    for label in range(10):
        members = torch.nonzero(labels == label).squeeze(1)
        order = torch.randperm(len(members), generator=stream(seed, "digits", label))
        third = math.ceil(len(members) / 3)
        train.append(members[order[:third]])
        held_out.append(members[order[third:]])
    kept, out = torch.cat(train), torch.cat(held_out)
    return ImageData(
        name="digits",
        description=(
            f"handwritten digits of scikit-learn (UCI), 8 × 8 pixels, {len(kept):,} training and "
            f"{len(out):,} held-out images (split class by class with seed {seed})"
        ),
        train_images=images[kept],
        train_labels=labels[kept],
        held_out_images=images[out],
        held_out_labels=labels[out],
        classes=10,
    )
