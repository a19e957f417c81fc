"""Simulations of a network at growing sizes, for the command line and for Python."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evidence.errors import UserError
from evidence.intervals import Interval
from running.plots import COLOURS, MARKERS, typeset
from simulations.engine.simulation_run import SimulationRun
from simulations.reports.quantities import Measured
from simulations.reports.scaling_plots import through_centre
from simulations.reports.simulate import Simulation
from sqrtd.runs.drawn_records import DrawnRecords
from sqrtd.runs.simulation_job import prepared_simulation

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def run_simulation(run: SimulationRun) -> Simulation:
    """Sample what a user asks for.

    Raises
    ------
    UserError : for what cannot be sampled, and for a store or workers that cannot be had.
    """
    with prepared_simulation(run) as job:
        return job.simulate(run.progress)


@dataclass(frozen=True, kw_only=True, repr=False)
class GrowthOfGradients(DrawnRecords):
    """How the input gradients of a network grow with its size: measured, and predicted.

    Printed, it is a table of exponents. In a notebook it is a plot.

    Attributes
    ----------
    run : what was asked for.
    simulation : all that was measured; its intervals all hold at once with probability 99.9 %.
    """

    run: SimulationRun
    simulation: Simulation

    @property
    def heading(self) -> str:
        """Which network, how many, and at which dimensions."""
        dims = ", ".join(f"{d:,}" for d in self.simulation.dims)
        return (
            f"{self.run.name}: {self.simulation.networks:,} networks of each size, d = {dims}. "
            "Each quantity grows like d to the power of"
        )

    def exponent(self, quantity: str) -> Interval:
        """Return the measured exponent of d of a quantity, such as "loss-norm-1".

        Raises
        ------
        UserError : no such quantity.
        """
        return self._measured(quantity).exponent

    def predicted_exponent(self, quantity: str) -> float | None:
        """Return the exponent that theory predicts, None where it predicts none.

        Raises
        ------
        UserError : no such quantity.
        """
        return self._measured(quantity).predicted_exponent

    def _measured(self, key: str) -> Measured:
        for measured in self.simulation.measured:
            if measured.quantity.key == key:
                return measured
        raise UserError(f"no quantity {key!r}; records() lists them, such as 'logit-norm-1'")

    def records(self) -> list[dict[str, Any]]:
        """Return the exponent of d of each quantity, with its interval and its prediction."""
        return [
            {
                "quantity": measured.quantity.key,
                "label": measured.quantity.label,
                "exponent": measured.exponent.estimate,
                "low": measured.exponent.low,
                "high": measured.exponent.high,
                "predicted": measured.predicted_exponent,
            }
            for measured in self.simulation.measured
        ]

    def sizes(self) -> list[dict[str, Any]]:
        """Return each quantity at each size, with its interval; one row each."""
        return [
            {
                "d": d,
                "quantity": measured.quantity.key,
                "label": measured.quantity.label,
                "estimate": interval.estimate,
                "low": interval.low,
                "high": interval.high,
            }
            for measured in self.simulation.measured
            for d, interval in zip(self.simulation.dims, measured.intervals, strict=True)
        ]

    def draw(self, ax: "Axes") -> None:
        """Draw the typical norms of the gradient over d; dashed lines are their predictions.

        A prediction of growth has no constant: its line passes through the middle of what was
        measured. Norms without a prediction or without a finite logarithm are left out, or have
        no line.
        """
        has_loss = any(measured.quantity.loss for measured in self.simulation.measured)
        gradient = "loss" if has_loss else "logit"
        for colour, marker, q in zip(COLOURS, MARKERS, ("1", "2", "inf"), strict=False):
            measured = self._measured(f"{gradient}-typical-norm-{q}")
            estimates = [interval.estimate for interval in measured.intervals]
            if not np.isfinite(estimates).all():
                continue
            ends = [[i.estimate - i.low, i.high - i.estimate] for i in measured.intervals]
            ax.errorbar(
                self.simulation.dims,
                estimates,
                np.transpose(ends) if np.isfinite(ends).all() else None,
                color=colour,
                marker=marker,
                linestyle="none",
                capsize=4,
                label=typeset(measured.quantity.label),
            )
            if measured.law is not None:
                law = through_centre(measured.law, estimates)
                ax.plot(self.simulation.dims, law, color=colour, linestyle="--")
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set_xlabel("input dimension d")
        ax.set_ylabel("geometric mean over networks")
        ax.set_title(self.run.name)
        ax.legend()
