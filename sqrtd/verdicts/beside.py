"""Checks that train networks: in a process of their own, beside all others.

Training many small networks is work of Python as much as of torch, so threads would wait for each
other.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from empirical.sweeps.reporting import Reporter, Reports, reports
from evidence.findings import Progress
from running.plots import page
from running.pools import PoolError, open_pool
from running.work import REPORT_SECONDS
from simulations.engine.sampler import Sampler
from sqrtd.verdicts.checks import TrainedCheck
from sqrtd.verdicts.claims import Check, Claim, Settings
from sqrtd.verdicts.judge import Result, judge_attempt


@dataclass(frozen=True)
class Beside:
    """The checks that another process has been given, one after the other.

    Attributes
    ----------
    claims : one for each check.
    results : in the same order, when there are some.
    progress : how far each is, by the claim's id.
    """

    claims: Mapping[Check, Claim]
    results: "Future[list[Result]]"
    progress: Reports

    def result(self, check: Check, report: Progress) -> Result:
        """Wait for the result of a check, and report how far it is meanwhile.

        Raises
        ------
        PoolError : the process is lost.
        """
        name = self.claims[check].id
        while not self.results.done():
            wait([self.results], timeout=REPORT_SECONDS)
            report(self.progress.fraction(name), "in a process of its own")
        try:
            return self.results.result()[list(self.claims).index(check)]
        except BrokenExecutor as error:
            raise PoolError("the process that trains networks died") from error


@contextmanager
def trained_beside(claims: Sequence[Claim], settings: Settings) -> Iterator[Beside | None]:
    """Begin the checks that train networks; None if there are none, or no others meanwhile.

    Parameters
    ----------
    claims : of the run.
    settings : of the run; training uses neither the sampler nor what is recorded.
    """
    due = [claim for claim in claims if claim.check is not None]
    trained: dict[Check, Claim] = {
        claim.check: claim for claim in reversed(due) if isinstance(claim.check, TrainedCheck)
    }
    if not trained or all(claim.check in trained for claim in due):
        yield None
        return
    alone = replace(
        settings, sampler=Sampler(seed=settings.seed, device=settings.device), sweeps={}
    )
    with ExitStack() as stack:
        # Threads of one operator would wait for each other, spinning, on cores that both need.
        stack.callback(torch.set_num_threads, torch.get_num_threads())
        torch.set_num_threads(1)
        folder = stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
        pool = stack.enter_context(open_pool(workers=1))
        # It vanishes before the pool waits for its process, whose next report then ends it.
        progress = stack.enter_context(reports(Path(folder)))
        files = [progress.file(claim.id) for claim in trained.values()]
        results = pool.submit(_judge_all, list(trained.values()), alone, files)
        yield Beside(trained, results, progress)


def _judge_all(claims: Sequence[Claim], settings: Settings, files: Sequence[Path]) -> list[Result]:
    torch.set_num_threads(1)
    results = []
    with page():
        for claim, file in zip(claims, files, strict=True):
            assert claim.check is not None  # noqa: S101  (a `TrainedCheck`)
            results.append(judge_attempt(claim, partial(claim.check, settings, Reporter(file))))
    return results
