"""Numbers, intervals and quantities as a person writes them, in plain text and in LaTeX."""

import math
from collections.abc import Mapping

from evidence.intervals import Interval

TIMES = 2.0
"""From this factor on, an end is written as a multiple of the estimate instead of in percent."""

LATEX = {
    "∂": r"\partial",
    "‖": r"\|",
    "∞": r"\infty",
    "²": "^2",
    "ε": r"\varepsilon",
    "E": r"\mathrm{E}",
}
MARKUP = {sign: rf"\{sign}" for sign in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def number(value: float | None) -> str:
    """Write a number to three decimals, and "-" for none."""
    if value is None or math.isnan(value):
        return "-"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{round(value, 3) + 0.0:.3f}"  # without -0.000


def with_ends(interval: Interval | None) -> str:
    """Write an estimate and the ends of its interval, such as 0.573 [0.563, 0.582]."""
    if interval is None or math.isnan(interval.estimate):
        return "-"
    return f"{number(interval.estimate)} [{number(interval.low)}, {number(interval.high)}]"


def with_precision(interval: Interval) -> str:
    """Write a positive estimate, and how far the farther end of its interval is from it.

    Such as 0.0016 ±4.7%. Where the upper end is twice the estimate or more, no percentage to both
    sides would be read well: then 0.0016, at most ×4.8.
    """
    estimate, high = interval.estimate, interval.high
    if math.isnan(estimate):
        return "-"
    if math.isinf(high):
        return f"{estimate:.4g}, no upper end"
    if not estimate:
        return f"0, at most {high:.2g}"
    if high >= TIMES * estimate:
        return f"{estimate:.4g}, at most ×{high / estimate:.2g}"
    farther = max(estimate - interval.low, high - estimate)
    return f"{estimate:.4g} ±{100 * farther / estimate:.2g}%"


def latex_label(label: str) -> str:
    r"""Write the label of a quantity in LaTeX, such as typical $\|\partial_x L\|_1$."""
    formula = label.removeprefix("typical ").removeprefix("rms ")
    words = label.removesuffix(formula)
    return f"{words}${_replaced(formula, LATEX)}$"


def latex_text(text: str) -> str:
    """Write text for LaTeX, its special characters escaped."""
    return _replaced(text, MARKUP)


def latex_interval(interval: Interval) -> str:
    """Write an estimate and the ends of its interval as a formula."""
    text = with_ends(interval)
    spaced = r"\;["
    return f"${_replaced(text, LATEX).replace(' [', spaced)}$" if text != "-" else "--"


def _replaced(text: str, by: Mapping[str, str]) -> str:
    return "".join(by.get(letter, letter) for letter in text)
