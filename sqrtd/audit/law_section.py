"""The law at a glance: how the l1-norm and the damage grow with d."""

import math
from collections.abc import Iterable

from htpy import (
    Node,
    caption,
    div,
    figcaption,
    figure,
    h3,
    p,
    strong,
    table,
    tbody,
    td,
    th,
    thead,
    tr,
)

from simulations.audit.growth_verdicts import MARGIN
from simulations.audit.network_audit import Audit, Measurement
from simulations.audit.sampling import EPSILON
from sqrtd.audit.numbers import ends, fixed, short
from sqrtd.audit.pictures import growth_picture


def law(audit: Audit) -> Node:
    """Write the section."""
    return [
        p[
            "The paper's law: at initialization the l1-norm of the loss gradient grows like √d, "
            "and with it the damage of an attack that moves each input coordinate by ε."
        ],
        div(".pair")[
            _card(audit, audit.norm, "‖∂_x L‖₁", "nats per standard deviation"),
            _card(audit, audit.damage, f"Damage at ε = {EPSILON:g}", "nats"),
        ],
        audit.no_prediction
        and p[
            f"Theory predicts no exponent for this network: {audit.no_prediction}. The paper's "
            "own law is 0.5."
        ],
        div(".scroll", tabindex="0")[
            table[
                caption["At each size"],
                thead[
                    tr[
                        (
                            th(scope="col")[word]
                            for word in (
                                "size",
                                "d",
                                "E‖∂_x L‖₁",
                                "damage",
                                "damage / first order",
                            )
                        )
                    ]
                ],
                tbody[_rows(audit)],
            ]
        ],
        p(".note")[
            "d is the input dimension. Damage is the increase of the loss, L(x + ε sign ∂_x L) − "
            f"L(x), in nats, for ε = {EPSILON:g} standard deviations of a coordinate; a network "
            "whose loss does not rise counts as 0. Its first order is ε‖∂_x L‖₁. The inputs are "
            "noise, and the label is the first class. A verdict follows from the interval: “like "
            f"√d” is one that lies within {0.5 - MARGIN:g} and {0.5 + MARGIN:g}."
        ],
    ]


def _card(audit: Audit, one: Measurement, name: str, unit: str) -> Node:
    predicted = (
        "" if one.predicted_exponent is None else f", predicted {fixed(one.predicted_exponent)}"
    )
    sentence = (
        f"d to the power of {fixed(one.exponent.estimate)}, interval {ends(one.exponent)}"
        f"{predicted}"
    )
    is_endless = any(i.low <= 0 or i.high == math.inf for i in one.intervals)
    drawn = all(0 < interval.estimate < math.inf for interval in one.intervals)
    return figure(".card")[
        h3[name],
        p(".verdict")[strong[one.growth.value.capitalize()]],
        p[f"{sentence}."],
        drawn
        and growth_picture(
            audit.dims, one.intervals, unit=unit, about=f"{name} over d: {sentence}"
        ),
        figcaption[
            "Dots and bars: measured. Dashed: √d.",
            drawn and is_endless and " An arrow: the interval has no end on that side.",
        ],
    ]


def _rows(audit: Audit) -> Iterable[Node]:
    for row, (size, d) in enumerate(zip(audit.sizes, audit.dims, strict=True)):
        yield tr[
            th(scope="row")[str(size)],
            (
                td[text]
                for text in (
                    f"{d:,}",
                    *(
                        f"{short(i.estimate)} [{short(i.low)}, {short(i.high)}]"
                        for i in (
                            audit.norm.intervals[row],
                            audit.damage.intervals[row],
                            audit.first_order[row],
                        )
                    ),
                )
            ),
        ]
