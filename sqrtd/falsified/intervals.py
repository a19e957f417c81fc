"""Confidence intervals of each kind that are too narrow."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from evidence.intervals import Interval
from sqrtd.falsified.falsification import Falsification

KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mean": ("evidence.means:mean_interval", ("section-3-1", "h1")),
    "exponent": ("evidence.means:exponent_interval", ("section-3-1", "eq-7")),
    "moment": ("evidence.moments:moment_interval", ("eq-8", "eq-13")),
    "moment-ratio": ("evidence.moments:moment_ratio_interval", ("eq-8", "theorem-3-step-2")),
    "moment-exponent": ("evidence.moments:moment_exponent_interval", ("eq-8",)),
    "share": ("evidence.shares:share_interval", ("h1",)),
    "two-level": ("evidence.two_level:two_level_contrast", ("lemma-1-trained",)),
}
"""Where each kind of interval is made, and rows that decide by it."""

FACTORS = {"halved": 0.5, "quartered": 0.25}


def narrower(factor: float) -> Callable[[Callable[..., Interval]], Callable[..., Interval]]:
    """Bring both ends closer to the estimate."""

    def change(true: Callable[..., Interval]) -> Callable[..., Interval]:
        @wraps(true)
        def false(*args: Any, **options: Any) -> Interval:  # noqa: ANN401
            found = true(*args, **options)
            below, above = found.estimate - found.low, found.high - found.estimate
            return replace(
                found, low=found.estimate - factor * below, high=found.estimate + factor * above
            )

        return false

    return change


INTERVALS = [
    Falsification(
        name=f"{kind}-interval-{word}",
        says=f"every interval of the kind {kind!r} has {factor:g} of its width",
        changes={where: narrower(factor)},
        rows=rows,
    )
    for kind, (where, rows) in KINDS.items()
    for word, factor in FACTORS.items()
]
