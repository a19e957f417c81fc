"""Dead leaves: rendering against a slow reference, reproducibility, statistics at all scales."""

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from empirical import dead_leaves as module
from empirical.data import load_data
from empirical.dead_leaves import MOST_CLASSES, OUTLINES, TEXTURES, dead_leaves, read_dead_leaves


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
            inside = along**2 / module.ASPECT + across**2 * module.ASPECT <= 1
        if rank == leaves.x.shape[1] - 1:
            inside = torch.ones_like(inside)  # the ground
        wave = 2 * math.pi / module.WAVELENGTH
        pattern = {
            "stripes": torch.cos(wave * along),
            "checks": math.sqrt(2) * torch.cos(wave * along) * torch.cos(wave * across),
            "rings": torch.cos(wave * torch.hypot(along, across)),
            "spokes": torch.cos(module.SPOKES * torch.atan2(across, along)),
        }[texture]
        colour = one["colours"][:, None, None] + module.CONTRAST * pattern
        painted = torch.where(inside, colour, painted)
    return painted


@pytest.mark.parametrize("classes", [2, MOST_CLASSES])
def test_rendering_against_painting(classes, monkeypatch):
    """The same but for points on an edge, where the order of rounding decides."""
    monkeypatch.setattr(module, "SMALLEST", 1 / 32)
    leaves = module._fallen(0, "train", range(3), classes, "cpu")
    fast = module._coloured(leaves, module._visible(leaves, 48))
    for image in range(3):
        off = (fast[image] - slow(leaves, image, 48)).abs().amax(0)
        assert (off > 1e-3).float().mean() < 0.002


def test_the_same_image_whatever_the_batch(monkeypatch, coarse):
    images = render(range(6))
    for one in range(6):
        assert torch.equal(render(range(one, one + 1))[0], images[one])
    monkeypatch.setattr(module, "_AT_ONCE", 2**15)
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
    assert off.square().mean().sqrt() < 0.1 * middle.std()


def test_all_is_covered_but_for_a_little_ground():
    leaves = module._fallen(0, "train", range(8), MOST_CLASSES, "cpu")
    ground = leaves.x.shape[1] - 1
    share = (module._visible(leaves, 64) == ground).float().mean()
    assert share == pytest.approx(math.exp(-module.DEPTH), abs=0.003)


def test_radii_follow_their_law():
    """Of leaves with a centre in the image, r^-2 is uniform between its ends."""
    leaves = module._fallen(0, "train", range(40), MOST_CLASSES, "cpu")
    within = (leaves.x > 0) & (leaves.x < 1) & (leaves.y > 0) & (leaves.y < 1)
    low, high = module.LARGEST**-2, module.SMALLEST**-2
    uniform = ((leaves.radius[within] ** -2 - low) / (high - low)).sort().values
    expected = (torch.arange(len(uniform)) + 0.5) / len(uniform)
    # Kolmogorov-Smirnov: 1.95 / sqrt(n) is exceeded once in a thousand
    assert (uniform - expected).abs().max() < 1.95 / math.sqrt(len(uniform))
    assert leaves.radius.min() >= 0.999 * module.SMALLEST
    assert leaves.radius.max() <= 1.001 * module.LARGEST


def grey(images: Tensor) -> Tensor:
    return images.float().mean(1)


def spectral_slope(images: Tensor) -> float:
    """Least-squares slope of log power over log frequency, between 4 and 24 waves an image."""
    size = images.shape[-1]
    window = torch.hann_window(size, periodic=False)
    flat = (images - images.mean((1, 2), keepdim=True)) * window * window[:, None]
    power = torch.fft.fft2(flat).abs().square().mean(0)
    waves = torch.fft.fftfreq(size) * size
    radius = torch.hypot(waves[:, None], waves)
    rings = torch.tensor([4.0, 6, 8, 12, 16, 24])
    means = [
        power[(radius >= low / 1.15) & (radius < low * 1.15)].mean().log().item() for low in rings
    ]
    logs = rings.log() - rings.log().mean()
    return float((logs @ torch.tensor(means)) / (logs @ logs))


def variance_kept(images: Tensor) -> float:
    """Variance of means over 2 x 2 pixels, over the variance of pixels."""
    return float(functional.avg_pool2d(images[:, None], 2).var() / images.var())


@pytest.fixture(scope="module")
def scenes():
    return grey(render(range(32), size=64))


@pytest.fixture(scope="module")
def small_leaves():
    """Leaves of one size: a control."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SMALLEST", 1 / 64)
        patch.setattr(module, "LARGEST", 1.05 / 64)
        return grey(render(range(8), size=64))


def test_power_falls_with_the_square_of_the_frequency(scenes, small_leaves):
    assert -2.4 < spectral_slope(scenes) < -1.6
    noise = torch.rand(32, 64, 64, generator=torch.Generator().manual_seed(0))
    assert abs(spectral_slope(noise)) < 0.1  # controls
    assert spectral_slope(small_leaves) > -1


def test_block_averages_keep_most_of_the_variance(scenes, small_leaves):
    """From 64 to 32 to 16 pixels alike; of white noise, a quarter is left each time."""
    half = functional.avg_pool2d(scenes[:, None], 2)[:, 0]
    kept = variance_kept(scenes), variance_kept(half)
    assert all(0.65 < share < 0.9 for share in kept)
    assert kept[0] == pytest.approx(kept[1], abs=0.12)
    noise = torch.rand(32, 64, 64, generator=torch.Generator().manual_seed(0))
    assert variance_kept(noise) == pytest.approx(0.25, abs=0.01)  # controls
    halved = functional.avg_pool2d(small_leaves[:, None], 2)[:, 0]
    assert variance_kept(halved) < 0.45


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


def test_by_name(monkeypatch, coarse):
    calls = []
    monkeypatch.setattr(
        "empirical.data.read_dead_leaves",
        lambda seed, **given: (
            calls.append((seed, given)) or read_dead_leaves(seed, **given, train=12, held_out=4)
        ),
    )
    data = load_data("dead-leaves:3", seed=5, size=8)
    assert calls == [(5, {"size": 8, "classes": 3, "device": "cpu"})]
    assert data.classes == 3
    assert load_data("dead-leaves", seed=5, size=8).classes == module.CLASSES
