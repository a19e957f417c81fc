"""The picture: what an attack does against d, one dot a size, the law and two neighbours."""

from htpy import Node, figcaption, figure, span, sup

from evidence.intervals import Interval
from teaching.lessons.the_law import measured
from teaching.lessons.the_law.measured import Shown, number
from teaching.lessons.the_law.settings import DIMENSIONS, EPSILON, HE, NETWORKS
from teaching.pictures import svg
from teaching.pictures.handles import another_sample, rows
from teaching.pictures.plot import Axis, Plot
from teaching.words import Words

TEXT = Words.beside(__name__)
P = {"inf": "∞", "2": "2", "1": "1"}
EIGHTHS = ("0", "1/8", "1/4", "3/8", "1/2", "5/8", "3/4", "7/8", "1", "9/8", "5/4")
LAWS = {"flat": 0.0, "law": 0.5, "linear": 1.0}
"""The exponents of the law, and of two ways it could have been, by their links."""

DOUBLED = (DIMENSIONS[2], DIMENSIONS[3])
"""Twice the pixels along an edge: where the slope is drawn as a triangle."""


def picture(shown: Shown) -> Node:
    """Draw the law and the networks drawn so far, and list them."""
    look, of_flips = shown.settings.look, shown.settings.look == "flips"
    what = TEXT("caption.flips", epsilon=EPSILON) if of_flips else TEXT(f"caption.{look}")
    plot = Plot(
        x=Axis(label=TEXT("caption.x"), low=38, high=62_000, log=True),
        y=Axis(label=what, low=0, high=100)
        if of_flips
        else Axis(label=what, low=1, high=1e5, log=True),
        height=380,
    )
    drawn = next(iter(shown.gains.values())).size if shown.gains else 0
    dots = {
        d: measured.share(shown.flips(d)) if of_flips else measured.typical(logs)
        for d, logs in shown.drawn.items()
    }
    name = "drawn_flips" if of_flips else "drawn"
    head = TEXT(f"caption.{name}", networks=drawn) if drawn else TEXT("caption.drawing")
    places = {"epsilon": EPSILON} if of_flips else {}
    return figure[
        plot.canvas(
            not of_flips and [_lines(plot, shown), _triangle(plot, shown)],
            [_dot(plot, d, found) for d, found in dots.items()],
            label=TEXT("caption.label", what=what, p=P[shown.settings.p]),
        ),
        figcaption[head, TEXT(f"caption.of_{look}", **places)],
        _table(shown),
    ]


def handles(shown: Shown) -> Node:
    """Return what is drawn, which attack, and the weights' size."""
    settings = shown.settings
    he = TEXT("caption.he") if settings.eighths == HE else ""
    return [
        TEXT.handle(settings, "look"),
        TEXT.handle(settings, "kind"),
        TEXT.handle(settings, "p"),
        TEXT.handle(settings, "networks", shown=str(NETWORKS * settings.networks)),
        another_sample(settings),
        TEXT.group(
            "weights",
            TEXT.handle(
                settings, "eighths", power=sup["−a"], shown=EIGHTHS[settings.eighths] + he,
                spoken=EIGHTHS[settings.eighths],
            ),
        ),
    ]  # fmt: skip


def _lines(plot: Plot, shown: Shown) -> Node:
    """Draw √d through the first expected value, its neighbours, and all that is expected."""
    expected = {d: value * shown.per_output[d] for d, value in shown.expected.items()}
    drawn: list[Node] = []
    for link, exponent in LAWS.items():
        law = shown.along(exponent, drawn=True)
        if link != "law":
            line = svg.polygonal([plot.at(*point) for point in law.items()], class_="edge dashed")
            drawn.append(svg.g(data_link=link)[line])
        d, end = DIMENSIONS[-1], law[DIMENSIONS[-1]]
        # Words stand on the side where no dots are.
        up = 14 if expected[d] <= end * 1.001 else -22 - 24 * exponent
        kind = "strong" if link == "law" else ""
        words = TEXT(f"caption.{link}")
        drawn.append(plot.note(d, end, words, kind=kind, anchor="end", up=up))
    law = shown.along(LAWS["law"], drawn=True)
    return [
        drawn,
        plot.curve(list(expected.items()), kind="two", dashed=True, link="expected"),
        plot.curve(list(law.items()), link="law"),
    ]


def _triangle(plot: Plot, shown: Shown) -> Node:
    """Show the law's slope: how far up for how far to the right."""
    law = shown.along(LAWS["law"], drawn=True)
    low, high = (law[d] for d in DOUBLED)
    (x1, y1), (x2, y2) = plot.at(DOUBLED[0], low), plot.at(DOUBLED[1], high)
    return svg.g(data_link="law")[
        svg.path(".edge", d=f"M{x1:.1f},{y1:.1f} H{x2:.1f} V{y2:.1f}"),
        svg.words((x1 + x2) / 2, y1 + 18, f"× {DOUBLED[1] / DOUBLED[0]:g}", kind="small"),
        svg.words(x2 + 6, (y1 + y2) / 2 + 5, f"× {high / low:g}", kind="small", anchor="start"),
    ]


def _dot(plot: Plot, d: int, found: Interval) -> Node:
    return svg.g(data_link=f"gain d-{d}")[plot.intervals([(d, found)], kind="two")]


def _table(shown: Shown) -> Node:
    heads = [
        TEXT("caption.d"),
        span(data_link="gain", tabindex="0")[TEXT("caption.gain_head")],
        TEXT("caption.interval"),
        span(data_link="expected", tabindex="0")[TEXT("caption.expected")],
        span(data_link="flips", tabindex="0")[TEXT("caption.flipped")],
    ]
    title = TEXT("caption.table", power=sup["1/p"], epsilon=EPSILON)
    return rows(heads, [_row(shown, d) for d in DIMENSIONS], title=title)


def _row(shown: Shown, d: int) -> list[Node]:
    cells, flips = ["…", "…"], "…"
    if d in shown.gains:
        one, flipped = measured.typical(shown.gains[d]), shown.flips(d)
        cells = [number(one.estimate), f"{number(one.low)} to {number(one.high)}"]
        flips = f"{flipped.sum()} of {len(flipped)}"
    return [
        span(data_link=f"d-{d}", tabindex="0")[f"{d:,}"], *cells, number(shown.expected[d]),
        span(data_link="flips")[flips],
    ]  # fmt: skip
