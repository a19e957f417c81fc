"""What a student can set in the lesson on strides and averages."""

from dataclasses import dataclass, replace

from teaching.fields import changed, choice, flag, sample_number, whole

LARGEST = 4
"""The largest n to choose."""

MOST_PIECES = 32
"""The most pieces of a sample."""

REPLACED = {"first": (0,), "second": (1,), "both": (0, 1), "none": ()}


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    n : a strided convolution keeps 1 neuron of n; there are n² pixels.
    replaced : which of the two convolutions have stride 1 and an average instead.
    shown : which of the twins is drawn.
    x : the pixel whose paths are drawn, from 1; the last one if there are not so many.
    path : which of them is chosen, from 1; likewise.
    wider : a kernel of n + 1 instead of n.
    padding : what surrounds the pixels.
    pooling : what stands behind a replaced convolution.
    relu : "masks" as in H1, or "real", in the sampled networks.
    networks : pieces of the sample.
    sample : the sample's seed.
    """

    n: int = whole(3, low=2, high=LARGEST)
    replaced: str = choice(*REPLACED)
    shown: str = choice("averaged", "strided")
    x: int = whole(5, low=1, high=LARGEST**2)
    path: int = whole(1, low=1, high=99)
    wider: bool = flag()
    padding: str = choice("circular", "zeros", "reflect", "replicate")
    pooling: str = choice("average", "maximum")
    relu: str = choice("masks", "real")
    networks: int = whole(0, low=0, high=MOST_PIECES)
    sample: int = sample_number()


def press_pixel(settings: Settings, text: str) -> Settings:
    """Choose a pixel, and the first of its paths."""
    return replace(changed(settings, "x", text), path=1)


EVENTS = {"x": press_pixel}
