"""A scaling law: how the input gradient of a network of your own grows with the image.

`cnn` is the network: a function that takes the pixels of an edge, and returns a module and the
shape of its input. By Theorem 4 its l_1-norm grows like √d, so that an attack of a given size per
pixel gains the more, the larger the image.
"""

from torch import nn

import sqrtd


def cnn(size: int) -> tuple[nn.Module, tuple[int, int, int]]:
    """Build two convolutions and a linear classifier with 10 classes."""
    network = nn.Sequential(
        nn.Conv2d(3, 8, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 8, kernel_size=3, padding=1, stride=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(8 * (size // 2) ** 2, 10),
    )
    return network, (3, size, size)


if __name__ == "__main__":
    growth = sqrtd.simulate(cnn, sizes=[4, 8, 16], networks=400)
    print(growth)

    norm = growth.exponent("logit-norm-1")
    print(
        f"E‖∂_x f‖_1 grows like d^{norm.estimate:.2f}, between {norm.low:.2f} and {norm.high:.2f}"
    )
    print(f"theory predicts d^{growth.predicted_exponent('logit-norm-1'):.2f}")

    moments = sqrtd.predict(*cnn(8))  # E[(∂_x f)²] of each coordinate, exact under (H)
    print(f"the border gets {moments[0, 0, 0] / moments[0, 4, 4]:.0%} of what the centre gets")

    growth.plot().figure.savefig("scaling_law.png")
