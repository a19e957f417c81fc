"""What a user wants trained, in one description. Importing it loads no library."""

import math
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import LARGEST_SEED, UserError, require_whole_number
from evidence.findings import Progress, silent

if TYPE_CHECKING:
    from empirical.sweeps.experiment import Experiment


@dataclass(frozen=True)
class TrainingRun:
    """What a user wants trained, and where.

    Attributes
    ----------
    experiment : figure-1, figure-2 or figure-3; or FILE.toml, such as a changed copy of a preset.
        In Python also an `empirical.Experiment`, which has images and networks of its own.
    preset : of a figure: smoke, about a minute; cpu, some hours on two cores; paper, the paper's
        size, for a GPU. The first if not given.
    data : images instead of the experiment's own: digits, cifar10 (downloaded once), cifar10:PATH,
        imagefolder:PATH, dead-leaves.
    budget : how many networks of each kind, relative to the experiment's own number; finished ones
        are kept.
    epochs : passes over the images, at most 100,000, instead of the experiment's own number;
        learning rates fall within them.
    seed : decides every random number.
    device : cpu, cuda or cuda:N.
    out : checkpoints and finished networks are kept under this folder's results/train/NAME, for the
        next run to go on from; nothing is kept if None.
    store : an SQLite file that keeps finished networks, instead of networks.sqlite in that folder.
    workers : how many processes; threads of one if not given.
    scheduler : address of a Dask scheduler instead, such as tcp://HOST:8786, whose workers see the
        results and the images under the same paths.
    hours : how long the run may take, reading the images included. What is finished by then is
        recorded.
    until_decided : whether to train on after that, twice as many networks of some kinds at a time,
        until the claims on the figure are decided. Kinds come first that the claim nearest to a
        decision compares. Each look at a claim has a smaller error level.
    progress : called with the fraction done, and a few words on what is done.
    """

    experiment: "str | Path | Experiment"
    _: KW_ONLY
    preset: str | None = None
    data: str | None = None
    budget: float = 1.0
    epochs: int | None = None
    seed: int = 0
    device: str = "cpu"
    out: Path | str | None = None
    store: Path | str | None = None
    workers: int | None = None
    scheduler: str | None = None
    hours: float | None = None
    until_decided: bool = False
    progress: Progress = field(default=silent, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raise UserError for numbers that mean nothing."""
        if not 0 < self.budget < math.inf:
            raise UserError(f"a budget is a number above 0, not {self.budget}")
        from empirical.training.recipe import MOST_EPOCHS

        if self.epochs is not None:
            require_whole_number("epochs", self.epochs, most=MOST_EPOCHS)
        require_whole_number("the seed", self.seed, least=0, most=LARGEST_SEED)
        if self.hours is not None and not self.hours > 0:
            raise UserError(f"hours are a number above 0, not {self.hours}")
