"""Specifications of data sets, the digits and their split, resolutions and normalization."""

import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from empirical.data import images as images_module
from empirical.data.images import ImageData, at_resolution, without_duplicates
from empirical.data.load import DataError, load_data
from running.streams import stream

SIZES = (8, 16, 32)


@pytest.fixture(scope="module")
def digits():
    return load_data("digits", seed=0)


@pytest.mark.parametrize(
    ("specification", "says"),
    [
        ("mnist", "'mnist': known are digits, cifar10, cifar10:PATH, imagefolder:PATH"),
        ("", "'': known are"),
        ("mnist:/data", "'mnist'"),
        ("digits:/data", "take no path, not '/data'"),
        ("digits:", "take no path, not ''"),
        ("two\nlines", r"'two\nlines'"),
        ("cifar10:two\nlines", r"two\nlines is not a folder"),
        ("cifar10:", "cifar10:PATH"),
        ("imagefolder", "imagefolder:PATH"),
        ("imagefolder:", "imagefolder:PATH"),
        ("dead-leaves:", "not ''"),
        ("dead-leaves:many", "not 'many'"),
        ("dead-leaves:1", "2 to 12 classes, not 1"),
        ("dead-leaves:13", "2 to 12 classes, not 13"),
    ],
)
def test_bad_specifications(specification, says):
    with pytest.raises(DataError) as caught:
        load_data(specification, seed=0)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("what", ["size", "train", "held_out", "validation"])
def test_numbers_below_one(what):
    with pytest.raises(DataError, match=f"{what} must be 1 or more, not 0"):
        load_data("dead-leaves", seed=0, **{what: 0})


@pytest.mark.parametrize("size", [0, -8])
def test_images_without_pixels(digits, size):
    with pytest.raises(DataError, match="1 pixel or more"):
        at_resolution(digits, size)


def test_one_class_only(monkeypatch, digits):
    one = replace(digits, train_labels=torch.full_like(digits.train_labels, 3))
    monkeypatch.setattr("empirical.data.digits.read_digits", lambda seed: one)
    with pytest.raises(DataError, match="digits: all training images are of one class"):
        load_data("digits", seed=0)


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


@pytest.mark.parametrize("seed", [0, 1])
def test_the_split_is_recorded(seed):
    assert f"split class by class with seed {seed}" in load_data("digits", seed=seed).description


def rows(images):
    return {tuple(image.flatten().tolist()) for image in images}


def test_training_validation_and_held_out_images_do_not_overlap(digits):
    tuning = digits.for_validation(150, stream(0, "validation"))
    train, validation = rows(tuning.train_images), rows(tuning.held_out_images)
    assert len(tuning.held_out_labels) == 150
    assert not train & validation
    assert train | validation == rows(digits.train_images)
    assert not (train | validation) & rows(digits.held_out_images)
    assert "150 were drawn at random for validation" in tuning.description
    labels = {tuple(i.flatten().tolist()): int(c) for i, c in pairs(digits)}
    assert all(labels[tuple(i.flatten().tolist())] == int(c) for i, c in pairs(tuning))
    again = digits.for_validation(150, stream(0, "validation"))
    assert torch.equal(again.held_out_images, tuning.held_out_images)


def pairs(data):
    return zip(data.train_images, data.train_labels, strict=True)


@pytest.mark.parametrize("images", [0, -1, 601, 602])
def test_images_that_cannot_be_for_validation(digits, images):
    few = replace(
        digits, train_images=digits.train_images[:601], train_labels=digits.train_labels[:601]
    )
    with pytest.raises(DataError, match="of 601 training images"):
        few.for_validation(images, stream(0, "validation"))


def test_duplicates_are_dropped_from_training(digits):
    assert without_duplicates(digits) is digits
    doubled = replace(
        digits,
        train_images=torch.cat([digits.held_out_images[:3], digits.train_images]),
        train_labels=torch.cat([digits.held_out_labels[:3], digits.train_labels]),
    )
    cleaned = without_duplicates(doubled)
    assert torch.equal(cleaned.train_images, digits.train_images)
    assert torch.equal(cleaned.train_labels, digits.train_labels)
    assert torch.equal(cleaned.held_out_images, digits.held_out_images)
    assert "3 training images that equal a held-out one were dropped" in cleaned.description
    almost = doubled.train_images.clone()
    almost[:3, 0, 0, 0] += 1  # the control: one pixel differs by one
    assert len(without_duplicates(replace(doubled, train_images=almost)).train_labels) == len(
        almost
    )


def test_duplicates_do_not_pass_into_validation(digits):
    doubled = replace(
        digits,
        train_images=digits.train_images.repeat(2, 1, 1, 1),
        train_labels=digits.train_labels.repeat(2),
    )
    tuning = doubled.for_validation(100, stream(0, "validation"))
    assert not rows(tuning.train_images) & rows(tuning.held_out_images)


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


def test_load_data_draws(digits):
    few = load_data("digits", seed=3, train=60, held_out=40, validation=80)
    assert (len(few.train_labels), len(few.held_out_labels)) == (60, 40)
    whole = load_data("digits", seed=3)
    assert rows(few.train_images) | rows(few.held_out_images) <= rows(whole.train_images)
    assert not rows(few.train_images) & rows(few.held_out_images)
    assert few.description.endswith("of these 60 and 40 were drawn at random and used (seed 3)")
    again = load_data("digits", seed=3, train=60, held_out=40, validation=80)
    assert torch.equal(again.train_images, few.train_images)
    assert "drawn" not in load_data("digits", seed=3, train=10_000).description


@st.composite
def tiny_images(draw):
    """Few pixels of few values, so that many images are equal."""
    pixels = st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=2), min_size=2, max_size=9)
    train, held_out = (torch.tensor(draw(pixels), dtype=torch.uint8) for _ in range(2))
    return ImageData(
        name="tiny",
        description="",
        train_images=train.reshape(-1, 2, 1, 1),
        train_labels=torch.arange(len(train)),
        held_out_images=held_out.reshape(-1, 2, 1, 1),
        held_out_labels=torch.arange(len(held_out)),
        classes=10,
    )


@given(tiny_images(), st.integers(1, 9), st.integers(0, 5))
def test_training_validation_and_held_out_images_never_overlap(data, validation, seed):
    whole = rows(data.train_images), rows(data.held_out_images)
    try:
        clean = without_duplicates(data)
    except DataError:
        assert whole[0] <= whole[1]
        return
    assert rows(clean.train_images) == whole[0] - whole[1]
    assert rows(clean.held_out_images) == whole[1]
    try:
        tuning = clean.for_validation(validation, stream(seed))
    except DataError:
        assert len(clean.train_labels) <= validation or len(rows(clean.train_images)) <= validation
        return
    assert len(tuning.held_out_labels) == validation
    assert len(tuning.train_labels) > 0
    parts = rows(tuning.train_images), rows(tuning.held_out_images), whole[1]
    assert not any(one & other for one, other in combinations(parts, 2))


def test_no_training_image_is_left(digits):
    same = replace(digits, train_images=digits.held_out_images, train_labels=digits.held_out_labels)
    with pytest.raises(DataError, match="every training image equals a held-out one"):
        without_duplicates(same)


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


@pytest.mark.parametrize("size", SIZES)
def test_resizing_in_pieces_changes_nothing(digits, size, monkeypatch):
    whole = at_resolution(digits, size)
    before = digits.train_images.clone()
    monkeypatch.setattr(images_module, "_AT_ONCE", 7)
    pieces = at_resolution(digits, size)
    assert torch.equal(pieces.train_images, whole.train_images)
    assert torch.equal(pieces.held_out_images, whole.held_out_images)
    assert torch.equal(digits.train_images, before)


def test_normalized_images_can_be_resized_again(digits):
    """What is given stays as it is, also where it is floating-point of the wanted size."""
    once = at_resolution(digits, 8)
    before = once.train_images.clone()
    at_resolution(once, 8)
    assert torch.equal(once.train_images, before)


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


@pytest.mark.parametrize("size", [3, 5, 7, 16, 28, 32])
@pytest.mark.parametrize("value", [0, 3, 100, 255])
def test_equal_pixels_cannot_be_normalized(digits, value, size):
    """Resizing may round them apart."""
    images = torch.full((20, 3, 32, 32), value, dtype=torch.uint8)
    grey = replace(digits, train_images=images, held_out_images=images)
    with pytest.raises(DataError, match="all training pixels are equal"):
        at_resolution(grey, size)


def test_one_pixel_that_differs_is_enough(digits):
    images = torch.full((20, 3, 32, 32), 254, dtype=torch.uint8)
    images[0, 0, 0, 0] = 255
    speck = replace(digits, train_images=images, held_out_images=images)
    assert at_resolution(speck, 32).train_images.std().item() == pytest.approx(1, abs=1e-3)


def test_torch_alone_is_enough():
    """As on a machine with a GPU and little else: a data set asks for its own libraries only."""
    code = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(('PIL', 'sklearn', 'pooch', 'requests', 'matplotlib')))\n"
        "from empirical.data.load import load_data\n"
        "import empirical.data.cifar10\n"
        "load_data('dead-leaves', seed=0, size=8, train=2, held_out=1)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])
