"""`sqrtd plot`: draw stored results, several networks in one picture."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import UserError
from sqrtd.commands.options import Commands, add_out, add_page, command_line, level

if TYPE_CHECKING:
    from simulations.reports.growth_plots import Growth
    from sqrtd.runs.stored_simulations import StoredSimulation

FOLDER = Path("results") / "plot"

LONGEST_LABEL = 100


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "plot",
        help="draw stored results, several networks in one picture",
        description="Draws what `sqrtd simulate` stored, of one network or of several ones in one "
        "picture, or the figure of one folder that `sqrtd train` wrote. Writes PNG, SVG and PDF "
        "with their numbers into DIR/results/plot/, and of simulations the exponents as a LaTeX "
        "table. Exit code: 0, or 2 for bad input.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "results",
        nargs="+",
        type=Path,
        metavar="RESULT",
        help="a folder such as results/simulate/dense",
    )
    parser.add_argument(
        "--label",
        action="append",
        metavar="NAME",
        help="what a network is called in the legend; once for each RESULT, in their order",
    )
    parser.add_argument(
        "--quantity",
        action="append",
        metavar="KEY",
        help="what to draw, such as loss-norm-1, as in quantities.csv; may be repeated (typical "
        "norms and the second moment)",
    )
    parser.add_argument(
        "--level",
        type=level,
        metavar="X",
        help="confidence level of each interval by itself, such as 0.95 (intervals that all hold "
        "at once with probability 0.999)",
    )
    add_page(parser)
    add_out(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Draw the results, and write the files."""
    from contextlib import ExitStack

    from empirical.sweeps.record import EXPERIMENT
    from running.files import explained
    from running.places import check_place, is_file
    from running.plots import check_page, page
    from simulations.reports.growth_plots import AT_ONCE, network_plots, several_networks_plot
    from sqrtd.runs.plot_files import save_plot, save_tables
    from sqrtd.runs.stored_simulations import read_simulation

    place = options.out / FOLDER
    check_place(place)
    if options.width or options.style:
        check_page(width=options.width, style=options.style)
    if any(is_file(result / EXPERIMENT) for result in options.results):
        return _draw_trained(options, place)
    stored = [read_simulation(result) for result in options.results]
    growths = [
        one.growth(label=label, level=options.level)
        for one, label in zip(stored, _labels(options.label, stored), strict=True)
    ]
    if options.level is not None:
        intervals = f"{100 * options.level:g}% confidence intervals, each by itself"
    else:
        intervals = AT_ONCE + ", for each network" * (len(growths) > 1)
    origin = {
        "command": command_line(options),
        "networks": [one.described["provenance"] for one in stored],
    }
    with page(width=options.width, style=options.style):
        if len(growths) == 1 and not options.quantity:
            plots = dict(network_plots(growths[0], intervals))
        else:
            plots = {
                key: several_networks_plot(growths, key, intervals)
                for key in _drawn(options.quantity, growths)
            }
        with explained(place):
            place.mkdir(parents=True, exist_ok=True)
        with ExitStack() as moves:
            files = save_tables(moves, place, growths, intervals)
            for name, plot in plots.items():
                files += save_plot(moves, place / name, plot, origin)
    print(f"Saved as {', '.join(map(str, files))}")
    return 0


def _labels(given: list[str] | None, stored: "list[StoredSimulation]") -> list[str]:
    from running.plots import COLOURS
    from sqrtd.runs.simulation_output import folder

    if len(stored) > len(COLOURS):
        raise UserError(f"a picture holds at most {len(COLOURS)} networks, not {len(stored)}")
    labels = given or [folder(one.name).name for one in stored]
    if len(labels) != len(stored):
        raise UserError(
            f"{len(labels)} labels for {len(stored)} results; give --label once for each, or never"
        )
    for label in labels:
        fits = label.isprintable() and 0 < len(label) <= LONGEST_LABEL
        if not fits or label.startswith("_"):  # which matplotlib leaves out
            raise UserError(
                f"{label!r} finds no place in a legend; give one line of at most {LONGEST_LABEL} "
                "letters with --label, which does not begin with _"
            )
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise UserError(f"two networks are called {twice!r}; give each a --label of its own")
    return labels


def _drawn(given: list[str] | None, growths: "list[Growth]") -> list[str]:
    """Return the keys of the quantities to draw, all of which each network has."""
    from simulations.reports.growth_plots import MOMENT, NORMS

    gradient = "logit" if any(one.gradient == "logit" for one in growths) else "loss"
    usual = [*(f"{gradient}-typical-norm-{q}" for q in NORMS), MOMENT]
    for key in given or usual:
        for growth in growths:
            if key not in growth.measured:
                raise UserError(
                    f"{growth.label} has no quantity {key!r}; it has {', '.join(growth.measured)}"
                )
            if not growth.is_drawn(key):
                raise UserError(
                    f"{key} of {growth.label} cannot be drawn: at a size no gradient was found"
                )
    return given or usual


def _draw_trained(options: argparse.Namespace, place: Path) -> int:
    """Draw the figure of one folder that `sqrtd train` wrote."""
    from empirical.sweeps.record import read_sweep
    from evidence.faces import resolve
    from running.files import explained
    from running.plots import page
    from sqrtd.ledgers import read_ledger
    from sqrtd.runs.training_output import save_figures

    if len(options.results) > 1 or options.label or options.quantity or options.level:
        raise UserError(
            "results of sqrtd train are drawn one folder at a time, without --label, --quantity "
            "and --level"
        )
    sweep, described = read_sweep(options.results[0])
    figure = described.get("figure")
    if figure is None:
        raise UserError(f"{options.results[0]} is of an experiment that has no figure")
    origin = {"command": command_line(options), "networks": described["provenance"]}
    with page(width=options.width, style=options.style):
        try:
            drawn = resolve(read_ledger().figures[figure])(sweep)
        except ValueError as reason:
            raise UserError(f"{options.results[0]} has no {figure} yet: {reason}") from reason
        with explained(place):
            place.mkdir(parents=True, exist_ok=True)
        files = save_figures(place, origin, {figure: drawn})
    print(f"Saved as {', '.join(map(str, files))}")
    return 0
