"""What a student can set in the lesson on dual norms, and the events that do it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from teaching.fields import AddressError, changed, choice, custom, flag, whole
from teaching.pictures import svg

MOST = 3.0
"""The largest coordinate of a gradient."""

UNIT = 64.0
"""Units of the picture for 1, of gradients and of perturbations alike."""

CENTRE = svg.WIDTH / 2

DOUBLINGS = 12
"""The largest number of pixels is 2 to this power."""

STOPS = ("1", "1.1", "1.25", "1.5", "2", "3", "5", "11", "inf")
"""The exponents p to choose from; with each, its dual one is there, too."""

TURN = 5
"""Degrees that an arrow key turns the student's perturbation by."""

ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, 1), "down": (0, -1)}


def read_gradient(text: str) -> tuple[float, float]:
    """Read two coordinates from "2.5,-1.0".

    Raises
    ------
    AddressError : not two numbers, one beyond `MOST`, or both 0.
    """
    found = _pair(text)
    if max(abs(value) for value in found) > MOST:
        raise AddressError(f"coordinates of the gradient lie between -{MOST:g} and {MOST:g}")
    rounded = (round(found[0], 1) + 0.0, round(found[1], 1) + 0.0)
    if rounded == (0, 0):
        raise AddressError("where the gradient is 0, an attack gains nothing at first order")
    return rounded


def write_gradient(gradient: tuple[float, float]) -> str:
    """Write coordinates as `read_gradient` reads them."""
    return f"{gradient[0]:.1f},{gradient[1]:.1f}"


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    gradient : of the loss, in the plane of two pixels.
    p : exponent of the attack's norm, one of `STOPS`.
    size : tenths of the attack's size ε.
    own : direction of the student's perturbation, in degrees.
    look : the picture: the ball, growing ε, or growing d.
    loss : straight or curved.
    dual : whether the gradient is measured by the dual exponent, or by p itself.
    fixed : whether ε is the same for all d, not as in Equation 5.
    pixels : how a gradient of many pixels is spread.
    doublings : d is 2 to this power where there are many pixels.
    """

    gradient: tuple[float, float] = custom((2.5, 1.0), read_gradient, write_gradient)
    p: str = choice("inf", *STOPS[:-1])
    size: int = whole(10, low=1, high=20)
    own: int = whole(100, low=0, high=359)
    look: str = choice("ball", "size", "dimension")
    loss: str = choice("linear", "curved")
    dual: str = choice("q", "p")
    fixed: bool = flag()
    pixels: str = choice("equal", "one")
    doublings: int = whole(6, low=1, high=DOUBLINGS)

    @property
    def exponent(self) -> float:
        """The exponent p as a number."""
        return float(self.p)

    @property
    def epsilon(self) -> float:
        """The size ε."""
        return self.size / 10


def move_gradient(settings: Settings, text: str) -> Settings:
    """Move the gradient's tip to a place in the picture, or by an arrow key."""
    if text in ARROWS:
        across, up = (
            old + step / 10 for old, step in zip(settings.gradient, ARROWS[text], strict=True)
        )
    else:
        across, up = _place(text)
    across, up = (min(max(value, -MOST), MOST) for value in (across, up))
    return replace(settings, gradient=read_gradient(f"{across:.3f},{up:.3f}"))


def turn_own(settings: Settings, text: str) -> Settings:
    """Turn the student's perturbation towards a place in the picture, or by an arrow key."""
    if text in ARROWS:
        turned = settings.own + (TURN if text in ("left", "up") else -TURN)
    else:
        across, up = _place(text)
        turned = round(math.degrees(math.atan2(up, across)))
    return replace(settings, own=turned % 360)


def set_norm(settings: Settings, text: str) -> Settings:
    """Choose p by the slider's stop."""
    stops = {str(number): p for number, p in enumerate(STOPS)}
    if text not in stops:
        raise AddressError("there is no such stop")
    return replace(settings, p=stops[text])


def drop(name: str, look: str) -> Callable[[Settings, str], Settings]:
    """Return the event that sets an assumption and turns to the picture that shows it."""

    def event(settings: Settings, text: str) -> Settings:
        return replace(changed(settings, name, text), look=look)

    return event


def _place(text: str) -> tuple[float, float]:
    """Return the coordinates of a place in the picture."""
    x, y = _pair(text)
    return (x - CENTRE) / UNIT, (CENTRE - y) / UNIT


def _pair(text: str) -> tuple[float, float]:
    parts = text.split(",") if len(text) <= 40 and text.isascii() else []
    try:
        found = [float(part) for part in parts]
    except ValueError:
        found = []
    if len(found) != 2 or not all(map(math.isfinite, found)):
        raise AddressError("a point is written as two numbers, such as 2.5,-1")
    return found[0], found[1]


EVENTS = {
    "tip": move_gradient,
    "turn": turn_own,
    "norm": set_norm,
    "loss": drop("loss", "size"),
    "dual": drop("dual", "ball"),
    "fixed": drop("fixed", "dimension"),
    "pixels": drop("pixels", "dimension"),
}
