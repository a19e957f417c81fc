"""The authors' training recipe."""

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from evidence.errors import require_whole_number, written

Decay: TypeAlias = Literal["halving", "linear"]
"""How the learning rate falls during a training."""

MOST_EPOCHS = 100_000
LARGEST_BATCH = 1_000_000
LARGEST_RATE = 1e30
SMALLEST_RATE = 1e-30
"""Beyond, trainings never end, or do nothing at all; weights are in float32."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Stochastic gradient descent with momentum, as in the authors' published code.

    That code also goes back to the weights of the best validation accuracy whenever it halves the
    learning rate; here, training looks at no validation images and does not.

    Attributes
    ----------
    epochs : passes over the training images, at most 100,000.
    batch : images in a batch, at most 1,000,000; where there are fewer images, all of them.
    learning_rate : of the first epochs, at most 1e30.
    halve_every : epochs after which the learning rate is halved, again and again; the last one has
        to be 1e-30 or more.
    momentum : of the gradient, in [0, 1).
    decay : "halving", as above; or "linear", from `learning_rate` to 0 over all steps, which
        reaches the same accuracy in fewer epochs and knows no `halve_every`.
    flips : whether each image is mirrored left to right with probability 1/2 whenever it is shown.
    """

    epochs: int = 200
    batch: int = 128
    learning_rate: float = 0.01
    halve_every: int = 30
    momentum: float = 0.9
    decay: Decay = "halving"
    flips: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for figures that nothing can be trained with."""
        for name, most in (
            ("epochs", MOST_EPOCHS),
            ("batch", LARGEST_BATCH),
            ("halve_every", None),
        ):
            require_whole_number(name, getattr(self, name), most=most)
        if not SMALLEST_RATE <= self.learning_rate <= LARGEST_RATE:
            raise ValueError(
                f"learning_rate must be a number from {SMALLEST_RATE:g} to {LARGEST_RATE:g}, not "
                f"{written(self.learning_rate)}"
            )
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must be in [0, 1), not {self.momentum}")
        if self.decay not in get_args(Decay):
            known = " or ".join(get_args(Decay))
            raise ValueError(f"decay must be {known}, not {self.decay!r}")
        halvings = (self.epochs - 1) // self.halve_every if self.decay == "halving" else 0
        if math.ldexp(self.learning_rate, -halvings) < SMALLEST_RATE:
            raise ValueError(
                f"the learning rate {self.learning_rate:g} is halved {halvings:,} times, until it "
                f"is 0; give a larger halve_every than {self.halve_every}, or fewer epochs"
            )

    def in_epochs(self, epochs: int) -> "Recipe":
        """Return the recipe with fewer or more epochs, over which the learning rate falls alike."""
        halve_every = max(1, self.halve_every * epochs // self.epochs)
        return replace(self, epochs=epochs, halve_every=halve_every)

    def learning_rate_at(self, step: int, steps: int) -> float:
        """Return the learning rate of a step; the first of the training's steps is step 0."""
        if self.decay == "linear":
            return self.learning_rate * (1 - step / steps)
        epoch = step * self.epochs // steps
        return math.ldexp(self.learning_rate, -(epoch // self.halve_every))
