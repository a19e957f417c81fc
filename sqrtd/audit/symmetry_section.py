"""Whether each input coordinate counts the same, and a map of which pixels count more."""

from htpy import Node, div, figcaption, figure, p, table, tbody, td, th, thead, tr

from simulations.audit.coordinates import BORDER, EVEN, PERIOD, PixelMap, Symmetry
from simulations.audit.network_audit import Audit
from sqrtd.audit.numbers import fixed, with_ends
from sqrtd.audit.pictures import map_picture


def symmetry(audit: Audit) -> Node:
    """Write the section."""
    maps = [one for one in audit.maps if one is not None]
    return [
        p[
            "(S), the paper's symmetry assumption, says that E[(∂_i L)²] is the same for every "
            "input coordinate i. The spread is its standard deviation over the coordinates over "
            f"its mean: 0 under (S). Up to {EVEN:g}, we say that (S) holds. This needs many "
            "networks, and is asked at the smallest size alone."
        ],
        div(".scroll", tabindex="0")[
            table[
                thead[
                    tr[
                        (
                            th(scope="col")[word]
                            for word in ("size", "networks", "spread", "(S)", "border / inside")
                        )
                    ]
                ],
                tbody[_row(audit.symmetry, audit.sizes[0])],
            ]
        ],
        bool(maps)
        and div(".maps")[
            (
                _map(one, size)
                for size, one in zip(audit.sizes, audit.maps, strict=True)
                if one is not None
            )
        ],
        any(one.pattern is not None for one in maps)
        and p(".note")[
            f"A small map is the pattern inside the image: the average over all blocks of {PERIOD} "
            f"x {PERIOD} pixels. Strides leave a checkerboard there. The number of networks leaves "
            "some grain in every map, so that maps other than the first prove nothing."
        ],
        bool(maps)
        and p(".note")[
            f"The border is an edge's 1/{BORDER} at each side. Zero padding makes pixels there "
            "count less: neurons near it have fewer connections."
        ],
    ]


def _row(one: Symmetry, size: int) -> Node:
    return tr[
        th(scope="row")[str(size)],
        td[f"{one.networks:,}"],
        td[with_ends(one.spread) if one.spread else "not kept"],
        td[one.verdict],
        td[with_ends(one.border) if one.border else "–"],
    ]


def _map(one: PixelMap, size: int) -> Node:
    height, width = one.pixels.shape
    highest, pattern = float(one.pixels.max()), one.pattern
    return figure[
        map_picture(one.pixels, highest=highest, about=f"map of the pixels at size {size}"),
        pattern is not None
        and map_picture(
            pattern, highest=float(pattern.max()), about=f"pattern inside, at size {size}"
        ),
        figcaption[
            f"{height} × {width} pixels, {one.networks:,} networks; dark 0, bright "
            f"{fixed(highest)} times the mean"
            + ("" if pattern is None else f" (pattern: {fixed(float(pattern.max()))})")
        ],
    ]
