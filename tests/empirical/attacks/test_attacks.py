"""Our attacks against Foolbox's, bit for bit, and against the laws that define them."""

import math
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from small_networks import fgsm, small_cnn, train_plainly
from torch import nn
from torch.nn import functional

from empirical.attacks.gradient_steps import one_step, pgd, project, steepest_ascent
from empirical.attacks.loss_gradients import differentiate
from empirical.data.images import at_resolution
from empirical.data.load import DataError, load_data
from empirical.errors import TrainingError
from running.streams import stream
from simulations.networks.initialization import he_initialize_
from simulations.networks.paper_networks import figure_2, figure_3_max, figure_3_strided

with warnings.catch_warnings():
    # Foolbox 3.3.4 still imports from the old place of this function.
    warnings.filterwarnings(
        "ignore", message="Please import `gaussian_filter`", category=DeprecationWarning
    )
    from foolbox.attacks.fast_gradient_method import L2FastGradientAttack, LinfFastGradientAttack
    from foolbox.attacks.projected_gradient_descent import (
        L2ProjectedGradientDescentAttack,
        LinfProjectedGradientDescentAttack,
    )
    from foolbox.criteria import Misclassification
    from foolbox.models.pytorch import PyTorchModel

ONE_STEP = {math.inf: LinfFastGradientAttack, 2: L2FastGradientAttack}
MANY_STEPS = {math.inf: LinfProjectedGradientDescentAttack, 2: L2ProjectedGradientDescentAttack}
NETWORKS = ("trained", "figure 2", "strided", "max", "colours 8 x 12", "dense")


@pytest.fixture(scope="module")
def digits():
    return at_resolution(load_data("digits", seed=0), 8)


@pytest.fixture(scope="module")
def cases(digits):
    """Networks, each with images and labels that it takes."""
    trained = small_cnn(1, 10, size=8, generator=stream(0, "weights"))
    train_plainly(trained, digits.train_images, digits.train_labels, epochs=3)
    some = torch.randperm(len(digits.held_out_labels), generator=stream(0, "some"))[:60]
    grey = digits.held_out_images[some], digits.held_out_labels[some]
    wide = torch.randn(20, 3, 8, 12, generator=stream(0, "wide")), grey[1][:20]
    dense = nn.Sequential(nn.Flatten(), nn.Linear(64, 20), nn.ReLU(), nn.Linear(20, 10))
    found = {"trained": (trained, *grey), "dense": (dense, *grey)}
    for name, (network, _), images in (
        ("figure 2", figure_2(8, channels=1, widths=(8,) * 5), grey),
        ("strided", figure_3_strided(8, channels=1, widths=(8,) * 6), grey),
        ("max", figure_3_max(8, channels=1, widths=(8,) * 6), grey),
        ("colours 8 x 12", figure_2(8, widths=(8,) * 5), wide),
    ):
        found[name] = (network, *images)
    for name, (network, *_) in found.items():
        if name != "trained":
            he_initialize_(network, stream(0, name))
        network.eval()
    return found


def by_foolbox(attack, network, images, labels, *, epsilon, bounds):
    model = PyTorchModel(network, bounds=bounds, device=images.device)
    return attack.run(model, images, Misclassification(labels), epsilon=epsilon)


def bounds_of(images):
    return images.min().item(), images.max().item()


@pytest.mark.parametrize("p", [math.inf, 2])
@pytest.mark.parametrize("name", NETWORKS)
def test_one_step_is_foolboxs_bit_for_bit(cases, name, p):
    network, images, labels = cases[name]
    low, high = bounds_of(images)
    for bounds in ((low, high), (low - 0.1, high + 0.1), (-0.7, 0.7)):
        inside = images.clamp(*bounds)
        for epsilon in (0.0, 1e-3, 0.006, 0.25, 3.0):
            theirs = by_foolbox(
                ONE_STEP[p](), network, inside, labels, epsilon=epsilon, bounds=bounds
            )
            ours = fgsm(network, inside, labels, epsilon=epsilon, bounds=bounds, p=p)
            assert torch.equal(ours, theirs)
            assert (epsilon == 0) == torch.equal(ours, inside)


def test_the_call_that_users_make_gives_the_same_images(cases):
    network, images, labels = cases["trained"]
    model = PyTorchModel(network, bounds=bounds_of(images), device="cpu")
    theirs, _, _ = LinfFastGradientAttack()(model, images, labels, epsilons=[0.006, 0.1])
    for epsilon, attacked in zip((0.006, 0.1), theirs, strict=True):
        ours = fgsm(network, images, labels, epsilon=epsilon, bounds=bounds_of(images))
        assert torch.equal(ours, attacked)


def test_other_layouts_and_precisions_are_foolboxs_too(cases):
    network, images, labels = cases["colours 8 x 12"]
    bounds = bounds_of(images)
    for prepared, model in (
        (images.to(memory_format=torch.channels_last), network),
        (images.double(), figure_2(8, widths=(8,) * 5)[0].double().eval()),
    ):
        theirs = by_foolbox(
            LinfFastGradientAttack(), model, prepared, labels, epsilon=0.1, bounds=bounds
        )
        assert torch.equal(fgsm(model, prepared, labels, epsilon=0.1, bounds=bounds), theirs)


@pytest.mark.parametrize("p", [math.inf, 2])
@pytest.mark.parametrize("name", NETWORKS)
def test_pgd_from_the_images_is_foolboxs_bit_for_bit(cases, name, p):
    network, images, labels = cases[name]
    for bounds, epsilon, steps in (
        (bounds_of(images), 0.1, 4),
        ((-0.7, 0.7), 0.5, 3),
        ((-9.0, 9.0), 0.006, 1),
    ):
        inside = images.clamp(*bounds)
        attack = MANY_STEPS[p](abs_stepsize=2.5 * epsilon / steps, steps=steps, random_start=False)
        theirs = by_foolbox(attack, network, inside, labels, epsilon=epsilon, bounds=bounds)
        ours = pgd(
            network,
            inside,
            labels,
            epsilon=epsilon,
            bounds=bounds,
            generator=None,
            p=p,
            steps=steps,
        )
        assert torch.equal(ours, theirs)


def test_equality_is_no_matter_of_course(cases):
    """Negative control: the gradient of other labels gives other images."""
    network, images, labels = cases["trained"]
    bounds = bounds_of(images)
    theirs = by_foolbox(
        LinfFastGradientAttack(), network, images, labels, epsilon=0.1, bounds=bounds
    )
    wrong = fgsm(network, images, (labels + 1) % 10, epsilon=0.1, bounds=bounds)
    assert not torch.equal(wrong, theirs)


floats = st.floats(-3, 3, width=32)


@given(st.lists(floats, min_size=6, max_size=6), st.floats(1e-3, 2), st.sampled_from([2, math.inf]))
@settings(max_examples=60, deadline=None)
def test_steepest_ascent_attains_the_dual_norm(gradient, size, p):
    """Eq. 2: max δ · g over ‖δ‖_p <= ε is ε ‖g‖_q."""
    g = torch.tensor(gradient, dtype=torch.double).reshape(1, 1, 2, 3)
    delta = steepest_ascent(g, size=size, p=p)
    dual = torch.linalg.vector_norm(g, 1 if p == math.inf else 2).item()
    if dual > 1e-9:
        assert (delta * g).sum().item() == pytest.approx(size * dual)
    assert torch.linalg.vector_norm(delta, p).item() <= size * (1 + 1e-12)


@given(
    st.lists(floats, min_size=6, max_size=6),
    st.lists(floats, min_size=6, max_size=6),
    st.floats(0, 2),
    st.sampled_from([2, math.inf]),
)
@settings(max_examples=60, deadline=None)
def test_projection_ends_in_the_ball_and_the_bounds_and_stays(image, start, epsilon, p):
    x, y = (
        torch.tensor(values, dtype=torch.double).reshape(1, 1, 3, 2) for values in (image, start)
    )
    inside = project(y, x, epsilon=epsilon, bounds=(-3, 3), p=p)
    assert torch.linalg.vector_norm(inside - x, p).item() <= epsilon + 1e-12
    assert inside.abs().max().item() <= 3
    again = project(inside, x, epsilon=epsilon, bounds=(-3, 3), p=p)
    torch.testing.assert_close(again, inside, rtol=0, atol=1e-12)
    if torch.linalg.vector_norm(y - x, p).item() < epsilon:
        torch.testing.assert_close(inside, y, rtol=0, atol=1e-12)


def starts(images, p, generator):
    """PGD's starting points: from a network that is flat there is no step."""
    flat = nn.Sequential(nn.Flatten(), nn.Linear(images[0].numel(), 2, bias=False)).eval()
    nn.init.zeros_(flat[1].weight)
    labels = torch.zeros(len(images), dtype=torch.long)
    return pgd(
        flat.to(images.dtype),
        images,
        labels,
        epsilon=0.5,
        bounds=(-9, 9),
        generator=generator,
        p=p,
        steps=1,
    )


@pytest.mark.parametrize("p", [math.inf, 2])
def test_pgd_starts_uniformly_in_the_ball_whatever_the_batch(p):
    images = torch.randn(2_000, 1, 1, 3, generator=stream(0, "x"), dtype=torch.double)
    together = starts(images, p, stream(0, "start"))
    delta = (together - images).flatten(1) / 0.5
    if p == math.inf:
        uniform = (delta.flatten() + 1) / 2
    else:
        uniform = delta.norm(dim=1) ** 3
        # Archimedes: each coordinate of a direction in 3 dimensions is uniform.
        direction = (delta[:, 0] / delta.norm(dim=1) + 1) / 2
        assert stats.kstest(direction.numpy(), "uniform").pvalue > 1e-3
    assert stats.kstest(uniform.numpy(), "uniform").pvalue > 1e-3
    generator = stream(0, "start")
    parts = [starts(images[:700], p, generator), starts(images[700:], p, generator)]
    assert torch.equal(torch.cat(parts), together)
    assert not torch.equal(starts(images, p, stream(1, "start")), together)


@pytest.mark.parametrize(("p", "epsilon"), [(math.inf, 0.3), (2, 1.5)])
def test_pgd_finds_more_than_one_step_and_one_step_more_than_chance(cases, p, epsilon):
    network, images, labels = cases["trained"]
    attack = {"epsilon": epsilon, "bounds": bounds_of(images), "p": p}

    def loss(attacked):
        return functional.cross_entropy(network(attacked), labels).item()

    chance = project(starts(images, p, stream(0, "chance")), images, **attack)
    iterated = pgd(network, images, labels, **attack, generator=stream(0, "start"))
    one = fgsm(network, images, labels, **attack)
    assert loss(iterated) > loss(one) > loss(chance)
    distance = torch.linalg.vector_norm((iterated - images).flatten(1), p, dim=1)
    assert distance.max().item() <= epsilon * (1 + 1e-5)
    again = pgd(network, images, labels, **attack, generator=stream(0, "start"))
    assert torch.equal(again, iterated)


def test_attacks_leave_weights_and_images_alone(cases):
    network, images, labels = cases["trained"]
    network.zero_grad(set_to_none=True)  # Foolbox leaves gradients
    before = images.clone()
    pgd(network, images, labels, epsilon=0.1, bounds=(-9, 9), generator=stream(0, "start"), steps=2)
    assert torch.equal(images, before)
    assert all(weight.grad is None for weight in network.parameters())
    gradients = differentiate(network, images, labels).gradients
    attacked = one_step(images, gradients, epsilon=0.1, bounds=(-9, 9))
    assert torch.equal(attacked, fgsm(network, images, labels, epsilon=0.1, bounds=(-9, 9)))


class Broken(nn.Module):
    """Gives NaN for one image of a batch."""

    def forward(self, x):
        logits = x.flatten(1)[:, :10].clone()
        return torch.cat([logits[:-1], logits[-1:] * math.nan])


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"p": 1}, "in l_2 or l_∞, not in l_1"),
        ({"epsilon": -0.1}, "at least 0, not -0.1"),
        ({"epsilon": math.nan}, "at least 0, not nan"),
        ({"bounds": (-0.1, 0.1)}, "beyond their bounds -0.1 and 0.1"),
        ({"steps": 0}, "one step or more, not 0"),
        ({"network": Broken().eval()}, "logits are not finite"),
        ({"network": nn.Flatten().train()}, r"training mode.*call its eval\(\) first"),
        ({"network": nn.Identity().eval()}, r"output of shape \(60, 1, 8, 8\)"),
        (
            {"network": nn.Sequential(nn.Flatten(), nn.Linear(64, 1)).eval()},
            r"output of shape \(60, 1\): wanted are two logits or more",
        ),
        (
            {"network": nn.Sequential(nn.Flatten(), nn.Linear(64, 4)).eval()},
            "labels reach from 0 to 9, but the network has 4 logits",
        ),
        ({"images": torch.full((60, 1, 8, 8), math.nan)}, "pixels reach from nan to nan"),
    ],
)
def test_what_cannot_be_attacked_is_named_in_one_line(cases, wish, message):
    network, images, labels = cases["trained"]
    options = {"epsilon": 0.1, "bounds": (-9, 9), "generator": None, **wish}
    with pytest.raises((ValueError, TrainingError), match=message) as raised:
        pgd(options.pop("network", network), options.pop("images", images), labels, **options)
    assert "\n" not in str(raised.value)
    assert isinstance(raised.value, DataError) == any(
        word in message for word in ("labels", "bounds", "pixels")
    )
