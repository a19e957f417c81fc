"""Dead leaves: rendering against a slow reference, reproducibility, statistics at all scales."""

import math
from itertools import pairwise

import pytest
import torch
from scipy import stats
from torch import Tensor
from torch.nn import functional

from empirical.data import dead_leaves as module
from empirical.data import leaf_rendering
from empirical.data import leaves as law
from empirical.data.dead_leaves import dead_leaves, read_dead_leaves
from empirical.data.leaf_rendering import coloured, visible_leaves
from empirical.data.leaves import MOST_CLASSES, OUTLINES, TEXTURES, fallen_leaves
from empirical.data.load import load_data


@pytest.fixture
def coarse(monkeypatch):
    """Quicker: a grid that is too coarse for good pixels."""
    monkeypatch.setattr(module, "GRID", 32)


def render(indices, *, size=16, seed=0, name="train", classes=MOST_CLASSES):
    return dead_leaves(seed, name, indices, size=size, classes=classes)


def slow(leaves, image, points):
    """Paint an image's leaves one by one from the ground up, each over all points."""
    centres = (torch.arange(points) + 0.5) / points
    x, y = centres[None, :], centres[:, None]
    painted = torch.empty(3, points, points)
    for rank in reversed(range(leaves.x.shape[1])):
        one = {name: getattr(leaves, name)[image, rank] for name in vars(leaves)}
        right, down = x - one["x"], y - one["y"]
        cos, sin = one["angle"].cos(), one["angle"].sin()
        along = (right * cos + down * sin) / one["radius"]  # in radii
        across = (down * cos - right * sin) / one["radius"]
        outline, texture = OUTLINES[one["outline"]], TEXTURES[one["texture"]]
        if outline == "disc":
            inside = along**2 + across**2 <= 1
        elif outline == "square":
            inside = torch.maximum(along.abs(), across.abs()) <= math.sqrt(math.pi) / 2
        else:
            inside = along**2 / law.ASPECT + across**2 * law.ASPECT <= 1
        if rank == leaves.x.shape[1] - 1:
            inside = torch.ones_like(inside)  # the ground
        wave = 2 * math.pi / leaf_rendering.WAVELENGTH
        pattern = {
            "stripes": torch.cos(wave * along),
            "checks": math.sqrt(2) * torch.cos(wave * along) * torch.cos(wave * across),
            "rings": torch.cos(wave * torch.hypot(along, across)),
            "spokes": torch.cos(leaf_rendering.SPOKES * torch.atan2(across, along)),
        }[texture]
        colour = one["colours"][:, None, None] + law.CONTRAST * pattern
        painted = torch.where(inside, colour, painted)
    return painted


@pytest.mark.parametrize("classes", [2, MOST_CLASSES])
def test_rendering_against_painting(classes, monkeypatch):
    """The same but for points on an edge, where the order of rounding decides."""
    monkeypatch.setattr(law, "SMALLEST", 1 / 32)
    leaves = fallen_leaves(0, "train", range(3), classes, "cpu")
    fast = coloured(leaves, visible_leaves(leaves, 48))
    for image in range(3):
        off = (fast[image] - slow(leaves, image, 48)).abs().amax(0)
        assert (off > 1e-3).float().mean() < 0.002


def test_the_same_image_whatever_the_batch(monkeypatch, coarse):
    images = render(range(6))
    for one in range(6):
        assert torch.equal(render(range(one, one + 1))[0], images[one])
    monkeypatch.setattr(module, "_AT_ONCE", 2**15)
    monkeypatch.setattr(leaf_rendering, "_AT_ONCE", 2**15)
    assert torch.equal(render(range(2, 6)), images[2:])


def test_streams_have_nothing_in_common(coarse):
    images = torch.cat(
        [
            render(range(4)),
            render(range(4), seed=1),
            render(range(4), name="held-out"),
        ]
    )
    means = images.float().mean((2, 3))
    assert len(torch.unique(means, dim=0)) == 12
    assert torch.equal(render(range(4)), images[:4])


def test_the_scene_is_the_same_at_every_size():
    """Shrunk by block averages, a large image is the small one; another image is far from it."""
    large, middle, small = (render(range(4), size=size).float() for size in (128, 64, 16))
    shrunk = functional.avg_pool2d(middle, 4)
    assert (shrunk - small).abs().max() < 1.01  # of the same points, but rounded before
    assert (shrunk - small.roll(1, 0)).abs().mean() > 20
    off = functional.avg_pool2d(large, 2) - middle  # of a finer grid
    assert off.square().mean().sqrt() < 0.14 * middle.std()


def test_all_is_covered_but_for_a_little_ground():
    leaves = fallen_leaves(0, "train", range(200), MOST_CLASSES, "cpu")
    ground = leaves.x.shape[1] - 1
    shares = (visible_leaves(leaves, 24) == ground).float().mean((1, 2))
    low, high = interval(torch.squeeze, shares[:, None])
    assert low < math.exp(-law.DEPTH) < high
    assert high - low < math.exp(-law.DEPTH)


def test_radii_follow_their_law():
    """Of leaves with a centre in the image, r^-2 is uniform between its ends."""
    leaves = fallen_leaves(0, "train", range(40), MOST_CLASSES, "cpu")
    within = (leaves.x > 0) & (leaves.x < 1) & (leaves.y > 0) & (leaves.y < 1)
    low, high = law.LARGEST**-2, law.SMALLEST**-2
    uniform = ((leaves.radius[within] ** -2 - low) / (high - low)).sort().values
    expected = (torch.arange(len(uniform)) + 0.5) / len(uniform)
    # Kolmogorov-Smirnov: 1.95 / sqrt(n) is exceeded once in a thousand
    assert (uniform - expected).abs().max() < 1.95 / math.sqrt(len(uniform))
    assert leaves.radius.min() >= 0.999 * law.SMALLEST
    assert leaves.radius.max() <= 1.001 * law.LARGEST


def grey(images: Tensor) -> Tensor:
    return images.float().mean(1)


def halved(images: Tensor) -> Tensor:
    return functional.avg_pool2d(images[:, None], 2)[:, 0]


def ring_powers(images: Tensor) -> Tensor:
    """Power of each image around some frequencies, over the decade from 3 to 30 waves an image."""
    window = torch.hann_window(images.shape[-1], periodic=False)
    flat = (images - images.mean((1, 2), keepdim=True)) * window * window[:, None]
    power = torch.fft.fft2(flat).abs().square()
    waves = torch.fft.fftfreq(images.shape[-1]) * images.shape[-1]
    radius = torch.hypot(waves[:, None], waves)
    rings = [(radius >= ring / 1.15) & (radius < ring * 1.15) for ring in RINGS.tolist()]
    return torch.stack([power[:, ring].mean(1) for ring in rings], dim=1)


RINGS = torch.tensor([3.0, 4.4, 6.5, 9.5, 14, 20.5, 30], dtype=torch.float64)


def slope(powers: Tensor) -> Tensor:
    """Least-squares slope of log power over log frequency, along the last axis."""
    logs = RINGS.log() - RINGS.log().mean()
    return powers.log() @ logs / (logs @ logs)


def octaves(images: Tensor) -> Tensor:
    """Mean square that each halving of the resolution takes from each image, down to 8 pixels."""
    left = []
    while images.shape[-1] >= 8:
        left.append((images**2).mean((1, 2)))
        images = halved(images)
    return torch.stack([fine - coarse for fine, coarse in pairwise(left)], dim=1)


def interval(statistic, *samples, error=1e-4):
    """Interval for a smooth function of means over the images of each sample.

    Jackknife (Efron and Tibshirani 1993, chapter 11), with Student's quantile for the smallest
    sample.
    """
    samples = [sample.double() for sample in samples]
    means = [sample.mean(0) for sample in samples]
    variance = 0.0
    for place, sample in enumerate(samples):
        left = (sample.sum(0) - sample) / (len(sample) - 1)
        others = [mean.expand_as(left) for mean in means]
        others[place] = left
        variance += (len(sample) - 1) * float(statistic(*others).var(correction=0))
    half = stats.t.isf(error / 2, min(map(len, samples)) - 1) * math.sqrt(variance)
    return float(statistic(*means)) - half, float(statistic(*means)) + half


# Each finding is at error level 1e-4: an interval within margins, for a control one outside.


def within(found, low, high):
    return low < found[0] and found[1] < high


def outside(found, low, high):
    return found[1] < low or high < found[0]


@pytest.fixture(scope="module")
def scenes():
    return grey(render(range(96), size=128, classes=4))


@pytest.fixture(scope="module")
def others():
    """Other scenes, at half the resolution."""
    return grey(render(range(1000, 1096), size=64, classes=4))


@pytest.fixture(scope="module")
def of_one_size():
    """A control: leaves of one size only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(law, "SMALLEST", 1 / 64)
        patch.setattr(law, "LARGEST", 1.05 / 64)
        return grey(render(range(24), size=128, classes=4))


def test_power_falls_with_the_square_of_the_frequency(scenes, others, of_one_size):
    for images in (scenes, others):
        assert within(interval(slope, ring_powers(images)), -2.4, -1.6)
    assert outside(interval(slope, ring_powers(of_one_size)), -2.4, -1.6)
    noise = torch.rand(96, 64, 64, generator=torch.Generator().manual_seed(0))
    assert within(interval(slope, ring_powers(noise)), -0.2, 0.2)


def test_each_octave_holds_the_same_variance(scenes, of_one_size):
    """Scale invariance: of the four octaves from 128 to 8 pixels, a quarter each."""

    def share(octave):
        return lambda variances: variances[..., octave] / variances.sum(-1)

    for octave in range(4):
        assert within(interval(share(octave), octaves(scenes)), 0.18, 0.32)
    for octave in (0, 3):
        assert outside(interval(share(octave), octaves(of_one_size)), 0.18, 0.32)


def test_other_scenes_at_another_size_are_alike(scenes, others):
    """128 pixels shrunk to 64, and 64 as rendered; without antialiasing they would differ."""

    def log_ratio(one, other):
        return (one[..., 0] / other[..., 0]).log()

    def steeper(one, other):
        return slope(one) - slope(other)

    shrunk, picked = halved(scenes), scenes[:, ::2, ::2]
    assert within(interval(steeper, ring_powers(shrunk), ring_powers(others)), -0.4, 0.4)
    finest = octaves(others)
    assert within(interval(log_ratio, octaves(shrunk), finest), -0.35, 0.35)
    assert outside(interval(log_ratio, octaves(picked), finest), -0.35, 0.35)


def test_mean_and_contrast_do_not_give_the_class_away(coarse):
    """A least-squares classifier on them is near chance, a quarter, on images it has not seen."""
    data = read_dead_leaves(0, size=8, classes=4, train=160, held_out=80)

    def features(images):
        pixels = images.float().flatten(2) / 255
        ones = torch.ones(len(images), 1)
        return torch.cat([pixels.mean(2), pixels.std(2), ones], dim=1)

    wanted = functional.one_hot(data.train_labels).float()
    weights = torch.linalg.lstsq(features(data.train_images), wanted).solution
    right = (features(data.held_out_images) @ weights).argmax(1) == data.held_out_labels
    assert right.float().mean() < 0.25 + 4 * math.sqrt(0.25 * 0.75 / 80)


@pytest.mark.parametrize("classes", [4, MOST_CLASSES])
def test_a_class_is_a_texture_and_an_outline(classes):
    leaves = fallen_leaves(0, "train", range(5, 20), classes, "cpu")
    label = torch.arange(5, 20)[:, None] % classes
    assert (leaves.texture == label % len(TEXTURES)).all()
    assert (leaves.outline == label // len(TEXTURES)).all()
    seen = {*zip(leaves.texture[:, 0].tolist(), leaves.outline[:, 0].tolist(), strict=True)}
    assert len(seen) == classes


def test_data_set(coarse):
    data = read_dead_leaves(3, size=8, classes=5, train=20, held_out=10)
    assert data.train_images.shape == (20, 3, 8, 8)
    assert data.train_images.dtype == torch.uint8
    assert torch.bincount(data.train_labels).tolist() == [4] * 5
    assert torch.bincount(data.held_out_labels).tolist() == [2] * 5
    assert "from seed 3, 5 classes" in data.description
    assert "20 training and 10 held-out" in data.description
    images = torch.cat([data.train_images, data.held_out_images]).flatten(1)
    assert len(torch.unique(images, dim=0)) == 30
    longer = read_dead_leaves(3, size=8, classes=5, train=25, held_out=10)
    assert torch.equal(longer.train_images[:20], data.train_images)
    assert torch.equal(longer.held_out_images, data.held_out_images)


def test_by_name(coarse):
    told = []
    data = load_data(
        "dead-leaves:3",
        seed=5,
        size=8,
        train=12,
        held_out=4,
        progress=lambda share, activity: told.append((share, activity)),
    )
    wanted = read_dead_leaves(5, size=8, classes=3, train=12, held_out=4)
    assert torch.equal(data.train_images, wanted.train_images)
    assert torch.equal(data.held_out_images, wanted.held_out_images)
    assert data.description == wanted.description
    assert told == [(12 / 16, "rendering dead leaves"), (1, "rendering dead leaves")]
    assert load_data("dead-leaves", seed=5, size=8, train=2, held_out=1).classes == module.CLASSES
