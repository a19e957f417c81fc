"""What a student can set."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from teaching.fields import choice, flag, whole
from theory.attacks.penalties import Classified, Example

SLOPES = (0, 1, -1)
"""Derivatives of the three logits by the pixel."""

SMALLEST = 8
"""ε is 2 to the power of minus this, at least."""


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    halvings : ε is 1, halved so many times.
    p : of the attack's norm.
    loss : of the model.
    error : w · x less what it should be, in halves.
    printed : whether Equation 4 has x + ε δ, as in print.
    squared : whether the penalty is the norm's square.
    right, first, second : the classes' probabilities, up to a common factor.
    """

    halvings: int = whole(1, low=0, high=SMALLEST)
    p: Literal["inf", "2"] = choice("inf", "2")
    loss: Literal["quadratic", "linear"] = choice("quadratic", "linear")
    error: int = whole(4, low=-8, high=8)
    printed: bool = flag()
    squared: bool = flag()
    right: int = whole(2, low=1, high=9)
    first: int = whole(1, low=1, high=9)
    second: int = whole(1, low=1, high=9)

    @property
    def example(self) -> Example:
        """The image under attack."""
        return Example(
            error=Fraction(self.error, 2), loss=self.loss, p=self.p,
            size=Fraction(1, 2**self.halvings),
        )  # fmt: skip

    @property
    def classified(self) -> Classified:
        """The image with its three classes."""
        return Classified(weights=(self.right, self.first, self.second), slopes=SLOPES)

    @property
    def augmented(self) -> Fraction:
        """Equation 4, as it is to be read or as in print."""
        example = self.example
        return example.augmented(times=example.size) if self.printed else example.augmented()

    @property
    def penalized(self) -> Fraction:
        """Equation 3, with the norm or with its square."""
        example = self.example
        return example.penalized_by_square if self.squared else example.penalized

    @property
    def gap(self) -> Fraction:
        """Equation 4 less Equation 3."""
        return self.augmented - self.penalized

    def halved(self, times: int) -> "Settings":
        """Return the same with ε halved so many times, which may be further than a student can."""
        return replace(self, halvings=times)
