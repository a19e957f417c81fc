"""How many more samples would decide a finding that its interval leaves open."""

import math
from collections.abc import Sequence

from evidence.intervals import IntervalFinding


def factor_to_decide(finding: IntervalFinding) -> float:
    """Return how many times as many samples would decide a finding, or infinity.

    The interval's ends come closer to the estimate like 1/√samples. The finding is decided once
    the interval lies between two neighbouring edges of its range: when the half of the interval
    towards the nearest edge on each side, h, is no longer than the distance D to this edge. That
    takes (h/D)² times the samples, of whatever is sampled, if the estimate stays where it is.
    Student's quantile, too, falls with the number of samples; where they are few, fewer suffice.

    Returns
    -------
    At most 1 for a decided finding. Infinity where no number can be told: the interval has an
    infinite end towards an edge, or the estimate lies on an edge.
    """
    estimate = finding.estimate
    below = [estimate - edge for edge in finding.edges if edge <= estimate]
    above = [edge - estimate for edge in finding.edges if edge > estimate]
    sides = ((estimate - finding.low, below), (finding.high - estimate, above))
    return max(_factor(half, min(distances)) for half, distances in sides if distances)


def describe_samples_to_decide(findings: Sequence[IntervalFinding]) -> str:
    """Say how many more samples would decide all of these findings.

    Parameters
    ----------
    findings : undecided ones, one or more.
    """
    factor = max(factor_to_decide(finding) for finding in findings)
    if math.isinf(factor):
        return "no estimate can be made of how many more samples would decide it"
    return (
        f"at most about {rounded_up(factor)} times as many samples would decide it, "
        "if the estimates stay where they are"
    )


def rounded_up(factor: float) -> str:
    """Return a finite factor with two digits, rounded up, as fewer samples would not do."""
    places = 1 if factor < 10 else 1 - math.floor(math.log10(factor))
    rounded = math.ceil(factor * 10**places) / 10**places
    return f"{rounded:,.{max(places, 0)}f}"


def _factor(half: float, distance: float) -> float:
    if math.isinf(half) or distance == 0:
        return math.inf
    quotient = half / distance
    return quotient * quotient  # unlike **, infinite where it overflows
