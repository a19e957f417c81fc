"""Claims on trained networks: tested on the results of `sqrtd train`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table

from empirical.figures.figure_1 import figure_1
from empirical.figures.figure_2 import figure_2
from empirical.figures.figure_3 import figure_3
from empirical.measures.trained import Sweep
from empirical.sweeps.experiment import FIGURES
from empirical.sweeps.record import RecordError, read_sweep
from empirical.sweeps.recorded import find_record
from evidence.errors import BadInputError
from evidence.findings import Evidence, Progress
from sqrtd.verdicts.console import COLOURS
from sqrtd.verdicts.judge import (
    INTERVAL_ERROR,
    Claim,
    NotCheckedError,
    Result,
    Settings,
    Verdict,
    judge,
)
from sqrtd.verdicts.report import headline, key_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWINGS: Mapping[str, Callable[[Sweep], "Figure"]] = {
    "figure-1": figure_1,
    "figure-2": figure_2,
    "figure-3": figure_3,
}


@dataclass(frozen=True)
class Recorded:
    """A check of recorded networks, in the ledger's form.

    Attributes
    ----------
    figure : whose networks.
    check : takes their sweep, and the error level of an interval.
    with_plot : whether the figure goes with the evidence.
    """

    figure: str
    check: Callable[..., Evidence]
    with_plot: bool = False

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:  # noqa: ARG002
        """Test the recorded networks.

        Raises
        ------
        NotCheckedError
            Where there are none, or not those that the claim compares.
        """
        if self.figure not in settings.sweeps:
            raise NotCheckedError(self.missing)
        try:
            return self.on(settings.sweeps[self.figure])
        except ValueError as error:  # such as what `make gpu` has finished so far
            raise NotCheckedError(str(error)) from error

    @property
    def missing(self) -> str:
        """What to say where no networks are recorded."""
        return (
            "no trained networks are recorded here; "
            f"`sqrtd train {self.figure} --preset cpu` trains some"
        )

    def on(self, sweep: Sweep) -> Evidence:
        """Test the networks of a sweep."""
        evidence = self.check(sweep, error=INTERVAL_ERROR)
        plots = {f"{self.figure}-trained": DRAWINGS[self.figure](sweep)} if self.with_plot else {}
        return replace(evidence, plots=plots, data=evidence.data or sweep.data)


def read_sweeps(out: Path) -> dict[str, Sweep]:
    """Read the recorded networks of each figure, from where `sqrtd train` writes them.

    Parameters
    ----------
    out : the folder that holds `results`.

    Raises
    ------
    BadInputError
        For results that are there but damaged.
    """
    sweeps = {}
    for figure in FIGURES:
        found = find_record(figure, out)
        if found is None:
            continue
        try:
            sweep, described = read_sweep(found)
        except RecordError as error:
            raise BadInputError(str(error)) from error
        origin = ", ".join(f"{name} {value}" for name, value in described["provenance"].items())
        command = f"sqrtd train {figure} --preset {found.name.rpartition('-')[2]}"
        if found.parent.name == "gpu":
            command = "make gpu"
        epochs = described["recipe"]["epochs"]
        sweeps[figure] = replace(
            sweep,
            data=f"{sweep.data}. Trained for {epochs} epochs by `{command}` ({origin}), read from "
            f"{found.relative_to(out)}.",
        )
    return sweeps


def check_recorded(
    wanted: Sequence[str] | None, claims: Sequence[Claim], settings: Settings
) -> None:
    """Make sure that what a user asked for by name can be tested.

    Raises
    ------
    BadInputError
        For a claim on trained networks where none are recorded.
    """
    missing = {
        claim.id: claim.check.missing
        for claim in claims
        if isinstance(claim.check, Recorded) and claim.check.figure not in settings.sweeps
    }
    for name in wanted or ():
        if name in missing:
            raise BadInputError(f"claim {name!r}: {missing[name]}")


def is_settled(result: Result) -> bool:
    """Whether a run of `sqrtd verify` did what it could for a claim.

    On recorded networks that are too few it cannot decide, however much it samples.
    """
    if result.verdict is Verdict.NOT_CHECKED or result.is_decided:
        return True
    return isinstance(result.claim.check, Recorded) and result.verdict is not Verdict.ERROR


def judge_sweep(figure: str | None, sweep: Sweep, claims: Sequence[Claim]) -> list[Result]:
    """Put the claims on a figure to the test on one sweep."""
    results = []
    for claim in claims:
        if not isinstance(claim.check, Recorded) or claim.check.figure != figure:
            continue
        try:
            results.append(judge(claim, claim.check.on(sweep)))
        except ValueError as error:  # a sweep of a user's own, without what the claim compares
            results.append(Result(claim=claim, verdict=Verdict.NOT_CHECKED, reason=str(error)))
    return results


def draw(figure: str | None, sweep: Sweep) -> dict[str, "Figure"]:
    """Redraw the paper's figure from a sweep; nothing for one that belongs to none."""
    return {} if figure is None else {figure: DRAWINGS[figure](sweep)}


def print_verdicts(results: Sequence[Result]) -> None:
    """Print what a sweep says of the paper's sentences."""
    if not results:
        return
    table = Table(Column("claim", no_wrap=True), "on these networks", "evidence")
    for result in results:
        table.add_row(
            result.claim.id, headline(result), key_figure(result), style=COLOURS[result.verdict]
        )
    Console(markup=False, highlight=False).print(table)
