"""The network and its training: same parameters everywhere, reproducible, honest, no leak."""

from dataclasses import replace

import pytest
import torch
from scipy import stats
from small_networks import SIZES, measure, small_cnn, train_plainly
from torch import nn

from empirical.data.images import at_resolution
from empirical.data.load import load_data
from empirical.errors import TrainingError
from empirical.training.methods import METHODS, CrossEntropy
from empirical.training.recipe import Recipe
from empirical.training.train import train_network
from running.streams import stream


def network(size, *, seed=0, channels=1):
    return small_cnn(channels, 10, size=size, generator=stream(seed, "weights"))


@pytest.fixture(scope="module")
def digits():
    return at_resolution(load_data("digits", seed=0), 8)


def trained(data, *, epochs=4, seed=0):
    model = network(8, seed=seed)
    train_plainly(model, data.train_images, data.train_labels, epochs=epochs, seed=seed)
    return model


@pytest.mark.parametrize("channels", [1, 3])
def test_networks_have_the_same_weights_at_every_size(channels):
    states = [network(size, channels=channels).state_dict() for size in SIZES]
    for state in states[1:]:
        assert state.keys() == states[0].keys()
        assert all(torch.equal(state[key], states[0][key]) for key in state)


@pytest.mark.parametrize("size", SIZES)
def test_kernels_cover_the_same_part_of_the_image(size):
    """Before any padding, a nudged pixel reaches as far, in parts of the image, at every size."""
    model = network(size).double()[:6].eval()  # two blocks, before the pooling
    image = torch.rand(1, 1, size, size, dtype=torch.float64, generator=stream(0, "image"))
    nudged = image.clone()
    nudged[0, 0, size // 2, size // 2] += 1
    rows = torch.nonzero((model(nudged) - model(image)).abs().amax(dim=(0, 1, 3))).squeeze(1)
    assert ((rows - size // 2).abs().max() / size).item() == 2 / 8


def test_another_size_is_refused():
    with pytest.raises(ValueError, match="not 12"):
        network(12)


def test_training_learns_the_digits(digits):
    assert measure(trained(digits), digits, epsilon=0.01).accuracy > 0.9


def test_random_labels_leave_chance(digits):
    """No information may reach the network but through the training labels.

    Held-out labels are drawn independently of everything, so hits are binomial; the test errs
    with probability 1e-6 a side. The control is the test above: true labels give > 90 %.
    """
    shuffled = replace(
        digits,
        train_labels=torch.randint(10, digits.train_labels.shape, generator=stream(0, "a")),
        held_out_labels=torch.randint(10, digits.held_out_labels.shape, generator=stream(0, "b")),
    )
    measures = measure(trained(shuffled), shuffled, epsilon=0.01)
    low, high = stats.binom.interval(1 - 2e-6, measures.images, 0.1)
    assert low <= measures.accuracy * measures.images <= high


def test_the_same_seed_trains_the_same_network(digits):
    first, second = trained(digits).state_dict(), trained(digits).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)
    other = trained(digits, seed=1).state_dict()
    assert not all(torch.equal(first[key], other[key]) for key in first)


def test_the_order_of_the_images_matters(digits):
    one, other = network(8), network(8)
    for model, seed in ((one, 0), (other, 1)):
        train_plainly(model, digits.train_images, digits.train_labels, epochs=1, seed=seed)
    assert not torch.equal(one[0].weight, other[0].weight)


def test_a_loss_that_is_no_number_is_an_error(digits):
    images = digits.train_images.clone()
    images[3, 0, 0, 0] = torch.nan
    with pytest.raises(TrainingError, match="the loss became nan in epoch 2 of 2"):
        train_plainly(network(8), images, digits.train_labels, epochs=2)


def test_progress_is_reported_after_every_batch(digits):
    fractions = []
    train_plainly(
        network(8),
        digits.train_images,
        digits.train_labels,
        epochs=2,
        progress=lambda fraction, _: fractions.append(fraction),
    )
    assert len(fractions) == 2 * (len(digits.train_labels) // 50)
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


# --- any objective, by a recipe ----------------------------------------------------------------


def by_recipe(data, method, *, epsilon=0.01, epochs=2, seed=0, model=None):
    model = model or network(8, seed=seed)
    train_network(
        model,
        data.train_images,
        data.train_labels,
        objective=METHODS[method](epsilon),
        recipe=Recipe(epochs=epochs, batch=32, learning_rate=0.05),
        seed=seed,
    )
    return model


@pytest.fixture(scope="module")
def plain(digits):
    return measure(by_recipe(digits, "plain"), digits, epsilon=0.01)


@pytest.mark.parametrize("method", [name for name in METHODS if name != "plain"])
def test_every_method_learns_the_digits_with_smaller_gradients(digits, plain, method):
    """Two epochs: a lot is learnt (chance is 0.1), and the stronger methods are not at its end."""
    measures = measure(by_recipe(digits, method, epsilon=0.1), digits, epsilon=0.01)
    assert measures.accuracy > 0.5
    assert measures.gradient_norm < 0.9 * plain.gradient_norm


@pytest.mark.parametrize("method", ["l2-penalty", "linf-augmentation"])
def test_random_labels_leave_chance_with_every_method(digits, method):
    """As `test_random_labels_leave_chance`, which gives the error."""
    shuffled = replace(
        digits,
        train_labels=torch.randint(10, digits.train_labels.shape, generator=stream(1, "a")),
        held_out_labels=torch.randint(10, digits.held_out_labels.shape, generator=stream(1, "b")),
    )
    measures = measure(by_recipe(shuffled, method, epochs=4), shuffled, epsilon=0.01)
    low, high = stats.binom.interval(1 - 2e-6, measures.images, 0.1)
    assert low <= measures.accuracy * measures.images <= high


def test_a_recipe_is_deterministic_and_seeded(digits):
    states = [by_recipe(digits, "l2-pgd", epochs=1).state_dict() for _ in range(2)]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    model = network(8)
    train_network(
        model,
        digits.train_images,
        digits.train_labels,
        objective=METHODS["l2-pgd"](0.01),
        recipe=Recipe(epochs=1, batch=32, learning_rate=0.05),
        seed=0,
        name=("another",),
    )
    assert not torch.equal(model[0].weight, states[0]["0.weight"])


@pytest.mark.parametrize("decay", ["halving", "linear"])
@pytest.mark.parametrize("flips", [False, True])
def test_a_recipe_is_momentum_descent(decay, flips):
    """Against the update written out, with each schedule, on mirrored images or not."""
    images = torch.randn(50, 1, 2, 2, generator=stream(0, "x"))
    labels = torch.randint(3, (50,), generator=stream(0, "y"))
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
    weight, bias = (p.detach().clone().requires_grad_() for p in model.parameters())
    train_network(
        model,
        images,
        labels,
        objective=CrossEntropy(),
        recipe=Recipe(
            epochs=3,
            batch=20,
            learning_rate=0.1,
            halve_every=2,
            momentum=0.5,
            decay=decay,
            flips=flips,
        ),
        seed=0,
    )
    falling = (
        [0.1, 0.1, 0.1, 0.1, 0.05, 0.05]
        if decay == "halving"
        else [0.1 * left / 6 for left in (6, 5, 4, 3, 2, 1)]
    )
    rates = iter(falling)
    speeds = [torch.zeros_like(weight), torch.zeros_like(bias)]
    for epoch in range(3):
        order = torch.randperm(50, generator=stream(0, "order", epoch))[:40]
        for half, chosen in enumerate(order.split(20)):
            shown = images[chosen].clone()
            if flips:
                drawn = stream(0, "flips", 2 * epoch + half)
                mirrored = torch.randint(2, (20, 1, 1, 1), generator=drawn).flatten() == 1
                assert 0 < mirrored.sum() < 20
                shown[mirrored] = shown[mirrored][..., [1, 0]]
            rate = next(rates)
            logits = shown.flatten(1) @ weight.T + bias
            loss = -logits.log_softmax(1)[torch.arange(20), labels[chosen]].mean()
            gradients = torch.autograd.grad(loss, (weight, bias))
            with torch.no_grad():
                for parameter, speed, gradient in zip(
                    (weight, bias), speeds, gradients, strict=True
                ):
                    speed.mul_(0.5).add_(gradient)
                    parameter -= rate * speed
    torch.testing.assert_close(model[1].weight, weight)
    torch.testing.assert_close(model[1].bias, bias)


def test_a_loss_that_is_no_number_ends_a_recipe(digits):
    broken = replace(digits, train_images=digits.train_images * torch.nan)
    with pytest.raises(TrainingError, match="the loss became nan in epoch 1 of 2"):
        by_recipe(broken, "l2-penalty")


def test_a_last_step_that_breaks_the_weights_leaves_no_checkpoint(tmp_path):
    """The loss of the only step is finite; what the step makes of the weights is not."""
    file = tmp_path / "network.pt"
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    nn.init.zeros_(model[1].weight)
    with pytest.raises(TrainingError, match="the weights became infinite in epoch 1 of 1"):
        train_network(
            model,
            torch.ones(2, 1, 2, 2) * 1e12,
            torch.tensor([0, 0]),
            objective=CrossEntropy(),
            recipe=Recipe(epochs=1, batch=2, learning_rate=1e30),
            seed=0,
            checkpoint=file,
        )
    assert not file.exists()


def test_no_images_are_one_line():
    with pytest.raises(ValueError, match="cannot train on 0 images with 0 labels"):
        train_network(
            nn.Flatten(),
            torch.zeros(0, 1, 8, 8),
            torch.zeros(0, dtype=torch.long),
            objective=CrossEntropy(),
            recipe=Recipe(),
            seed=0,
        )
