"""The kinds of check: how the ledger calls a function that tests a claim.

A check names its function as "module:function", such as
"theory.checks.section_2.thresholds:check_equation_6", and imports it only when it runs.
"""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evidence.faces import resolve
from evidence.findings import Evidence, Progress
from evidence.levels import VERDICT_ERROR
from sqrtd.verdicts.claims import Check, NotCheckedError, Settings

if TYPE_CHECKING:
    from empirical.measures.trained import Sweep


@dataclass(frozen=True)
class ExactCheck:
    """A check of `theory`, which needs a seed for its examples."""

    function: str

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:
        """Run the check on examples of the run's seed."""
        evidence: Evidence = resolve(self.function)(seed=settings.seed, progress=progress)
        return evidence


@dataclass(frozen=True)
class SampledCheck:
    """A check of `simulations`, which samples networks."""

    function: str

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:
        """Run the check with the run's sampler."""
        evidence: Evidence = resolve(self.function)(
            settings.sampler, error=VERDICT_ERROR, budget=settings.budget, progress=progress
        )
        return evidence


@dataclass(frozen=True)
class TrainedCheck:
    """A check of `empirical` on networks that are trained for it.

    Attributes
    ----------
    figure, preset : the experiment, as of `empirical.sweeps.experiment_file.read_preset`. Its ε is
        meant for grey images.
    function : takes the sweep, and the error level of an interval.
    drawing : function that draws the figure for the evidence.
    """

    figure: str
    preset: str
    function: str
    drawing: str

    def __call__(self, settings: Settings, progress: Progress) -> Evidence:
        """Train the networks on the run's images, and run the check on them."""
        from empirical.sweeps.experiment_file import read_preset
        from empirical.sweeps.in_memory import train_in_memory

        experiment = read_preset(self.figure, self.preset, data=settings.images)
        # An attack moves the loss by about ε √d, which is to stay the same with more channels.
        epsilon = experiment.epsilon / math.sqrt(settings.data.channels)
        sweep = train_in_memory(
            replace(experiment, epsilon=epsilon).times(settings.budget, least=2),
            seed=settings.seed,
            device=settings.device,
            progress=progress,
        )
        evidence: Evidence = resolve(self.function)(sweep, error=VERDICT_ERROR)
        return replace(evidence, plots={self.figure: resolve(self.drawing)(sweep)})


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

    def on(self, sweep: "Sweep") -> Evidence:
        """Test the networks of a sweep."""
        evidence: Evidence = resolve(self.function)(sweep, error=VERDICT_ERROR)
        plots = {f"{self.figure}-trained": resolve(self.drawing)(sweep)} if self.drawing else {}
        return replace(evidence, plots=plots, data=evidence.data or sweep.data)


@dataclass(frozen=True)
class CombinedCheck:
    """Several checks of one claim, whose evidence is joined in their order."""

    checks: tuple[Check, ...]

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
