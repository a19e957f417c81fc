"""A progress bar for one task."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Display

from evidence.findings import Progress

SECONDS_OF_SPEED = 300
"""Time over which the speed is taken, for the time that remains: trainings finish in bursts."""


@contextmanager
def bar(task: str, console: Console) -> Iterator[Progress]:
    """Show a bar on `console`, if it is a terminal, while the block runs; then take it away.

    Yields
    ------
    The function to report progress to.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("remaining"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[activity]}"),
    )
    # Without a terminal rich would still write an empty line.
    hidden = not console.is_terminal
    with Display(
        *columns,
        console=console,
        transient=True,
        disable=hidden,
        speed_estimate_period=SECONDS_OF_SPEED,
    ) as display:
        number = display.add_task(task, total=1.0, activity="")
        yield lambda fraction, activity: display.update(
            number, completed=fraction, activity=activity
        )
