"""Figure 1, from a sweep over resolutions."""

from matplotlib.figure import Figure

from empirical.figures.drawing import growth_figure, sweep_title
from empirical.measures.figure_cells import cells_by_size
from empirical.measures.trained import Sweep
from running.plots import together


def figure_1(sweep: Sweep) -> Figure:
    """Draw vulnerability and mean gradient norm of each network against √d.

    Gradients are in nats per standard deviation of a pixel, on held-out images.

    Parameters
    ----------
    sweep : of one kind of network at one size or more, trained in one way.

    Raises
    ------
    ValueError : another sweep.
    """
    cells = cells_by_size(sweep)
    return growth_figure(
        list(cells),
        {
            f"vulnerability to FGSM, {together(f'ε = {sweep.epsilon:.3g} (%)')}": [
                100 * sweep.array(cell, "changed").mean(axis=1) for cell in cells.values()
            ],
            f"mean l$_1$-norm of ∂$_x$L {together('(nats per s.d.)')}": [
                sweep.array(cell, "gradient_norm").mean(axis=1) for cell in cells.values()
            ],
        },
        title=sweep_title(sweep),
    )
