"""Times in words; without any library, which machines that only train lack."""

LONG = 60.0
"""Seconds of work about which a line says how long it will take."""


def duration(seconds: float) -> str:
    """Write a time in the unit that fits."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{max(1, seconds):.0f} seconds"
