"""The picture that was chosen, and what can be moved."""

from htpy import Node, p

from teaching.lessons.dual_norms.attack import named
from teaching.lessons.dual_norms.ball import ball
from teaching.lessons.dual_norms.growth import growing_dimension, growing_size
from teaching.lessons.dual_norms.settings import STOPS, Settings
from teaching.pictures.handles import choose, group, slider, switch

PICTURES = {"ball": ball, "size": growing_size, "dimension": growing_dimension}


def picture(settings: Settings) -> Node:
    """Draw the chosen picture."""
    return PICTURES[settings.look](settings)


def handles(settings: Settings) -> Node:
    """Return what moves the attack and what drops an assumption."""
    shown = named(settings.exponent)
    return [
        choose(
            settings, "look", "Look at",
            {"ball": "the ball", "size": "growing ε", "dimension": "growing d"},
        ),
        slider(
            settings, "norm", "Norm of the attack: p =",
            at=(STOPS.index(settings.p), 0, len(STOPS) - 1), shown=shown, spoken=f"p = {shown}",
        ),
        slider(
            settings, "size", "Size of the attack: ε =", shown=f"{settings.epsilon:g}",
            spoken=f"{settings.epsilon:g}",
        ),
        settings.look == "dimension" and slider(
            settings, "doublings", "Number of pixels: d =", shown=f"{2**settings.doublings:,}",
            spoken=f"{2**settings.doublings:,}",
        ),
        group(
            "Assumptions",
            choose(settings, "loss", "the loss is", {"linear": "linear", "curved": "curved"}),
            choose(
                settings, "dual", "the gradient is measured with",
                {"q": "the dual exponent q", "p": "p itself"},
            ),
            settings.dual == "p" and p(".note")[_no_difference(settings)],
            choose(
                settings, "pixels", "many pixels: the gradient has",
                {"equal": "coordinates of one size", "one": "one coordinate only"},
            ),
            switch(settings, "fixed", "many pixels: the same ε for all d, not that of Equation 5"),
        ),
    ]  # fmt: skip


def _no_difference(settings: Settings) -> str:
    """Say what hides the difference between p and its dual exponent; empty if it shows."""
    if settings.p == "2":
        return "For p = 2 both are the same. Choose another p."
    if 0 in settings.gradient:
        return "Along an axis, every norm of g is the same. Turn g."
    return ""
