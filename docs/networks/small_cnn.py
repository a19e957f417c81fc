"""A network of one's own for `sqrtd simulate`: two convolutions with an average-pooling between."""

from collections.abc import Sequence

from torch import nn


def small_cnn(
    size: int, *, widths: Sequence[int] = (16, 16)
) -> tuple[nn.Module, tuple[int, int, int]]:
    """Build the network for images of size x size pixels; return it with its input shape."""
    first, second = widths
    network = nn.Sequential(
        nn.Conv2d(3, first, 3, padding=1),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(first, second, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(second * (size // 2) ** 2, 10),
    )
    return network, (3, size, size)
