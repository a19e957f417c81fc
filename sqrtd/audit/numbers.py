"""Numbers and intervals as the page and the terminal write them."""

import math

from evidence.intervals import Interval


def fixed(value: float) -> str:
    """Write an exponent, or a share, with two digits behind the point; infinities as such."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def short(value: float) -> str:
    """Write a size with three digits, a large one rounded to them."""
    if math.isinf(value):
        return "∞"
    text = f"{value:.3g}"
    return f"{float(text):,.0f}" if 1000 <= abs(value) < 1e9 else text


def ends(interval: Interval) -> str:
    """Write the ends of an exponent's interval."""
    return f"[{fixed(interval.low)}, {fixed(interval.high)}]"


def with_ends(interval: Interval) -> str:
    """Write an exponent with its interval."""
    return f"{fixed(interval.estimate)} {ends(interval)}"


def unbroken(interval: Interval) -> str:
    """Write an exponent with its interval, between which alone a line may end."""
    return f"{fixed(interval.estimate)} " + ends(interval).replace(" ", "\N{NO-BREAK SPACE}")


def percent(interval: Interval) -> str:
    """Write a share of 1 with its interval, in percent."""
    return f"{100 * interval.estimate:.1f} % [{100 * interval.low:.0f}, {100 * interval.high:.0f}]"
