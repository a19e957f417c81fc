"""What a student can set."""

from dataclasses import dataclass

from teaching.fields import flag, whole

LARGEST = 12


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    inputs : the number of inputs, d.
    unequal : whether the first input has twice its share: drops the assumption "equal shares".
    """

    inputs: int = whole(4, low=1, high=LARGEST)
    unequal: bool = flag()
