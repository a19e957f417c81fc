"""The picture, and what is moved beside it."""

from fractions import Fraction

from htpy import Node, figcaption, figure

from teaching.pictures import svg
from teaching.skeleton.settings import LARGEST, Settings
from teaching.words import Words

TEXT = Words.beside(__name__)
HEIGHT = 60.0


def shares(settings: Settings) -> list[Fraction]:
    """Return each input's share."""
    equal = Fraction(1, settings.inputs)
    return [equal * (2 if settings.unequal and n == 0 else 1) for n in range(settings.inputs)]


def picture(settings: Settings) -> Node:
    """Draw the inputs, larger where their share is larger; each lights its term of the sum."""
    apart = svg.WIDTH / LARGEST
    return figure[
        svg.canvas(
            [
                svg.g(data_link=f"input-{n}")[
                    svg.disc(apart * (n + 0.5), HEIGHT / 2, 15 * float(share) ** 0.5, class_="dot")
                ]
                for n, share in enumerate(shares(settings))
            ],
            label=TEXT("caption.label", d=settings.inputs),
            height=HEIGHT,
        ),
        figcaption[TEXT("caption.picture")],
    ]


def handles(settings: Settings) -> Node:
    """Return what moves, and what drops an assumption."""
    return [
        TEXT.handle(settings, "inputs"),
        TEXT.group("assumptions", TEXT.handle(settings, "unequal")),
    ]
