"""The trained networks of an experiment, as a table and a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from empirical.measures.image_measures import Measures
from empirical.measures.trained import Sweep
from empirical.sweeps.experiment import Experiment
from running.plots import typeset
from sqrtd.runs.drawn_records import DrawnRecords

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_IN_A_LEGEND = 12


@dataclass(frozen=True, kw_only=True, repr=False)
class TrainedNetworks(DrawnRecords):
    """The trained networks of an experiment, and what was measured of them.

    Printed, it is a table of means. In a notebook it is a plot, too.

    Attributes
    ----------
    experiment : what was trained.
    sweep : the networks, with their measures on each held-out image.
    """

    experiment: Experiment
    sweep: Sweep

    @property
    def heading(self) -> str:
        """Which experiment, and on which images."""
        return f"{self.experiment.name}: {len(self.sweep.networks)} networks. {self.sweep.data}."

    def records(self) -> list[dict[str, Any]]:
        """Return the means over the networks of each kind, on held-out images.

        Accuracy and vulnerability (the share of images whose class FGSM changes) are shares of 1;
        `gradient_norm` is E‖∂_x L‖_1 in nats per standard deviation of a pixel.
        """
        return [
            {
                "network": cell.network,
                "pixels": cell.size,
                "method": cell.method,
                "epsilon": cell.epsilon,
                "networks": len(networks),
                **_means([network.measures.summary() for network in networks]),
            }
            for cell, networks in self.sweep.groups()
        ]

    def draw(self, ax: "Axes") -> None:
        """Draw each network's vulnerability over the mean norm of its gradients."""
        for cell, networks in self.sweep.groups():
            means = [network.measures.summary() for network in networks]
            ax.plot(
                [mean.gradient_norm for mean in means],
                [mean.vulnerability for mean in means],
                linestyle="none",
                marker="o",
                label=str(cell),
            )
        ax.set_xlabel(typeset("E‖∂_x L‖_1 (nats per standard deviation of a pixel)"))
        ax.set_ylabel(f"vulnerability to FGSM, ε = {self.sweep.epsilon:.3g}")
        ax.set_title(self.experiment.name)
        if len(self.sweep.cells()) <= MOST_IN_A_LEGEND:
            ax.legend()


def _means(measures: Sequence[Measures]) -> dict[str, float]:
    names = ("accuracy", "gradient_norm", "vulnerability")
    return {name: sum(getattr(mean, name) for mean in measures) / len(measures) for name in names}
