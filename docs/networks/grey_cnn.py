"""A network of one's own for `sqrtd train`: it takes the images' colours and classes as options."""

from torch import nn


def grey_cnn(
    size: int, *, channels: int = 1, logits: int = 10
) -> tuple[nn.Module, tuple[int, int, int]]:
    """Build the network for images of size x size pixels; return it with its input shape."""
    network = nn.Sequential(
        nn.Conv2d(channels, 16, 3, padding=1, padding_mode="reflect"),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * (size // 2) ** 2, logits),
    )
    return network, (channels, size, size)
