"""The picture that was chosen, and what can be moved."""

from htpy import Node, p

from teaching.lessons.dual_norms.attack import named
from teaching.lessons.dual_norms.ball import ball
from teaching.lessons.dual_norms.growth import growing_dimension, growing_size
from teaching.lessons.dual_norms.settings import STOPS, Settings
from teaching.words import Words

TEXT = Words.beside(__name__)
PICTURES = {"ball": ball, "size": growing_size, "dimension": growing_dimension}


def picture(settings: Settings) -> Node:
    """Draw the chosen picture."""
    return PICTURES[settings.look](settings)


def handles(settings: Settings) -> Node:
    """Return what moves the attack and what drops an assumption."""
    shown, d = named(settings.exponent), f"{2**settings.doublings:,}"
    epsilon = f"{settings.epsilon:g}"
    return [
        TEXT.handle(settings, "look"),
        TEXT.handle(
            settings, "norm", at=(STOPS.index(settings.p), 0, len(STOPS) - 1), shown=shown,
            spoken=f"p = {shown}",
        ),
        TEXT.handle(settings, "size", shown=epsilon, spoken=epsilon),
        settings.look == "dimension" and TEXT.handle(settings, "doublings", shown=d, spoken=d),
        TEXT.group(
            "assumptions",
            TEXT.handle(settings, "loss"),
            TEXT.handle(settings, "dual"),
            settings.dual == "p" and p(".note")[_no_difference(settings)],
            TEXT.handle(settings, "pixels"),
            TEXT.handle(settings, "fixed"),
        ),
    ]  # fmt: skip


def _no_difference(settings: Settings) -> str:
    """Say what hides the difference between p and its dual exponent; empty if it shows."""
    if settings.p == "2":
        return TEXT("caption.same")
    return TEXT("caption.axis") if 0 in settings.gradient else ""
