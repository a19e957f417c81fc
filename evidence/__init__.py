"""What decides a claim: findings, intervals, error levels.

    from evidence import Evidence, Exact, moment_interval

    interval = moment_interval(samples, error=0.01)
    finding = interval.against("E[x]", predicted=1.0, margin=0.1)

A check returns `Evidence`: findings on a statement (`Exact`, or an `Interval` held against a value
by `Equivalence` or a bound by `Inequality`), beside `controls` that must fail, with `Table`s.
Every interval takes the error level at which it may miss. Nothing here knows of networks.
"""

from typing import TYPE_CHECKING

from evidence.faces import lazy_face

if TYPE_CHECKING:
    from evidence.errors import UserError
    from evidence.findings import Evidence, Exact, Finding, Outcome, Progress, Table, compare
    from evidence.intervals import Equivalence, Inequality, Interval
    from evidence.means import exponent_interval, mean_interval
    from evidence.moments import moment_interval
    from evidence.records import Records
    from evidence.shares import share_interval

__all__ = [
    "Equivalence",
    "Evidence",
    "Exact",
    "Finding",
    "Inequality",
    "Interval",
    "Outcome",
    "Progress",
    "Records",
    "Table",
    "UserError",
    "compare",
    "exponent_interval",
    "mean_interval",
    "moment_interval",
    "share_interval",
]

__getattr__, __dir__ = lazy_face(
    __name__,
    {
        "evidence.errors": "UserError",
        "evidence.findings": "Evidence Exact Finding Outcome Progress Table compare",
        "evidence.intervals": "Equivalence Inequality Interval",
        "evidence.means": "exponent_interval mean_interval",
        "evidence.moments": "moment_interval",
        "evidence.records": "Records",
        "evidence.shares": "share_interval",
    },
)
