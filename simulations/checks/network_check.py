"""What a check on random networks is, and how to write one.

A check samples networks until every finding is decided, or until the budget is spent. Most checks
are made of what they sample, a judge of the samples, and a function that lays out the evidence:

    @network_check(ENSEMBLES, _judge, first=1024, most=4096, activity="dense networks")
    def check_theorem_3(sampled: Sampled) -> Evidence:
        return sampled.evidence(method="...", tables=[...])

The result is called like any `NetworkCheck`, and has the name and docstring of the function.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from evidence.findings import Evidence, Progress, silent
from evidence.intervals import Interval, IntervalFinding
from simulations.engine.ensemble import Ensemble, Option
from simulations.engine.gradient_rows import Relu
from simulations.engine.sampler import Sample, Sampler
from simulations.engine.sequential import Judge, Sampled, sample_until_decided


class NetworkCheck(Protocol):
    """Puts one claim to the test on random networks."""

    def __call__(
        self, sampler: Sampler, *, error: float, budget: float = 1.0, progress: Progress = silent
    ) -> Evidence:
        """Sample networks, and hold them against the claim and its false neighbours.

        Parameters
        ----------
        sampler : gives the samples; its seed decides every number.
        error : probability, at most, of deciding a statement wrongly, in either direction.
        budget : multiplies the largest number of networks.
        progress : called as networks are finished.

        Raises
        ------
        ValueError : a budget that is not a positive finite number.
        """


def network_check(
    ensembles: Sequence[Ensemble], judge: Judge, *, first: int, most: int, activity: str
) -> Callable[[Callable[[Sampled], Evidence]], NetworkCheck]:
    """Make a check of a function that lays out the evidence of samples.

    Parameters
    ----------
    ensembles, judge, first, most, activity : as in `sample_until_decided`.
    """

    def decorate(lay_out: Callable[[Sampled], Evidence]) -> NetworkCheck:
        def check(
            sampler: Sampler, *, error: float, budget: float = 1.0, progress: Progress = silent
        ) -> Evidence:
            sampled = sample_until_decided(
                sampler,
                ensembles,
                judge,
                first=first,
                most=most,
                budget=budget,
                error=error,
                progress=progress,
                activity=activity,
            )
            return lay_out(sampled)

        names = ("__module__", "__name__", "__qualname__", "__doc__")
        functools.update_wrapper(check, lay_out, assigned=names)
        del vars(check)["__wrapped__"]  # for `help` shows the parameters of what it wraps
        return check

    return decorate


def ensemble_of(
    network: str, size: int, *, inputs: str = "noise", relu: Relu = "real", **options: Option
) -> Ensemble:
    """Return random networks of a built-in family, with the family's options by name."""
    return Ensemble(
        network=network,
        size=size,
        options=tuple(sorted(options.items())),
        inputs=inputs,
        relu=relu,
    )


def all_of(kinds: Mapping[str, Sequence[Ensemble]]) -> list[Ensemble]:
    """Return the ensembles of all kinds of networks, in order."""
    return [ensemble for ensembles in kinds.values() for ensemble in ensembles]


def by_kind(
    kinds: Mapping[str, Sequence[Ensemble]], samples: Sequence[Sample]
) -> dict[str, list[Sample]]:
    """Give the samples of `all_of` the kinds back to their kinds."""
    left = iter(samples)
    return {kind: [next(left) for _ in ensembles] for kind, ensembles in kinds.items()}


def neighbours(predicted: float, margin: float) -> tuple[float, float]:
    """Return the nearest false predictions, twice the margin below and above a true one.

    An interval that confirms the true prediction refutes them only if it lies inside the margin
    on both sides.
    """
    return predicted - 2 * margin, predicted + 2 * margin


def bars(error: float, *, shaded: str = "") -> str:
    """Say what a plot's error bars are, and what it means to lie in the shaded part."""
    return f"bars: confidence intervals at error {error:.1g} each" + (
        f"; shaded: counts as {shaded}" if shaded else ""
    )


def estimate_and_ends(interval: Interval | IntervalFinding) -> list[float]:
    """Return the cells of an interval in a table: its estimate, low and high end."""
    return [interval.estimate, interval.low, interval.high]
