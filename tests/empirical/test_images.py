"""Specifications of data sets, the digits and their split, resolutions and normalization."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from empirical.data import DataError, load_data
from empirical.images import at_resolution
from simulations.randomness import stream

SIZES = (8, 16, 32)


@pytest.fixture(scope="module")
def digits():
    return load_data("digits", seed=0)


@pytest.mark.parametrize(
    ("specification", "says"),
    [
        ("mnist", "'mnist': known are digits and cifar10:PATH"),
        ("", "'': known are"),
        ("mnist:/data", "'mnist'"),
        ("digits:/data", "take no path, not '/data'"),
        ("cifar10", "cifar10:PATH"),
        ("cifar10:", "cifar10:PATH"),
    ],
)
def test_bad_specifications(specification, says):
    with pytest.raises(DataError) as caught:
        load_data(specification, seed=0)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_digits_are_split_without_overlap(digits):
    images = torch.cat([digits.train_images, digits.held_out_images]).flatten(1)
    assert len(images) == 1797
    assert len(torch.unique(images, dim=0)) == 1797  # all digits differ, so none is in both
    assert digits.bounds == (0, 16)
    assert (
        f"{len(digits.train_labels):,} training and {len(digits.held_out_labels):,} held-out"
        in (digits.description)
    )


def test_digits_are_split_class_by_class(digits):
    train, held_out = torch.bincount(digits.train_labels), torch.bincount(digits.held_out_labels)
    assert ((held_out - 2 * train).abs() <= 2).all()
    assert len(train) == len(held_out) == digits.classes


def test_the_seed_decides_the_split(digits):
    assert torch.equal(load_data("digits", seed=0).train_images, digits.train_images)
    assert not torch.equal(load_data("digits", seed=1).train_images, digits.train_images)


def test_at_most(digits):
    few = digits.at_most(50, 20, stream(0, "few"))
    assert (len(few.train_labels), len(few.held_out_labels)) == (50, 20)
    assert "of these 50 and 20" in few.description
    pairs = {
        (tuple(image.flatten().tolist()), int(label))
        for image, label in zip(digits.train_images, digits.train_labels, strict=True)
    }
    for image, label in zip(few.train_images, few.train_labels, strict=True):
        assert (tuple(image.flatten().tolist()), int(label)) in pairs
    assert digits.at_most(10_000, 10_000, stream(0, "few")) is digits


@pytest.mark.parametrize("size", SIZES)
def test_every_resolution_has_variance_one(digits, size):
    resized = at_resolution(digits, size)
    assert resized.train_images.shape[1:] == (1, size, size)
    assert resized.train_images.dtype == torch.float32
    assert resized.train_images.mean().item() == pytest.approx(0, abs=1e-5)
    assert resized.train_images.std().item() == pytest.approx(1, abs=1e-5)
    # The held-out images must not decide their own normalization, but come out alike.
    assert resized.held_out_images.mean().item() == pytest.approx(0, abs=0.05)
    assert resized.held_out_images.std().item() == pytest.approx(1, abs=0.05)
    assert torch.equal(resized.train_labels, digits.train_labels)


def test_held_out_images_do_not_touch_the_training_images(digits):
    other = replace(digits, held_out_images=digits.held_out_images // 2)
    assert torch.equal(
        at_resolution(other, 16).train_images, at_resolution(digits, 16).train_images
    )


def test_shrinking_is_antialiased(digits):
    """A pattern finer than the small pixels must vanish, not turn up as a coarse one."""
    stripes = torch.zeros(2, 1, 32, 32, dtype=torch.uint8)
    stripes[0, :, :, ::2] = 200
    stripes[1, :, :16] = 200  # something coarse, which stays
    data = replace(digits, train_images=stripes, held_out_images=stripes)
    fine, coarse = at_resolution(data, 8).train_images[:, 0, 2:-2, 2:-2]
    assert fine.std() < 0.05 * coarse.std()
    plain = functional.interpolate(stripes.float(), size=(8, 8), mode="nearest")[0]
    assert (plain == 200).all()  # the control: without antialiasing the stripes become plain white


def test_equal_pixels_cannot_be_normalized(digits):
    grey = replace(digits, train_images=torch.full_like(digits.train_images, 3))
    with pytest.raises(DataError, match="all training pixels are equal"):
        at_resolution(grey, 16)
