"""Layer by layer, from the output back: where the gradient leaves the law."""

from collections.abc import Iterable

from htpy import Node, details, div, p, small, strong, summary, table, tbody, td, th, thead, tr

from evidence.intervals import Interval
from simulations.audit.growth_verdicts import MARGIN, Departure
from simulations.audit.network_audit import Audit, LayerGrowth
from sqrtd.audit.numbers import fixed, short, with_ends
from sqrtd.audit.pictures import interval_picture

SIGNS = {
    Departure.KEEPS: "✓ keeps",
    Departure.ABOVE: "▲ faster",
    Departure.BELOW: "▼ slower",
    Departure.UNKNOWN: "? open",
}


def layers(audit: Audit) -> Node:
    """Write the section."""
    first, half = audit.first_departure, _half(audit)
    return [
        p[
            "Read from the top: each row is the gradient of the loss with respect to what a layer "
            "puts out, from the last layer back to the input. Under the law the mean square of a "
            "coordinate is one over the number n of coordinates, so that the l1-norm grows like √n "
            "and the l2-norm stays. Dots are the exponents of d of the l1-norm, less the law's: "
            "the upright line is the law."
        ],
        p(".verdict")[strong[_sentence(audit, first)]],
        div(".layers")[
            table[
                thead[
                    tr[
                        th(scope="col")["layer"],
                        th(scope="col")[f"exponent, −{half:g} to {half:g}"],
                        th(".ends", scope="col")["interval"],
                        th(scope="col")["verdict"],
                    ]
                ],
                tbody[(_row(layer, half, is_first=layer is first) for layer in audit.layers)],
            ]
        ],
        details[
            summary["All numbers of the layers"], div(".scroll", tabindex="0")[_numbers(audit)]
        ],
        p(".note")[
            "A layer is one call of a submodule; called again, it is “#2”. The gradient at its "
            "output is decided by the layers after it alone, those in the rows above. “Keeps” is "
            f"an interval within {MARGIN:g} of the law; “faster” and “slower” are others that do "
            "not contain it; “open” cannot be told from so few networks."
        ],
    ]


def _sentence(audit: Audit, first: LayerGrowth | None) -> str:
    if first is None:
        known = all(layer.departure is Departure.KEEPS for layer in audit.layers)
        return (
            "Every layer keeps the law."
            if known
            else "No layer surely departs from the law; more networks would tell."
        )
    place = audit.layers.index(first)
    where = "the input" if first.name == "input" else f"the output of {first.place}"
    after = f" The layer called next is {audit.layers[place - 1].place}." if place else ""
    return f"First departure: the gradient at {where} {first.departure.value}.{after}"


def _row(layer: LayerGrowth, half: float, *, is_first: bool) -> Node:
    exponent = _less_the_law(layer)
    return tr(class_={"first": is_first})[
        th(scope="row")[layer.name, " ", small[layer.kind]],
        td[interval_picture(exponent, -half, half, 0.0)],
        td(".ends")[with_ends(exponent)],
        td(".sign")[SIGNS[layer.departure]],
    ]


def _less_the_law(layer: LayerGrowth) -> Interval:
    return layer.exponent_1.scaled(1.0, shift=-layer.law_1)


def _half(audit: Audit) -> float:
    """Return the first of some round numbers that all estimates lie within."""
    estimates = [abs(_less_the_law(layer).estimate) for layer in audit.layers]
    return next((x for x in (0.1, 0.2, 0.4, 0.6) if all(e < 0.95 * x for e in estimates)), 1.0)


def _numbers(audit: Audit) -> Node:
    sizes = audit.sizes
    between = f"at {sizes[0]} → {sizes[-1]}"
    columns = (
        "layer",
        f"n {between}",
        f"E‖g‖₁ {between}",
        "exponent",
        "law",
        f"E‖g‖₂ {between}",
        "exponent",
        "law",
        f"mean square {between}",
        "exponent",
        "law",
    )
    return table[
        thead[tr[(th(scope="col")[column] for column in columns)]],
        tbody[(tr[th(scope="row")[layer.name], _cells(layer)] for layer in audit.layers)],
    ]


def _cells(layer: LayerGrowth) -> Iterable[Node]:
    n = layer.coordinates
    yield td[f"{n[0]:,} → {n[-1]:,}"]
    for values, exponent, law in (
        (layer.norm_1, layer.exponent_1, layer.law_1),
        (layer.norm_2, layer.exponent_2, 0.0),
        (layer.mean_square, layer.exponent_square, layer.law_square),
    ):
        yield td[f"{short(values[0])} → {short(values[-1])}"]
        yield td[with_ends(exponent)]
        yield td[fixed(law)]
