"""The pictures of the page, drawn into it: they take its colours, and need no other file."""

import base64
import io
import math
from collections.abc import Sequence

import numpy as np
from htpy import VoidElement, img
from markupsafe import Markup, escape
from matplotlib.image import imsave

from evidence.intervals import Interval
from simulations.reports.coordinate_maps import Map

COLOURS = "viridis"

_WIDTH, _HEIGHT = 360, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 44


def interval_picture(interval: Interval, low: float, high: float, law: float) -> Markup:
    """Draw an interval as a line with a dot, and the law as an upright line.

    Parameters
    ----------
    interval : what is drawn; ends beyond the axis become arrows.
    low, high : ends of the axis.
    law : what the upright line marks.
    """

    def at(value: float) -> float:
        return 4 + 112 * (min(max(value, low), high) - low) / (high - low)

    parts = [f'<line class="law" x1="{at(law):.1f}" x2="{at(law):.1f}" y1="0" y2="18"/>']
    if not math.isnan(interval.estimate):
        first, last = at(interval.low), at(interval.high)
        parts.append(f'<line class="bar" x1="{first:.1f}" x2="{last:.1f}" y1="9" y2="9"/>')
        if interval.low < low:
            parts.append('<path class="dot" d="M0 9 l6 -4 v8 z"/>')
        if interval.high > high:
            parts.append('<path class="dot" d="M120 9 l-6 -4 v8 z"/>')
        parts.append(f'<circle class="dot" cx="{at(interval.estimate):.1f}" cy="9" r="3.2"/>')
    return Markup(  # noqa: S704  (numbers alone)
        f'<svg class="interval" viewBox="0 0 120 18" aria-hidden="true">{"".join(parts)}</svg>'
    )


def growth_picture(
    dims: Sequence[int], intervals: Sequence[Interval], *, unit: str, about: str
) -> Markup:
    """Draw a quantity over d, both logarithmic, with √d through its middle as a dashed line.

    Parameters
    ----------
    dims : input dimensions.
    intervals : one a dimension, estimates positive; one without an end, or with one that is not
        above 0, becomes an arrow.
    unit : what stands beside the upright axis.
    about : the picture in words, for those who do not see it.
    """
    estimates = [interval.estimate for interval in intervals]
    centre = float(np.mean(np.log(estimates)) - np.mean(np.log(dims)) / 2)
    law = [math.exp(centre) * math.sqrt(d) for d in dims]
    ends = [end for i in intervals for end in (i.low, i.high) if 0 < end < math.inf]
    lowest, highest = (f([*estimates, *law, *ends]) for f in (min, max))
    low, high = math.log10(lowest) - 0.08, math.log10(highest) + 0.08
    first, last = math.log10(dims[0]) - 0.1, math.log10(dims[-1]) + 0.1

    def x(d: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (math.log10(d) - first) / (last - first)

    def y(value: float) -> float:
        share = (math.log10(value) - low) / (high - low)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * min(max(share, 0.0), 1.0)

    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = [
        f'<path class="axis" d="M{_LEFT} {_TOP} V{bottom} H{right}"/>',
        f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 6}" text-anchor="middle">'
        "input dimension d</text>",
        f'<text transform="translate(13 {(_TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">'
        f"{escape(unit)}</text>",
    ]
    parts += [
        f'<path class="grid" d="M{_LEFT} {y(tick):.1f} H{right}"/>'
        f'<text x="{_LEFT - 5}" y="{y(tick) + 4:.1f}" text-anchor="end">{label}</text>'
        for tick, label in _ticks(10**low, 10**high)
    ]
    parts += [
        f'<text x="{x(d):.1f}" y="{bottom + 16}" text-anchor="middle">{d:,}</text>' for d in dims
    ]
    line = " ".join(f"{x(d):.1f},{y(value):.1f}" for d, value in zip(dims, law, strict=True))
    parts.append(f'<polyline class="law" points="{line}"/>')
    for d, interval in zip(dims, intervals, strict=True):
        has_ends = interval.high < math.inf, interval.low > 0
        top = y(interval.high) if has_ends[0] else _TOP
        foot = y(interval.low) if has_ends[1] else bottom
        parts.append(f'<path class="bar" d="M{x(d):.1f} {top:.1f} V{foot:.1f}"/>')
        for has_end, end, inwards in zip(has_ends, (top, foot), (7, -7), strict=True):
            parts.append(
                f'<path class="bar" d="M{x(d) - 5:.1f} {end:.1f} h10"/>'
                if has_end
                else f'<path class="dot" d="M{x(d):.1f} {end:.1f} l-4 {inwards} h8 z"/>'
            )
        parts.append(
            f'<circle class="dot" cx="{x(d):.1f}" cy="{y(interval.estimate):.1f}" r="3.5"/>'
        )
    return Markup(  # noqa: S704  (numbers, and text that was escaped)
        f'<svg class="growth" role="img" aria-label="{escape(about)}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(parts)}</svg>'
    )


def map_picture(values: Map, *, highest: float, about: str) -> VoidElement:
    """Draw a map of pixels as an image of as many pixels, 0 dark and `highest` bright."""
    file = io.BytesIO()
    imsave(file, values, vmin=0, vmax=highest, cmap=COLOURS, format="png")
    data = base64.b64encode(file.getvalue()).decode()
    return img(".map", src=f"data:image/png;base64,{data}", alt=about)


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return 1, 2 and 5 times powers of ten, or fewer where these are many; all in one notation."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**power for power in powers for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) <= 6:
            break
    labels = [f"{tick:g}" for tick in ticks]
    if any("e" in label for label in labels):
        labels = [f"{tick:.0e}" for tick in ticks]
    return list(zip(ticks, labels, strict=True))
