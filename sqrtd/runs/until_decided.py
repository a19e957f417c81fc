"""Training on until the claims on a figure are decided."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from empirical.measures.trained import Cell
from sqrtd.runs.training import Job, train_due


def train_until_decided(job: Job, look: Callable[[Job], Mapping[Cell, int]]) -> Job:
    """Train a job's networks, and then more of them, until no more are wanted.

    Parameters
    ----------
    job : of an experiment with a figure.
    look : is called whenever all networks are trained; returns how many of each cell are wanted
        next, or nothing.

    Returns
    -------
    The job with what is left, where the time is up before.
    """
    job = _at_least_recorded(job)
    while True:
        train_due(job)
        if job.agenda.due:
            return job
        counts = look(job)
        if not counts:
            return job
        job = replace(job, agenda=job.agenda.with_networks(counts, job.store))


def _at_least_recorded(job: Job) -> Job:
    """Return a job with the networks of the record that it goes on from, where those are more."""
    agenda = job.agenda
    counts = {cell: max(n, agenda.in_record.get(cell, 0)) for cell, n in agenda.experiment.cells}
    return replace(job, agenda=agenda.with_networks(counts, job.store))
