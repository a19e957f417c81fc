"""Figures as they stand on the page: short, with real minus signs and powers of ten."""

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, *, digits: int = 3) -> str:
    """Write a figure; whole from 1000 on, as a power of ten below 0.001 and from a million on.

    Parameters
    ----------
    value : may be infinite.
    digits : that count, below 1000.
    """
    if value < 0:
        return f"−{number(-value, digits=digits)}"
    if math.isinf(value):
        return "∞"
    if value and not 1e-3 <= value < 1e6:
        factor, _, power = f"{value:.{digits - 1}e}".partition("e")
        raised = f"10{str(int(power)).translate(_RAISED)}"
        return raised if float(factor) == 1 else f"{float(factor):g}·{raised}"
    return f"{value:,.{digits}g}" if value < 999.5 else f"{value:,.0f}"
