"""Sampling in rounds, each with twice the networks of the one before, until there are enough.

The rounds share one error level. So the intervals of *all* rounds hold at once with probability
1 - error (union bound), and it does no harm to stop when the samples suffice.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from evidence import findings
from evidence.decisions import decide
from evidence.findings import Evidence, Progress, Table
from evidence.intervals import Equivalence, IntervalFinding
from evidence.levels import doublings, error_of_round, require_error_level
from simulations.engine.ensemble import Ensemble
from simulations.engine.sampler import Sample, Sampler

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Result = TypeVar("Result")

MINIMUM = 64
"""Fewest networks of a first round: below, intervals of skewed samples are not honest."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round of sampling.

    Attributes
    ----------
    networks : how many there are after it, those of earlier rounds included.
    error : error level of each interval after this round.
    """

    networks: int
    error: float


def doubling_rounds(first: int, error: float) -> Iterator[Round]:
    """Yield rounds with `first`, 2 `first`, 4 `first`, ... networks, without end.

    Parameters
    ----------
    first : networks of the first round, at least 1.
    error : error level of one interval over all rounds together, in (0, 1).

    Raises
    ------
    ValueError : no network in the first round, or an error not in (0, 1).
    """
    if first < 1:
        raise ValueError(f"the first round needs a network or more, not {first}")
    require_error_level(error)
    return (
        Round(networks=first * 2**k, error=error_of_round(error, k + 1)) for k in itertools.count()
    )


def single_round(networks: int, *, budget: float, error: float) -> Round:
    """Return the one round of a check that samples by itself, and its level.

    A budget of 2 or 4 samples twice or four times as many, and is the second or third look.

    Parameters
    ----------
    networks : at budget 1; a smaller budget takes fewer, `MINIMUM` at least.
    budget : positive.
    error : over all looks together.
    """
    looks = doublings(budget)
    number = networks * 2**looks if looks else max(MINIMUM, round(networks * budget))
    return Round(networks=number, error=error_of_round(error, looks + 1))


def sample_in_rounds(
    sampler: Sampler,
    ensembles: Sequence[Ensemble],
    rounds: Iterable[Round],
    evaluate: Callable[[Sequence[Sample], float], Result],
    *,
    is_enough: Callable[[Result], bool],
    most: int,
    progress: Progress,
    activity: str,
) -> Result:
    """Sample networks 0, 1, 2, ... and evaluate them after each round.

    A later round adds networks: nothing is ever sampled again.

    Parameters
    ----------
    sampler : gives the samples.
    ensembles : what is sampled, the same number of networks of each.
    rounds : the rounds, which go on until `most` networks are reached.
    evaluate : makes the result from the samples so far and the error level of each interval.
    is_enough : whether a result needs no further round.
    most : largest number of networks.
    progress, activity : called as networks are finished; "{networks}" in the activity becomes the
        number of networks after the round.
    """
    left = iter(rounds)
    before = 0
    while True:
        this = next(left)
        reached = min(this.networks, most)

        def of_all_rounds(
            part: float, activity: str, start: int = before, end: int = reached
        ) -> None:
            progress((start + part * (end - start)) / most, activity)

        samples = sampler.sample(
            ensembles,
            reached,
            progress=of_all_rounds,
            activity=activity.format(networks=f"{reached:,}"),
        )
        result = evaluate(samples, this.error)
        if is_enough(result) or reached == most:
            return result
        before = reached


@dataclass(frozen=True, kw_only=True)
class Findings(findings.Findings):
    """What the samples so far say of a claim: intervals held against ranges, all of them."""

    stated: Sequence[Equivalence]
    literal: Sequence[Equivalence] = ()
    corrected: Sequence[Equivalence] = ()
    controls: Sequence[IntervalFinding] = ()


Judge: TypeAlias = Callable[[Sequence[Sample], float], Findings]
"""Makes findings from one sample of each ensemble and the error level of each interval."""


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """The end of a sequential run.

    Attributes
    ----------
    samples : of each ensemble, in the order given.
    findings : what they say of the claim.
    error : level of each statement in the last round.
    """

    samples: Sequence[Sample]
    findings: Findings
    error: float

    @property
    def networks(self) -> int:
        """How many networks of each ensemble were sampled."""
        return len(self.samples[0].norms)

    def evidence(
        self,
        *,
        method: str,
        tables: Sequence[Table] = (),
        plots: Mapping[str, "Figure"] = MappingProxyType({}),
    ) -> Evidence:
        """Return the findings with what else belongs to `Evidence`."""
        return Evidence(method=method, **vars(self.findings), tables=tables, plots=plots)


def sample_until_decided(
    sampler: Sampler,
    ensembles: Sequence[Ensemble],
    judge: Judge,
    *,
    first: int,
    most: int,
    budget: float,
    error: float,
    progress: Progress,
    activity: str,
) -> Sampled:
    """Sample in rounds of `first`, 2 `first`, ... networks, until every finding is decided.

    Round k has the part 1/(k (k + 1)) of the error level, whatever the budget. A run with a larger
    budget therefore goes on with the rounds of the smaller one: looking again is paid for already.

    Parameters
    ----------
    sampler, ensembles, progress, activity : as in `sample_in_rounds`.
    judge : makes the findings.
    first : networks of the first round.
    most : the largest number of networks at budget 1.
    budget : multiplies `most`. The last round is the first one that reaches it; a budget that does
        not reach `first` shortens that one, to `MINIMUM` networks at least.
    error : of each statement in either direction, over all rounds together; see
        `evidence.decisions`.

    Raises
    ------
    ValueError : a budget that is not a positive finite number.
    RuntimeError : two networks of an ensemble that were given the same random numbers.
    """
    if not 0 < budget < float("inf"):
        raise ValueError(f"the budget must be a positive number, not {budget}")
    wanted = max(MINIMUM, round(most * budget))
    last = max(0, math.ceil(math.log2(wanted / first)))
    most = first * 2**last if wanted > first else wanted
    sampled = sample_in_rounds(
        sampler,
        ensembles,
        doubling_rounds(first, error),
        lambda samples, error: Sampled(
            samples=_each_of_its_own(samples),
            findings=decide(lambda level: judge(samples, level), error),
            error=error,
        ),
        is_enough=lambda sampled: sampled.findings.are_decided,
        most=most,
        progress=progress,
        activity=activity,
    )
    progress(1.0, activity)
    return sampled


def _each_of_its_own(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Make sure that no network was sampled twice: intervals count independent ones.

    Two networks have the same norms with probability 0, unless their gradients are 0.
    """
    for sample in samples:
        norms = np.reshape(sample.norms, (len(sample.norms), -1))
        alive = [row.tobytes() for row in norms if row.any()]
        if len(set(alive)) < len(alive):
            raise RuntimeError(f"networks of {sample.ensemble} are there twice")
    return samples
