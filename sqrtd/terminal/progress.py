"""A progress bar for one task."""

import time
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
from running.memory import gigabytes
from sqrtd.terminal.durations import LONG, duration

SECONDS_OF_SPEED = 300
"""Time over which the speed is taken, for the time that remains: trainings finish in bursts."""


def said_how_long(progress: Progress, console: Console, memory: float) -> Progress:
    """Let progress also print one line, after the first part of long work: how long all will take.

    Parameters
    ----------
    progress : is called as before.
    console : where the line goes.
    memory : bytes that the work needs about.
    """
    start, begun, is_said = time.monotonic(), "", False

    def report(fraction: float, activity: str) -> None:
        nonlocal start, begun, is_said
        progress(fraction, activity)
        if fraction == 0 and activity != begun:
            start, begun = time.monotonic(), activity
        elif fraction > 0 and not is_said:
            is_said = True
            seconds = (time.monotonic() - start) / fraction
            if seconds > LONG:
                console.print(
                    f"It takes about {duration(seconds)} at most, and {gigabytes(memory)} of "
                    "memory. Ctrl-C ends it.",
                    highlight=False,
                    soft_wrap=True,
                )

    return report


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
