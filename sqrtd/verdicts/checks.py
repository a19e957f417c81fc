"""The kinds of check: how the ledger calls a function that tests a claim.

A check names its function as "module:function", such as
"theory.checks.section_2.thresholds:check_equation_6", and imports it only when it runs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from evidence.decisions import decide
from evidence.errors import LackingRecordsError
from evidence.faces import resolve
from evidence.findings import Evidence, Finding, Progress
from evidence.levels import doublings, error_of_round
from sqrtd.verdicts.claims import Check, Claim, NotCheckedError, Settings, TooFewNetworksError

if TYPE_CHECKING:
    from empirical.measures.trained import Cell, Sweep


@dataclass(frozen=True)
class ExactCheck:
    """A check without sampled or trained networks, which needs a seed for its examples."""

    function: str

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:
        """Run the check on examples of the run's seed."""
        evidence: Evidence = resolve(self.function)(seed=settings.seed, progress=progress)
        return evidence


@dataclass(frozen=True)
class ImagesCheck:
    """A check of `empirical` on images, without networks."""

    function: str

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:
        """Run the check on images of its own and on the run's."""
        evidence: Evidence = resolve(self.function)(
            settings.data, seed=settings.seed, progress=progress
        )
        return evidence


@dataclass(frozen=True)
class SampledCheck:
    """A check of `simulations`, which samples networks."""

    function: str

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:
        """Run the check with the run's sampler."""
        evidence: Evidence = resolve(self.function)(
            settings.sampler, error=settings.error, budget=settings.budget, progress=progress
        )
        return evidence


def judge_networks(function: str, sweep: "Sweep", error: float, remedy: str) -> Evidence:
    """Call a check of `empirical` on the cells of a sweep that have enough networks.

    Parameters
    ----------
    function, sweep : the check, by name, and what it is called on.
    error : level of each interval.
    remedy : how to get more networks, in words.

    Raises
    ------
    NotCheckedError
        Where these lack what the check compares; it says so if the whole sweep lacks it, too.
    """
    from empirical.measures.enough import LEAST_NETWORKS, networks_a_cell, with_enough

    check = resolve(function)
    try:
        evidence: Evidence = check(with_enough(sweep), error=error)
    except LackingRecordsError:
        try:
            check(sweep, error=error)
        except LackingRecordsError as lacking:
            raise NotCheckedError(str(lacking)) from lacking
        fewest = min(networks_a_cell(sweep).values())
        raise TooFewNetworksError(
            f"{fewest} network{'' if fewest == 1 else 's'} a cell; {LEAST_NETWORKS} are needed: "
            f"{remedy}",
            LEAST_NETWORKS / fewest,
        ) from None
    return evidence


@dataclass(frozen=True)
class TrainedCheck:
    """A check of `empirical` on networks that are trained for it.

    Attributes
    ----------
    figure, preset : the experiment, as of `empirical.sweeps.experiment_file.read_preset`. Its ε is
        meant for grey images.
    function : takes the sweep, and the error level of an interval.
    drawing : function that draws the figure for this claim's evidence; empty for no plot.
    """

    figure: str
    preset: str
    function: str
    drawing: str = ""

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:
        """Train the networks on the run's images, and run the check on them.

        A budget above 1 trains twice, four, eight times as many networks, and looks at them at the
        level of the second, third, fourth look, as if there had been one at each smaller number.
        Checks on the same experiment share its networks.

        Raises
        ------
        NotCheckedError
            Where the budget is for fewer networks than decide anything.
        """
        looks = doublings(settings.budget)
        experiment = f"{self.figure}-{self.preset}"
        if experiment not in settings.trained:
            settings.trained[experiment] = self._train(settings, progress)
        sweep = settings.trained[experiment]
        evidence = decide(
            lambda error: judge_networks(self.function, sweep, error, "give more --budget"),
            error_of_round(settings.error, looks + 1),
        )
        plots = {self.figure: resolve(self.drawing)(sweep)} if self.drawing else {}
        return replace(evidence, plots=plots)

    def _train(self, settings: Settings, progress: Progress) -> "Sweep":
        from empirical.sweeps.experiment_file import read_preset
        from empirical.sweeps.in_memory import train_in_memory

        looks = doublings(settings.budget)
        experiment = read_preset(self.figure, self.preset, data=settings.images)
        # An attack moves the loss by about ε √d, which is to stay the same with more channels.
        epsilon = experiment.epsilon / math.sqrt(settings.data.channels)
        return train_in_memory(
            replace(experiment, epsilon=epsilon).times(
                2**looks if looks else settings.budget, least=2
            ),
            seed=settings.seed,
            device=settings.device,
            progress=progress,
        )


@dataclass(frozen=True)
class RecordedCheck:
    """A check of `empirical` on networks that an earlier `sqrtd train` recorded.

    Attributes
    ----------
    figure : the figure that the networks were trained for.
    function : takes their sweep, and the error level of an interval.
    drawing : function that draws the figure for this claim's evidence; empty for no plot.
    """

    figure: str
    function: str
    drawing: str = ""

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:  # noqa: ARG002
        """Test the recorded networks.

        Raises
        ------
        NotCheckedError
            Where there are none, or not those that the claim compares.
        """
        if self.figure not in settings.sweeps:
            raise NotCheckedError(self.missing)
        return self.on(settings.sweeps[self.figure], settings.error)

    @property
    def missing(self) -> str:
        """What to say where no networks are recorded."""
        return f"no whole sweep of trained networks is recorded here; {self._command} trains some"

    @property
    def _command(self) -> str:
        return f"`sqrtd train {self.figure} --preset cpu`"

    def compares(self, sweep: "Sweep", cells: Sequence["Cell"], error: float) -> bool:
        """Whether what is found of a sweep at one level depends on the networks of these cells."""
        return self.depends(sweep, [cells], error)[0]

    def depends(
        self, sweep: "Sweep", groups: Sequence[Sequence["Cell"]], error: float
    ) -> list[bool]:
        """Say the same of each of several groups of cells."""
        whole = _findings(self._judged(sweep, error))

        def without(cells: Sequence["Cell"]) -> list[Finding] | None:
            others = sweep.only([cell for cell in sweep.cells() if cell not in cells])
            try:
                return _findings(self._judged(others, error))
            except NotCheckedError:
                return None

        return [without(cells) != whole for cells in groups]

    def _judged(self, sweep: "Sweep", error: float) -> Evidence:
        return judge_networks(self.function, sweep, error, f"{self._command} trains them")

    def _first_decided(self, sweep: "Sweep", error: float, failing_error: float) -> Evidence:
        """Return what the first look found that decides all statements, or else the last one.

        A look is at all cells that the claim compares. The number of their networks is a matter of
        the look alone, so that its intervals are valid, and all looks share the error.
        """
        from empirical.measures.looks import at_looks

        evidence, lacking, before = None, NotCheckedError(self.missing), None
        for number, seen in enumerate(at_looks(sweep), 1):
            if not seen.networks:  # nobody knows which they were
                continue
            left_out = [cell for cell in sweep.cells() if not seen.of(cell)]
            # Where kinds grew for other claims, it is no look at one that compares the rest, too.
            if left_out and (before is None or self.compares(before, left_out, error)):
                break
            try:
                evidence = decide(
                    partial(self._judged, seen),
                    error_of_round(error, number),
                    failing_error=error_of_round(failing_error, number),
                )
            except NotCheckedError as error_now:
                lacking = error_now
                continue
            if evidence.decide_all_statements:
                break
            before = seen
        if evidence is None:
            raise lacking
        return evidence

    def on(self, sweep: "Sweep", error: float, *, failing_error: float | None = None) -> Evidence:
        """Test the networks of a sweep.

        Parameters
        ----------
        sweep : for whose earlier looks the error level pays. What one of them decided stays so.
        error : of each statement in either direction, over all looks.
        failing_error : of statements that fail, where it is another one.

        Raises
        ------
        NotCheckedError
            Where the sweep lacks what the claim compares, or enough networks of it.
        """
        evidence = self._first_decided(sweep, error, failing_error or error)
        plots = {f"{self.figure}-trained": resolve(self.drawing)(sweep)} if self.drawing else {}
        return replace(evidence, plots=plots, data=evidence.data or sweep.data)


def _findings(evidence: Evidence) -> list[Finding]:
    return [*evidence.stated, *evidence.literal, *evidence.corrected, *evidence.controls]


@dataclass(frozen=True)
class CombinedCheck:
    """Several checks of one claim, whose evidence is joined in their order.

    Raises
    ------
    ValueError : two parts that may be wrong by chance, as the claim has the error level of one.
    """

    checks: tuple[Check, ...]

    def __post_init__(self) -> None:
        if sum(map(needs_chance, self.checks)) > 1:
            raise ValueError("only one part of a check may be wrong by chance")

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:
        """Run all checks."""

        def part_of(place: int) -> Progress:
            return lambda part, activity: progress((place + part) / len(self.checks), activity)

        parts = [check(settings, part_of(place)) for place, check in enumerate(self.checks)]
        return Evidence(
            method=" ".join(part.method for part in parts),
            stated=[finding for part in parts for finding in part.stated],
            literal=[finding for part in parts for finding in part.literal],
            corrected=[finding for part in parts for finding in part.corrected],
            controls=[finding for part in parts for finding in part.controls],
            tables=[table for part in parts for table in part.tables],
            plots={name: plot for part in parts for name, plot in part.plots.items()},
            data=" ".join(part.data for part in parts if part.data),
        )


def sampled_part(check: Check | None) -> Check | None:
    """Return what a check samples, without what it trains or decides exactly; None if nothing."""
    if isinstance(check, SampledCheck):
        return check
    if isinstance(check, CombinedCheck):
        parts = [part for one in check.checks if (part := sampled_part(one))]
        return CombinedCheck(tuple(parts)) if parts else None
    return None


def needs_chance(check: Check | None) -> bool:
    """Whether a check samples or trains networks, so that its verdict may be wrong by chance."""
    if isinstance(check, CombinedCheck):
        return any(needs_chance(part) for part in check.checks)
    return isinstance(check, SampledCheck | TrainedCheck | RecordedCheck)


def statements_by_chance(claims: Sequence[Claim]) -> int:
    """Count the statements of a ledger that samples decide: each claim's, literal and corrected.

    Claims with equal checks share their verdicts, and count once.
    """
    distinct = {claim.check: claim for claim in claims if needs_chance(claim.check)}
    return sum(1 + bool(claim.literal) + bool(claim.correction) for claim in distinct.values())
