"""The authors' training recipe."""

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

Decay: TypeAlias = Literal["halving", "linear"]
"""How the learning rate falls during a training."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Stochastic gradient descent with momentum, as in the authors' published code.

    That code also goes back to the weights of the best validation accuracy whenever it halves the
    learning rate; here, training looks at no validation images and does not.

    Attributes
    ----------
    epochs : passes over the training images.
    batch : images in a batch; where there are fewer images, all of them.
    learning_rate : of the first epochs.
    halve_every : epochs after which the learning rate is halved, again and again.
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
        for name in ("epochs", "batch", "halve_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, not {getattr(self, name)}")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate must be positive, not {self.learning_rate}")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must be in [0, 1), not {self.momentum}")
        if self.decay not in get_args(Decay):
            known = " or ".join(get_args(Decay))
            raise ValueError(f"decay must be {known}, not {self.decay!r}")

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
