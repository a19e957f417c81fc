"""Run the checks of a ledger and collect their results."""

import difflib
import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Display

from empirical.data.load import load_data
from empirical.measures.trained import Sweep
from evidence.errors import UserError
from evidence.findings import Outcome
from evidence.levels import LEDGER_ERROR, statement_error
from running.store import Store
from simulations.engine.sampler import Sampler
from sqrtd.provenance import provenance
from sqrtd.terminal.devices import read_device
from sqrtd.verdicts.beside import trained_beside
from sqrtd.verdicts.checks import RecordedCheck, statements_by_chance
from sqrtd.verdicts.claims import Check, Ledger, Settings, Verdict
from sqrtd.verdicts.judge import Result, count_statements, judge, judge_attempt, with_explained
from sqrtd.verdicts.recorded import places_of, read_sweeps, require_recorded
from sqrtd.verdicts.verification import Verification


def prepare_run(
    ledger: Ledger,
    wanted: Sequence[str] | None,
    *,
    seed: int,
    budget: float,
    device: str,
    data: str,
    store: Path | None,
    results: Path | None,
) -> tuple[set[str], Settings]:
    """Find the claims, the device, the images, the store and the trained networks of a run.

    Parameters
    ----------
    ledger : where the claims are.
    wanted : ids of the claims to check, all if None.
    seed, budget, device, data, store : as of `sqrtd verify`.
    results : where recorded networks are, as of `sqrtd.verdicts.recorded.places_of`.

    Returns
    -------
    The ids of the claims to check, and the settings of their checks.

    Raises
    ------
    UserError
        For an id that is not in the ledger, a claim that cannot be checked, a device that is not
        there, data or results that cannot be read, and a store that cannot be used.
    """
    by_id = {claim.id: claim for claim in ledger.claims}
    for name in wanted or ():
        if name not in by_id:
            close = difflib.get_close_matches(name, by_id, n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            raise UserError(f"unknown claim {name!r}; {hint}`sqrtd claims` lists them")
        if by_id[name].check is None:
            raise UserError(f"claim {name!r} has no check: {by_id[name].reason}")
    if seed < 0:
        raise UserError(f"a seed is a whole number from 0 up, not {seed}")
    if not 0 < budget < math.inf:
        raise UserError(f"a budget is a number above 0, not {budget}")
    where = read_device(device)
    settings = Settings(
        seed=seed,
        budget=budget,
        device=where,
        data=load_data(data, seed=seed),
        error=statement_error(LEDGER_ERROR, statements_by_chance(ledger.claims)),
        images=data,
        sampler=Sampler(seed=seed, device=where, store=Store(store) if store else None),
        sweeps=read_sweeps(ledger, places_of(results)),
    )
    require_recorded(wanted or (), ledger, settings)
    return set(by_id if wanted is None else wanted), settings


def run_checks(
    ledger: Ledger,
    selected: Collection[str],
    settings: Settings,
    console: Console,
    *,
    beside: bool = False,
) -> Verification:
    """Put the selected claims to the test, in order, with a live display on `console`.

    Parameters
    ----------
    ledger : the claims.
    selected : ids of the claims to check.
    settings : seed, budget, device and data.
    console : where progress is shown.
    beside : whether networks are trained in another process meanwhile, which imports the main
        module anew: not for scripts that have no `if __name__ == "__main__"`.

    Returns
    -------
    One result for each selected claim, in the ledger's order. A check that raises gives an *error*
    result with its traceback, and the others go on. Claims with equal checks share one run of it.
    """
    start = time.perf_counter()
    claims = [claim for claim in ledger.claims if claim.id in selected]
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[activity]}"),
    )
    done: dict[Check | None, Result] = {}
    with (
        trained_beside(claims if beside else (), settings) as elsewhere,
        # Without a terminal rich would still write a line for each check.
        Display(*columns, console=console, disable=not console.is_terminal) as display,
    ):
        there = elsewhere.claims if elsewhere else {}
        due = sorted((c for c in claims if c.check), key=lambda claim: claim.check in there)
        total = display.add_task("all checks", total=len(due), activity="")
        for claim in due:
            check = claim.check
            assert check is not None  # noqa: S101  (for mypy)
            task = display.add_task(claim.id, total=1.0, activity="")
            if check not in done:
                reporter = _Reporter(display, task)
                done[check] = (
                    elsewhere.result(check, reporter)
                    if elsewhere and check in there
                    else judge_attempt(claim, partial(check, settings, reporter))
                )
            display.update(task, completed=1.0, activity=done[check].verdict)
            display.advance(total)
    results = [
        replace(done[claim.check], claim=claim)
        if claim.check
        else Result(claim=claim, verdict=Verdict.NOT_CHECKED, reason=claim.reason)
        for claim in claims
    ]
    results = with_explained(decide_more(results, ledger, settings.sweeps))
    return Verification(
        ledger=ledger,
        results=results,
        provenance=provenance(seed=settings.seed, device=settings.device, budget=settings.budget),
        seconds=time.perf_counter() - start,
    )


@dataclass(frozen=True)
class _Reporter:
    """Shows the progress of one check on its line of the display."""

    display: Display
    task: TaskID

    def __call__(self, fraction: float, activity: str) -> None:
        self.display.update(self.task, completed=fraction, activity=activity)


def decide_more(
    results: Sequence[Result], ledger: Ledger, sweeps: Mapping[str, Sweep]
) -> list[Result]:
    """Judge claims on recorded networks at the level that decided statements leave to them.

    That is Holm's method (1979, Scand. J. Statist. 6), in each direction by itself. Claims on
    random networks are left as they are: a larger budget decides them.

    Parameters
    ----------
    results, ledger : of a run.
    sweeps : the recorded networks, by figure.
    """
    statements = statements_by_chance(ledger.claims)
    while True:
        holding, failing = (
            statement_error(LEDGER_ERROR, statements - count_statements(results, outcome))
            for outcome in (Outcome.HOLDS, Outcome.FAILS)
        )
        before = [_outcomes(result) for result in results]
        results = [_judged_again(result, sweeps, holding, failing) for result in results]
        if [_outcomes(result) for result in results] == before:
            return results


def _judged_again(
    result: Result, sweeps: Mapping[str, Sweep], holding: float, failing: float
) -> Result:
    check = result.claim.check
    is_open = Outcome.UNDECIDED in _outcomes(result) or result.verdict is Verdict.UNDECIDED
    if not (isinstance(check, RecordedCheck) and result.evidence and is_open):
        return result
    evidence = check.on(sweeps[check.figure], holding, failing_error=failing)
    return judge(result.claim, evidence, seconds=result.seconds)


def _outcomes(result: Result) -> tuple[Verdict, Outcome | None, Outcome | None]:
    return result.verdict, result.corrected, result.literal
