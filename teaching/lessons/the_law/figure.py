"""The picture: gain of an attack against d, one dot a size, with the law and two neighbours."""

from htpy import Node, figcaption, figure, span, sup

from evidence.intervals import Interval
from teaching.lessons.the_law import measured
from teaching.lessons.the_law.measured import Shown, number
from teaching.lessons.the_law.settings import DIMENSIONS, HE, NETWORKS
from teaching.pictures import svg
from teaching.pictures.handles import choose, group, rows, slider
from teaching.pictures.plot import Axis, Plot

NAMES = {"inf": "∞", "2": "2", "1": "1"}
EIGHTHS = ("0", "1/8", "1/4", "3/8", "1/2", "5/8", "3/4", "7/8", "1", "9/8", "5/4")
KINDS = {"dense": "dense", "neuron": "one neuron", "conv": "convolutional"}
LAWS = {"flat": (0.0, "not at all"), "law": (0.5, "like √d"), "linear": (1.0, "like d")}
"""The law, and two ways it could have been, by their links: exponent, and words beside the line."""

DOUBLED = (DIMENSIONS[2], DIMENSIONS[3])
"""Twice the pixels along an edge: where the slope is drawn as a triangle."""


def picture(shown: Shown) -> Node:
    """Draw the law and the networks drawn so far."""
    plot = Plot(
        x=Axis(label="input dimension d = 3 · pixels", low=38, high=62_000, log=True),
        y=Axis(label="gain of the attack, over ε", low=1, high=1e5, log=True),
        height=380,
    )
    drawn = next(iter(shown.gains.values())).size if shown.gains else 0
    return figure[
        plot.canvas(
            _lines(plot, shown),
            _triangle(plot, shown),
            [_dot(plot, d, measured.typical(logs)) for d, logs in shown.gains.items()],
            label=f"gain of an attack with p = {NAMES[shown.settings.p]} against d, and the law √d",
        ),
        figcaption[
            f"A dot is the typical gain over {drawn} random networks, just initialized: "
            if drawn
            else "Random networks are being drawn, and give a dot for each d: ",
            "how far a small attack can push the output, to first order, over its size ε. Both "
            "axes are logarithmic.",
        ],
    ]


def handles(shown: Shown) -> Node:
    """Return what is drawn, which attack, the weights' size, and the figures."""
    settings = shown.settings
    he = settings.eighths == HE
    return [
        choose(settings, "kind", "Network:", KINDS),
        choose(settings, "p", "Norm of the attack, p =", NAMES),
        slider(
            settings, "networks", "Networks of each size:", shown=str(NETWORKS * settings.networks),
        ),
        group(
            "Assumption: how weights shrink",
            slider(
                settings, "eighths", ["standard deviation ∝ in-degree", sup["−a"], ", a ="],
                shown=EIGHTHS[settings.eighths] + (" (He)" if he else ""),
                spoken=EIGHTHS[settings.eighths],
            ),
        ),
        rows(
            ["d", "gain", "99 % interval", "expected"],
            [_row(shown, d) for d in DIMENSIONS],
            title=["Gain of the attack of size ε d", sup["1/p"], ", over ε"],
        ),
    ]  # fmt: skip


def _lines(plot: Plot, shown: Shown) -> Node:
    """Draw √d through the first expected gain, its neighbours, and all that is expected."""
    expected = shown.expected
    drawn: list[Node] = []
    for link, (exponent, words) in LAWS.items():
        law = shown.along(exponent)
        if link != "law":
            line = svg.polygonal([plot.at(*point) for point in law.items()], class_="edge dashed")
            drawn.append(svg.g(data_link=link)[line])
        d, end = DIMENSIONS[-1], law[DIMENSIONS[-1]]
        # Words stand on the side where no dots are.
        up = 14 if expected[d] <= end * 1.001 else -22 - 24 * exponent
        kind = "strong" if link == "law" else ""
        drawn.append(plot.note(d, end, words, kind=kind, anchor="end", up=up))
    law = shown.along(LAWS["law"][0])
    return [
        drawn,
        plot.curve(list(expected.items()), kind="two", dashed=True, link="expected"),
        plot.curve(list(law.items()), link="law"),
    ]


def _triangle(plot: Plot, shown: Shown) -> Node:
    """Show the law's slope: how far up for how far to the right."""
    law = shown.along(LAWS["law"][0])
    low, high = (law[d] for d in DOUBLED)
    (x1, y1), (x2, y2) = plot.at(DOUBLED[0], low), plot.at(DOUBLED[1], high)
    return svg.g(data_link="law")[
        svg.path(".edge", d=f"M{x1:.1f},{y1:.1f} H{x2:.1f} V{y2:.1f}"),
        svg.words((x1 + x2) / 2, y1 + 18, f"× {DOUBLED[1] / DOUBLED[0]:g}", kind="small"),
        svg.words(x2 + 6, (y1 + y2) / 2 + 5, f"× {high / low:g}", kind="small", anchor="start"),
    ]


def _dot(plot: Plot, d: int, found: Interval) -> Node:
    return svg.g(data_link=f"d-{d}")[plot.intervals([(d, found)], kind="two")]


def _row(shown: Shown, d: int) -> list[Node]:
    cells = ["…", "…"]
    if d in shown.gains:
        one = measured.typical(shown.gains[d])
        cells = [number(one.estimate), f"{number(one.low)} to {number(one.high)}"]
    return [span(data_link=f"d-{d}", tabindex="0")[f"{d:,}"], *cells, number(shown.expected[d])]
