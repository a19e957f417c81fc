"""What the paper says, in one picture: one coordinate shrinks, all together grow."""

import math

from htpy import Element

from teaching.course import course
from teaching.pictures.plot import Axis, Plot
from theory.attacks import attack_growth

SIDES = (4, 8, 16, 32, 64, 128, 224)
"""Pixels along an edge; three colours each."""


def law_picture() -> Element:
    """Draw sizes over d, relative to those at the smallest d, with the theorems' exponents."""
    said = course()["home"]["law"]
    dimensions = [3 * side**2 for side in SIDES]
    first, last = dimensions[0], dimensions[-1]
    most = math.sqrt(last / first)
    plot = Plot(
        x=Axis(label=said["x"], low=first, high=last, log=True),
        y=Axis(label=said["y"], low=1 / most, high=most, log=True),
        height=300,
    )
    curves = []
    for kind, name, exponent, at, anchor in (
        ("two", "attack", 0.5, 4, "end"),
        ("three", "averages", 0.0, -1, "end"),
        ("one", "coordinate", -0.5, 3, "start"),
    ):
        points = [
            (d, attack_growth.power_law(exponent, d, through=(first, 1.0))) for d in dimensions
        ]
        curves += [
            plot.curve(points, kind=kind, dashed=name == "averages"),
            plot.note(*points[at], said[name], kind=kind, anchor=anchor, up=10),
        ]
    return plot.canvas(*curves, label=said["label"])
