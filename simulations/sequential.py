"""Sampling in doubling rounds, until every finding is decided or the budget is spent."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from simulations.equivalence import Equivalence
from simulations.intervals import Samples
from theory.evidence import Outcome, Progress

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
    samples : what was measured, shape (networks, ...).
    findings : the last look's judgement.
    error : error level of each interval of a look.
    """

    samples: Samples
    findings: Findings
    error: float


def sample_until_decided(
    measure: Callable[[int], Samples],
    judge: Callable[[Samples, float], Findings],
    *,
    first: int,
    most: int,
    budget: float,
    error: float,
    progress: Progress,
    activity: str,
) -> Sampled:
    """Measure networks 0, 1, 2, ... and look at the findings after `first`, 2 `first`, 4 `first`.

    The number of looks is known before the first one, and each spends an equal part of the error
    level; by the union bound the intervals of *all* looks cover at once with probability
    1 - `error`, so stopping at the first decided look cannot spoil them. Networks have indices, and
    a later round adds indices: nothing is ever sampled again.

    Parameters
    ----------
    measure : measures the network of an index: always the same shape. Its randomness must depend
        on the index alone.
    judge : makes the findings from the samples so far, shape (networks, ...), and the error level
        of each interval.
    first : networks at the first look.
    most : the largest number of networks at budget 1.
    budget : multiplies `most`; never are there fewer than `MINIMUM` networks.
    error : error level of each finding, over all looks together.
    progress, activity : called after each network.

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
    measured: list[Samples] = []
    for networks in looks:
        with _one_thread():
            for index in range(len(measured), networks):
                measured.append(measure(index))
                progress((index + 1) / most, f"{activity}: network {index + 1:,}")
        samples = np.stack(measured)
        findings = judge(samples, error_per_look)
        if findings.decided:
            break
    progress(1.0, activity)
    return Sampled(samples=samples, findings=findings, error=error_per_look)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch to one thread: networks this small lose more to waiting than they gain.

    On two busy cores two threads were measured to be fifty times slower.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
