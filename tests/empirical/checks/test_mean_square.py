"""How the mean square of pixels scales: known spectra, and what the check says of images."""

import pytest
import torch

import empirical.checks.appendices.mean_square as subject
from empirical.checks.appendices.mean_square import Images, check_mean_square
from empirical.data.images import ImageData
from evidence.findings import Outcome

NOISE = torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def quarters(size):
    """Images of four blocks of one colour each, which few resized pixels straddle."""
    coarse = torch.randn(4, 3, 2, 2, generator=torch.Generator().manual_seed(1))
    return coarse.repeat_interleave(size // 2, 2).repeat_interleave(size // 2, 3)


def given(name, pixels):
    labels = torch.zeros(len(pixels), dtype=torch.int64)
    return ImageData(
        name=name,
        description="",
        train_images=pixels,
        train_labels=labels,
        held_out_images=pixels,
        held_out_labels=labels,
        classes=1,
    )


def test_one_colour_scales_like_the_root_of_d_and_white_noise_like_d():
    flat = Images(name="flat", pixels=torch.full((1, 3, 64, 64), 7.0))
    assert flat.resized_exponent == pytest.approx(0.5)
    assert flat.cropped_exponent == pytest.approx(0.5)
    # Averages over m independent pixels have 1/m of their variance; bilinear weights differ a bit.
    noise = Images(name="noise", pixels=NOISE)
    assert noise.resized_exponent == pytest.approx(1.0, abs=0.1)
    assert noise.cropped_exponent == pytest.approx(0.5, abs=0.05)


def test_the_mean_is_no_contrast():
    assert float(Images(name="", pixels=NOISE + 5).contrast.pixels.mean()) == pytest.approx(
        0, abs=1e-5
    )


@pytest.fixture(scope="module")
def evidence():
    return check_mean_square(None, seed=0)


def test_photographs_keep_their_mean_square_and_false_neighbours_do_not(evidence):
    assert {finding.outcome for finding in evidence.stated} == {Outcome.HOLDS}
    assert {finding.outcome for finding in evidence.literal} == {Outcome.FAILS}
    assert {finding.outcome for finding in evidence.controls} == {Outcome.FAILS}
    assert evidence == check_mean_square(None, seed=0)


@pytest.mark.parametrize("name", ["digits", "dead leaves"])
def test_images_that_are_not_natural_are_not_counted_among_them(name, evidence):
    assert check_mean_square(given(name, NOISE), seed=0) == evidence


@pytest.mark.parametrize(
    ("pixels", "expected"), [(NOISE, Outcome.FAILS), (quarters(64), Outcome.HOLDS)]
)
def test_the_users_images_are(pixels, expected):
    found = check_mean_square(given("mine", pixels), seed=0)
    assert found.stated[1].outcome is expected
    assert "mine" in found.data


def test_the_margin_decides(monkeypatch):
    monkeypatch.setattr(subject, "MARGIN", 0.001)
    assert check_mean_square(None, seed=0).stated[0].outcome is Outcome.FAILS
