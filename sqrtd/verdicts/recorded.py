"""Claims on trained networks: tested on the results of `sqrtd train`."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from empirical.measures.trained import Sweep
from empirical.sweeps.recorded import find_record, read_figure, usual_places
from evidence.errors import UserError
from evidence.levels import LEDGER_ERROR, statement_error
from running.places import is_folder
from sqrtd.verdicts.checks import RecordedCheck, statements_by_chance
from sqrtd.verdicts.claims import Ledger, Settings
from sqrtd.verdicts.judge import Result, judge_attempt, with_explained


def read_sweeps(ledger: Ledger, places: Sequence[Path]) -> dict[str, Sweep]:
    """Read the recorded networks of each figure, from the first place that has a whole sweep.

    Parameters
    ----------
    ledger : whose figures.
    places : folders that hold `results`, as `sqrtd train` writes them.

    Raises
    ------
    RecordError : for results that are there but damaged.
    """
    found = {
        figure: [sweep for place in places if (sweep := _read_sweep(figure, place))]
        for figure in ledger.figures
    }
    return {figure: sweeps[0] for figure, sweeps in found.items() if sweeps}


def _read_sweep(figure: str, place: Path) -> Sweep | None:
    """Return the recorded networks of one figure; None where there is no whole sweep of them."""
    folder = find_record(figure, place)
    if folder is None:
        return None
    sweep, described = read_figure(figure, folder)
    if len(sweep.networks) < described.get("planned", 0):
        return None  # a sweep is looked at when it is whole; see `Sweep.looks`
    origin = ", ".join(f"{name} {value}" for name, value in described["provenance"].items())
    command = f"sqrtd train {figure} --preset {folder.name.rpartition('-')[2]}"
    if folder.parent.name == "gpu":
        command = "make gpu"
    epochs = described["recipe"]["epochs"]
    return replace(
        sweep,
        data=f"{sweep.data}. Trained for {epochs} epochs by `{command}` ({origin}), read from "
        f"{folder.relative_to(place)}. {_networks(sweep)}",
    )


def places_of(results: Path | None) -> tuple[Path, ...]:
    """Return the folders whose `results` hold the networks to test.

    Parameters
    ----------
    results : the one that a user names, or its `results` folder; None for the usual ones: the
        working directory, then what comes with the package.

    Raises
    ------
    UserError : there are no results.
    """
    if results is None:
        return usual_places()
    place = results.parent if results.name == "results" else results
    if not is_folder(place / "results"):
        raise UserError(
            f"no recorded networks in {str(results)!r}: give the folder that `sqrtd train --out` "
            "had, which holds results/train"
        )
    return (place,)


def _networks(sweep: Sweep) -> str:
    """Say how many networks there are, and how good the plainly trained ones are."""
    counts = sorted({len(networks) for _, networks in sweep.groups()})
    accuracies = [
        100 * float(sweep.array(cell, "correct").mean())
        for cell in sweep.cells()
        if cell.method == "plain"
    ]
    said = f"{' or '.join(map(str, counts))} networks of each kind"
    if not accuracies:
        return f"{said}."
    low, high = (f"{end(accuracies):.0f}" for end in (min, max))
    return (
        f"{said}; plainly trained ones are right on {low if low == high else f'{low} to {high}'} % "
        "of the held-out images."
    )


def require_recorded(wanted: Sequence[str], ledger: Ledger, settings: Settings) -> None:
    """Make sure that what a user asked for by name can be tested.

    Raises
    ------
    UserError : for a claim on trained networks where none are recorded.
    """
    for claim in ledger.claims:
        check = claim.check
        recorded = isinstance(check, RecordedCheck) and check.figure in settings.sweeps
        if claim.id in wanted and isinstance(check, RecordedCheck) and not recorded:
            raise UserError(f"claim {claim.id!r}: {check.missing}")


def judge_sweep(figure: str | None, sweep: Sweep, ledger: Ledger) -> list[Result]:
    """Put the claims on a figure to the test on one sweep, at the level of the whole ledger."""
    error = statement_error(LEDGER_ERROR, statements_by_chance(ledger.claims))
    results = []
    for claim in ledger.claims:
        if not isinstance(claim.check, RecordedCheck) or claim.check.figure != figure:
            continue
        # A user's own sweep may lack what the claim compares.
        results.append(judge_attempt(claim, partial(claim.check.on, sweep, error)))
    return with_explained(results)
