"""Sampling in doubling rounds, until every finding is decided or the budget is spent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evidence.equivalence import Equivalence
from evidence.findings import Outcome, Progress
from simulations.engine.ensemble import Ensemble
from simulations.engine.sampler import Sample, Sampler

MINIMUM = 64
"""Fewest networks of a first look: below, intervals of skewed samples are not honest."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What the samples so far say of a claim; the fields are those of `Evidence`."""

    printed: Sequence[Equivalence]
    corrected: Sequence[Equivalence] = ()
    controls: Sequence[Equivalence] = ()

    @property
    def decided(self) -> bool:
        """Whether every finding holds or fails."""
        return all(
            finding.outcome is not Outcome.UNDECIDED
            for finding in (*self.printed, *self.corrected, *self.controls)
        )


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """The end of a sequential run.

    Attributes
    ----------
    samples : of each ensemble, in the order given.
    findings : the last look's judgement.
    error : error level of each interval of a look.
    """

    samples: Sequence[Sample]
    findings: Findings
    error: float

    @property
    def networks(self) -> int:
        """How many networks of each ensemble were sampled."""
        return len(self.samples[0].norms)


def sample_until_decided(
    sampler: Sampler,
    ensembles: Sequence[Ensemble],
    judge: Callable[[Sequence[Sample], float], Findings],
    *,
    first: int,
    most: int,
    budget: float,
    error: float,
    progress: Progress,
    activity: str,
) -> Sampled:
    """Sample networks 0, 1, 2, ... and look at the findings after `first`, 2 `first`, 4 `first`.

    The number of looks is known before the first one, and each spends an equal part of the error
    level; by the union bound the intervals of *all* looks cover at once with probability
    1 - `error`, so stopping at the first decided look cannot spoil them. A later round adds
    networks: nothing is ever sampled again.

    Parameters
    ----------
    sampler : gives the samples.
    ensembles : what is sampled, the same number of networks of each.
    judge : makes the findings from the samples so far and the error level of each interval.
    first : networks at the first look.
    most : the largest number of networks at budget 1.
    budget : multiplies `most`; never are there fewer than `MINIMUM` networks.
    error : error level of each finding, over all looks together.
    progress, activity : called as networks are finished.

    Raises
    ------
    ValueError : a budget that is not a positive finite number.
    """
    if not 0 < budget < float("inf"):
        raise ValueError(f"the budget must be a positive number, not {budget}")
    most = max(MINIMUM, round(most * budget))
    looks = [min(first, most)]
    while looks[-1] < most:
        looks.append(min(2 * looks[-1], most))
    error_per_look = error / len(looks)
    before = 0
    for networks in looks:

        def of_all_looks(
            part: float, activity: str, start: int = before, end: int = networks
        ) -> None:
            progress((start + part * (end - start)) / most, activity)

        samples = sampler.sample(ensembles, networks, progress=of_all_looks, activity=activity)
        findings = judge(samples, error_per_look)
        if findings.decided:
            break
        before = networks
    progress(1.0, activity)
    return Sampled(samples=samples, findings=findings, error=error_per_look)
