"""Checks of the rooms, in the form that the ledger calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evidence.findings import Evidence, Progress
from sqrtd.verdicts.judge import INTERVAL_ERROR, Check, Settings


def exact(check: Callable[..., Evidence]) -> Check:
    """Adapt a check of `theory`, which needs a seed for its examples."""
    return lambda settings, progress: check(seed=settings.seed, progress=progress)


def sampled(check: Callable[..., Evidence]) -> Check:
    """Adapt a check of `simulations`, which samples networks."""
    return Sampled(check)


@dataclass(frozen=True)
class Sampled:
    """A check that samples networks, in the ledger's form."""

    check: Callable[..., Evidence]

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:
        """Run the check with the run's sampler."""
        return self.check(
            settings.sampler, error=INTERVAL_ERROR, budget=settings.budget, progress=progress
        )


def trained(check: Callable[..., Evidence]) -> Check:
    """Adapt a check of `empirical`, which trains on images."""
    return lambda settings, progress: check(
        settings.data,
        seed=settings.seed,
        error=INTERVAL_ERROR,
        budget=settings.budget,
        device=settings.device,
        progress=progress,
    )


def together(*checks: Check) -> Check:
    """Put one claim to several tests, in order, and join their evidence."""
    return Together(checks)


@dataclass(frozen=True)
class Together:
    """Several checks of one claim."""

    checks: Sequence[Check]

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:
        """Run all checks."""

        def part_of(place: int) -> Progress:
            return lambda part, activity: progress((place + part) / len(self.checks), activity)

        parts = [one(settings, part_of(place)) for place, one in enumerate(self.checks)]
        return Evidence(
            method=" ".join(part.method for part in parts),
            printed=[finding for part in parts for finding in part.printed],
            corrected=[finding for part in parts for finding in part.corrected],
            controls=[finding for part in parts for finding in part.controls],
            tables=[table for part in parts for table in part.tables],
            plots={name: plot for part in parts for name, plot in part.plots.items()},
            data=" ".join(part.data for part in parts if part.data),
        )


def sampled_part(check: Check | None) -> Check | None:
    """Return what a check samples, without what it trains or decides exactly; None if nothing."""
    if isinstance(check, Sampled):
        return check
    if isinstance(check, Together):
        parts = [part for one in check.checks if (part := sampled_part(one))]
        return Together(parts) if parts else None
    return None
