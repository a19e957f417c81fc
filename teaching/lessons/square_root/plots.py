"""Mean squares over d, and below them how far they are from what is predicted."""

from typing import TYPE_CHECKING

from htpy import Node, figcaption, p

from teaching.lesson import Reader
from teaching.lessons.square_root.sample import SIZES
from teaching.lessons.square_root.scaling import LEVEL
from teaching.pictures import svg
from teaching.pictures.plot import Axis, Plot, Points

if TYPE_CHECKING:
    from simulations.small_samples.growth import Growth

D = Axis(label="input dimension d", low=25, high=1400, log=True, ticks=SIZES)
MOMENTS = Plot(x=D, y=Axis(label="mean square of ∂ₓf", low=2e-4, high=0.3, log=True), height=300)
RESIDUALS = Plot(x=D, y=Axis(label="measured / predicted − 1", low=-0.6, high=0.6), height=200)


def plots(grown: "Growth", reader: Reader) -> Node:
    """Draw what was measured; with the prediction once the question has been answered."""
    measured = grown.mean_squares
    dots = svg.g(data_link="measured")[
        MOMENTS.intervals(list(zip(grown.dims, measured, strict=True)))
    ]
    label = "mean squares of gradient coordinates fall as the input dimension grows"
    caption = (
        f"Dots: means over the coordinates and over {grown.networks:,} networks or more at each "
        f"d; bars: {100 * (1 - grown.error):g} % intervals. "
    )
    if not reader.answered:
        return [
            p["Larger networks of this kind, drawn at random:"],
            MOMENTS.canvas(dots, label=label),
            figcaption[caption, "Answer the question to see what is predicted."],
        ]
    band = ", with a band from the smallest coordinate to the largest" if _uneven(grown) else ""
    return [
        p["Larger networks of this kind, drawn at random:"],
        MOMENTS.canvas(_predicted(grown), dots, label=label),
        RESIDUALS.canvas(_residuals(grown), label="measured over predicted, less 1"),
        figcaption[
            caption,
            f"Line: what the library predicts for these networks{band}. Dashed: 1/d. Below: how "
            f"far off it is; ± {100 * LEVEL:g} % (band) counts as right.",
        ],
    ]


def _predicted(grown: "Growth") -> Node:
    means = [
        (d, float(moments.mean())) for d, moments in zip(grown.dims, grown.predicted, strict=True)
    ]
    return [
        _uneven(grown)
        and MOMENTS.band(_coordinates(grown, 0), _coordinates(grown, -1), kind="two"),
        MOMENTS.curve(means, kind="two", link="predicted"),
        MOMENTS.curve([(d, 1 / d) for d in SIZES], kind="three", dashed=True, link="law"),
    ]


def _residuals(grown: "Growth") -> Node:
    first, last = RESIDUALS.x.low, RESIDUALS.x.high
    ratios = [one.scaled(1, shift=-1) for one in grown.ratios]
    return [
        RESIDUALS.band(
            [(first, -LEVEL), (last, -LEVEL)], [(first, LEVEL), (last, LEVEL)], kind="three"
        ),
        RESIDUALS.curve([(first, 0), (last, 0)], kind="two"),
        RESIDUALS.intervals(list(zip(grown.dims, ratios, strict=True))),
    ]


def _uneven(grown: "Growth") -> bool:
    return any(float(moments.max() / moments.mean()) > 1 + 1e-9 for moments in grown.predicted)


def _coordinates(grown: "Growth", place: int) -> Points:
    """Return the smallest (0) or largest (-1) predicted coordinate at each d, as far as drawn."""
    return [
        (d, max(float(sorted(moments)[place]), MOMENTS.y.low))
        for d, moments in zip(grown.dims, grown.predicted, strict=True)
    ]
