"""What a user wants sampled, in one description. Importing it loads no library."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from evidence.errors import LARGEST_SEED, UserError, require_whole_number
from evidence.findings import Progress, silent

if TYPE_CHECKING:
    from simulations.engine.gradient_rows import Relu, WeightLaw
    from simulations.networks.user_factories import Factory


MOST_NETWORKS = 1_000_000
LARGEST_SIZE = 100_000_000
MOST_SIZES = 64
"""What is sampled in a lifetime, and in whose memory."""


class ConfigurationError(UserError):
    """Options of a simulation that cannot be fulfilled."""


@dataclass(frozen=True)
class SimulationRun:
    """What a user wants sampled: a network at growing sizes, how often, and where.

    Attributes
    ----------
    network : a built-in family (dense, conv, strided, average-pool, max-pool, residual,
        paper-figure-1 ...), or FILE.py:factory, a function that takes a size and returns
        (nn.Module, input shape). In Python also the function itself.
    sizes : what the factory is called with, such as the pixels of an image's edge; 2 to 64 of them,
        each at most 100 million.
        If none are given, 8, 16, 32 and 64, as far as it takes them.
    dims : input dimensions d instead of sizes; of images 3 x edge x edge. A network on vectors
        has 64, 256, 1024 and 4096 if neither is given.
    widths : neurons or channels of the hidden layers, instead of the factory's own.
    inputs : noise, smooth, constant, or images:PATH, a folder of PNG or JPEG files or CIFAR-10's
        binary one.
    relu : real; or masks, by which each neuron is off with probability 1/2, whatever it is, as H1
        says.
    weights : the law of the weights, always of variance 2/fan-in.
    output : position of the one output that is taken for a logit, such as 0,16,16 of an image;
        all logits if not given.
    networks : of each size, at most a million; 1000 if not given. With a precision the most,
        100000 if not given.
    precision : sample until all expectations are known to this relative error, such as 0.05.
    seed : decides every random number.
    device : cpu, cuda or cuda:N.
    store : an SQLite file that keeps finished work, for the next run to go on from.
    workers : how many processes; threads of one if not given.
    scheduler : address of a Dask scheduler instead, such as tcp://HOST:8786.
    progress : called with the fraction done, and a few words on what is done.
    """

    network: "str | Factory"
    _: KW_ONLY
    sizes: Sequence[int] | None = None
    dims: Sequence[int] | None = None
    widths: Sequence[int] | None = None
    inputs: str = "noise"
    relu: "Relu" = "real"
    weights: "WeightLaw" = "gaussian"
    output: Sequence[int] | None = None
    networks: int | None = None
    precision: float | None = None
    seed: int = 0
    device: str = "cpu"
    store: Path | str | None = None
    workers: int | None = None
    scheduler: str | None = None
    progress: Progress = field(default=silent, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raise ConfigurationError for numbers and words that mean nothing."""
        from simulations.engine.gradient_rows import Relu, WeightLaw

        if self.networks is not None:
            require_whole_number(
                "the number of networks", self.networks, least=2, most=MOST_NETWORKS
            )
        for what in ("sizes", "dims"):
            given = getattr(self, what) or ()
            for size in given:
                require_whole_number(f"each of the {what}", size, most=LARGEST_SIZE)
            require_whole_number(f"how many {what}", len(given), least=0, most=MOST_SIZES)
        for width in self.widths or ():
            require_whole_number("each of the widths", width, most=LARGEST_SIZE)
        if self.precision is not None and not 0 < self.precision < 1:
            raise ConfigurationError(
                f"a relative precision lies between 0 and 1, not at {self.precision}"
            )
        require_whole_number("the seed", self.seed, least=0, most=LARGEST_SEED)
        for word, known in ((self.relu, get_args(Relu)), (self.weights, get_args(WeightLaw))):
            if word not in known:
                raise ConfigurationError(f"{word!r} is unknown; give {' or '.join(known)}")

    @property
    def name(self) -> str:
        """The network, as a message or a heading shows it."""
        network = self.network
        return network if isinstance(network, str) else getattr(network, "__name__", repr(network))
