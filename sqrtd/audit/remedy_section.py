"""What the paper's remedies would do to this network."""

import math
from dataclasses import replace

from htpy import Node, div, li, p, table, tbody, td, th, thead, tr, ul

from simulations.audit.network_audit import Audit, Effect
from sqrtd.audit.numbers import fixed, unbroken
from sqrtd.audit.pictures import interval_picture


def remedies(audit: Audit) -> Node:
    """Write the section."""
    if not audit.effects:
        return [
            p[
                "This network has no layer with a stride and no max-pooling layer that "
                "average-pooling could replace."
            ],
            _not_applied(audit),
        ]
    return [
        p[
            "The paper's Section 3 has average-pooling shrink gradients where strides and "
            "max-pooling do not. Here each is replaced in a copy of the network, with the same "
            "weights and inputs: "
            f"{audit.effects[0].networks} pairs of networks of each size. The factor is what the "
            "l1-norm at the largest size is multiplied with."
        ],
        p(".note.picture")[
            "The dot is the factor, on a logarithmic axis from 1/16 to 16; the upright line is no "
            "change."
        ],
        div(".remedies")[
            table[
                thead[
                    tr[
                        th(scope="col")["remedy"],
                        th(".picture", scope="col")["l1-norm ×"],
                        th(scope="col")["factor"],
                        th(scope="col")["exponent of d"],
                        th(scope="col")["its change"],
                    ]
                ],
                tbody[
                    tr[
                        th(scope="row")["as it is"],
                        td(".picture"),
                        td["1"],
                        td[
                            unbroken(audit.norm.exponent),
                            _predicted(audit.norm.predicted_exponent),
                        ],
                        td,
                    ],
                    (_row(effect) for effect in audit.effects),
                ],
            ]
        ],
        _not_applied(audit),
        p(".note")[
            "A strided convolution becomes one of stride 1 with average-pooling after it, and a "
            "max-pooling an average-pooling of the same windows, so that all shapes stay. This "
            "costs more arithmetic, about stride² times that of the layer. What is measured is the "
            "network at initialization: accuracy is another matter."
        ],
    ]


def _row(effect: Effect) -> Node:
    factor = effect.factor
    logs = [math.log2(x) if x > 0 else -math.inf for x in (factor.estimate, factor.low)]
    high = math.log2(factor.high) if factor.high < math.inf else math.inf
    drawn = replace(factor, estimate=logs[0], low=logs[1], high=high)
    return tr[
        th(scope="row")[effect.remedy.label],
        td(".picture")[interval_picture(drawn, -4, 4, 0.0)],
        td[unbroken(factor), _predicted(effect.predicted_factor)],
        td[
            unbroken(effect.exponent),
            _predicted(effect.predicted_exponent),
        ],
        td[unbroken(effect.change)],
    ]


def _predicted(value: float | None) -> str:
    return "" if value is None else f", predicted {fixed(value)}"


def _not_applied(audit: Audit) -> Node:
    return audit.not_applied and [
        p["Not tried, for the network does not take them:"],
        ul[(li[reason] for reason in audit.not_applied)],
    ]
