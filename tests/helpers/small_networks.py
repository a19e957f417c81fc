"""Small networks for the tests of training and measuring: built, trained plainly, summed up."""

from empirical.attacks.gradient_steps import one_step
from empirical.attacks.loss_gradients import differentiate
from empirical.measures.measure import measure_images
from empirical.training.methods import CrossEntropy
from empirical.training.recipe import Recipe
from empirical.training.train import train_network
from simulations.networks.initialization import he_initialize_
from simulations.networks.paper_networks import figure_1_small

SIZES = (8, 16, 32)


def small_cnn(channels, classes, *, size, generator):
    """The network of the preset figure-1-digits; one state gives the same weights at each size."""
    network, _ = figure_1_small(size, channels=channels, logits=classes)
    he_initialize_(network, generator)
    return network


def train_plainly(network, images, labels, *, epochs, seed=0, progress=lambda *_: None):
    """Train as the preset figure-1-digits does."""
    train_network(
        network,
        images,
        labels,
        objective=CrossEntropy(),
        recipe=Recipe(epochs=epochs, batch=50, learning_rate=0.05, decay="linear"),
        seed=seed,
        progress=progress,
    )


def measure(network, data, *, epsilon):
    """Sum up what is measured on the held-out images, without PGD."""
    images, labels = data.held_out_images, data.held_out_labels
    return measure_images(network, images, labels, epsilon=epsilon, bounds=data.bounds).summary()


def fgsm(network, images, labels, **attack):
    """Attack with one step along the network's own gradient."""
    return one_step(images, differentiate(network, images, labels).gradients, **attack)
