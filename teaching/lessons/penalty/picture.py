"""The gap between the two losses over ε, the shares of the classes, and the handles."""

from fractions import Fraction

from htpy import Node, figcaption, figure

from teaching.lesson import Reader
from teaching.lessons.penalty.settings import SMALLEST, Settings
from teaching.pictures import svg
from teaching.pictures.handles import rows
from teaching.pictures.plot import Axis, Plot
from teaching.words import Words

TEXT = Words.beside(__name__)
GAPS = Plot(
    x=Axis(label=TEXT("caption.size"), low=2.0**-SMALLEST / 1.3, high=1.3, log=True),
    y=Axis(label=TEXT("caption.gap"), low=1e-6, high=400, log=True),
    height=300,
)
BAR = 54.0
CLASSES = ("one", "two", "three")


def picture(settings: Settings, reader: Reader) -> Node:
    """Draw the classes, and once the question is answered how the gap shrinks."""
    return figure[
        _losses(settings) if reader.answered else None,
        svg.canvas(_shares(settings), label=TEXT("caption.shares"), height=BAR + 6),
        figcaption[TEXT("caption.classes")],
    ]


def handles(settings: Settings) -> Node:
    """Return what moves the attack and the classes, and what drops an assumption."""
    epsilon = str(settings.example.size)
    error = str(settings.example.error).replace("-", "−")
    return [
        TEXT.handle(settings, "halvings", shown=epsilon, spoken=epsilon),
        TEXT.handle(settings, "p"),
        TEXT.handle(settings, "loss"),
        TEXT.handle(settings, "error", shown=error, spoken=error),
        TEXT.group(
            "assumptions",
            TEXT.handle(settings, "printed"),
            TEXT.handle(settings, "squared"),
        ),
        TEXT.group(
            "classes",
            TEXT.handle(settings, "right"),
            TEXT.handle(settings, "first"),
            TEXT.handle(settings, "second"),
        ),
    ]


def _losses(settings: Settings) -> Node:
    values = {
        "before": settings.example.loss_after((Fraction(0), Fraction(0))),
        "augmented": settings.augmented,
        "penalized": settings.penalized,
        "gap": settings.gap,
    }
    return [
        GAPS.canvas(_gaps(settings), label=TEXT("caption.gaps")),
        figcaption[TEXT("caption.slopes")],
        rows(
            [TEXT("caption.quantity"), TEXT("caption.value")],
            [[TEXT(f"says.{name}"), str(one).replace("-", "−")] for name, one in values.items()],
            title=TEXT("caption.table", epsilon=settings.example.size),
        ),
    ]


def _gaps(settings: Settings) -> Node:
    found = [
        (float(one.example.size), abs(float(one.gap)))
        for one in map(settings.halved, range(SMALLEST + 1))
    ]
    drawn = [point for point in found if point[1]]
    law = [(2.0**-n, 49 / 4 * 4.0**-n) for n in (0, SMALLEST)]
    return [
        GAPS.upright(float(settings.example.size)),
        GAPS.curve(law, kind="three", dashed=True),
        GAPS.note(*law[1], TEXT("caption.law"), kind="three", up=-18),
        GAPS.curve(drawn, kind="one", link="gap") if drawn else None,
        GAPS.dots(drawn, kind="one", link="gap"),
    ]


def _shares(settings: Settings) -> Node:
    parts, left = [], 0.0
    for place, (q, kind) in enumerate(zip(settings.classified.q, CLASSES, strict=True)):
        width = float(q) * svg.WIDTH
        parts.append(
            svg.g(class_=kind, data_link=f"class-{place}", tabindex="0", role="img",
                  aria_label=TEXT("caption.share", k=place + 1, q=q))[
                svg.rect(class_="band", x=f"{left:.1f}", y="3", width=f"{width:.1f}",
                         height=f"{BAR:g}"),
                svg.words(left + width / 2, BAR / 2 + 8, str(q), kind="strong"),
            ]
        )  # fmt: skip
        left += width
    return parts
