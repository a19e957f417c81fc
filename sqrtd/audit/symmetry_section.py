"""Whether each input coordinate counts the same, and a map of which pixels count more."""

from collections.abc import Iterable

from htpy import Node, div, figcaption, figure, p, table, tbody, td, th, thead, tr

from simulations.audit.coordinates import BORDER, EVEN, PERIOD
from simulations.audit.network_audit import Audit
from simulations.reports.coordinate_maps import Map
from sqrtd.audit.numbers import fixed, with_ends
from sqrtd.audit.pictures import map_picture


def symmetry(audit: Audit) -> Node:
    """Write the section."""
    maps = [one.pixels for one in audit.coordinates if one.pixels is not None]
    patterns = [one.pattern for one in audit.coordinates if one.pattern is not None]
    return [
        p[
            "(S), the paper's symmetry assumption, says that E[(∂_i L)²] is the same for every "
            "input coordinate i. The spread is its standard deviation over the coordinates over "
            f"its mean: 0 under (S). Up to {EVEN:g}, we say that (S) holds."
        ],
        div(".scroll", tabindex="0")[
            table[
                thead[
                    tr[
                        (
                            th(scope="col")[word]
                            for word in ("size", "spread", "(S)", "border / inside")
                        )
                    ]
                ],
                tbody[_rows(audit)],
            ]
        ],
        maps and _maps(audit),
        patterns
        and p(".note")[
            f"A small map is the pattern inside the image: the average over all blocks of {PERIOD} "
            f"x {PERIOD} pixels. Strides leave a checkerboard there. The number of networks leaves "
            "some grain in every map."
        ],
        maps
        and p(".note")[
            f"The border is an edge's 1/{BORDER} at each side. Zero padding makes pixels there "
            "count less: neurons near it have fewer connections."
        ],
    ]


def _rows(audit: Audit) -> Iterable[Node]:
    for size, one in zip(audit.sizes, audit.coordinates, strict=True):
        yield tr[
            th(scope="row")[str(size)],
            td[with_ends(one.spread) if one.spread else "not kept"],
            td[one.symmetry],
            td[with_ends(one.border) if one.border else "–"],
        ]


def _maps(audit: Audit) -> Node:
    return div(".maps")[
        (
            _map(one.pixels, one.pattern, size)
            for size, one in zip(audit.sizes, audit.coordinates, strict=True)
            if one.pixels is not None
        )
    ]


def _map(pixels: Map, pattern: Map | None, size: int) -> Node:
    height, width = pixels.shape
    highest = float(pixels.max())
    return figure[
        map_picture(pixels, highest=highest, about=f"map of the pixels at size {size}"),
        pattern is not None
        and map_picture(
            pattern, highest=float(pattern.max()), about=f"pattern inside, at size {size}"
        ),
        figcaption[
            f"{height} × {width} pixels; dark 0, bright {fixed(highest)} times the mean"
            + ("" if pattern is None else f" (pattern: {fixed(float(pattern.max()))})")
        ],
    ]
