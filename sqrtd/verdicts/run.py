"""Run the checks of the ledger and collect their results."""

import time
import traceback
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Display

from evidence.findings import Progress
from sqrtd.verdicts.judge import Check, Claim, NotCheckedError, Result, Settings, Verdict, judge


def run_checks(
    claims: Sequence[Claim], selected: Collection[str], settings: Settings, console: Console
) -> list[Result]:
    """Put the selected claims to the test, in order, with a live display on `console`.

    Parameters
    ----------
    claims : the whole ledger.
    selected : ids of the claims to check; the others are listed as not checked.
    settings : seed, budget, device and data.
    console : where progress is shown.

    Returns
    -------
    One result a claim, in the order of `claims`. A check that raises gives an *error* result with
    its traceback, and the others go on.
    """
    due = sum(claim.check is not None and claim.id in selected for claim in claims)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[activity]}"),
    )
    results = []
    with Display(*columns, console=console) as display:
        total = display.add_task("all checks", total=due, activity="")
        for claim in claims:
            if claim.check is None or claim.id not in selected:
                reason = claim.reason or "not selected in this run (--claim)"
                results.append(Result(claim=claim, verdict=Verdict.NOT_CHECKED, reason=reason))
                continue
            task = display.add_task(claim.id, total=1.0, activity="")
            result = _run_check(claim, claim.check, settings, _Reporter(display, task))
            display.update(task, completed=1.0, activity=result.verdict)
            display.advance(total)
            results.append(result)
    return results


@dataclass(frozen=True)
class _Reporter:
    """Shows the progress of one check on its line of the display."""

    display: Display
    task: TaskID

    def __call__(self, fraction: float, activity: str) -> None:
        self.display.update(self.task, completed=fraction, activity=activity)


def _run_check(claim: Claim, check: Check, settings: Settings, progress: Progress) -> Result:
    start = time.perf_counter()
    try:
        evidence = check(settings, progress)
    except NotCheckedError as error:
        return Result(claim=claim, verdict=Verdict.NOT_CHECKED, reason=str(error))
    except Exception:  # a check that breaks gives no verdict, and must not stop the others
        return Result(
            claim=claim,
            verdict=Verdict.ERROR,
            reason=traceback.format_exc(),
            seconds=time.perf_counter() - start,
        )
    return judge(claim, evidence, seconds=time.perf_counter() - start)
