"""Claims that recorded networks leave open, and which networks would decide the nearest of them.

For instance, 8 networks of each kind leave it open whether max-pooled ones are more vulnerable. So
8 more of the two kinds that this claim compares are to be trained, and the claim is looked at
again, at a smaller error level: see `Sweep.looked`. Each look doubles the networks of these kinds.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from empirical.measures.looks import sizes_at_looks
from empirical.measures.trained import Cell, Sweep
from evidence.levels import LEDGER_ERROR, statement_error
from evidence.samples_to_decide import factor_to_decide, rounded_up
from sqrtd.terminal.durations import duration
from sqrtd.verdicts.checks import RecordedCheck, statements_by_chance
from sqrtd.verdicts.claims import Claim, Ledger, NotCheckedError, TooFewNetworksError
from sqrtd.verdicts.judge import judge


@dataclass(frozen=True, kw_only=True)
class OpenClaim:
    """A claim that the networks leave open.

    Attributes
    ----------
    name : its id.
    reason : what it lacks, where it cannot be looked at yet, or not with these kinds; else empty.
    factor : how many times as many networks would decide it, at most, if the estimates stay where
        they are; infinity where that cannot be told.
    cells : the kinds of networks that it compares; none where more of them would not do.
    """

    name: str
    reason: str = ""
    factor: float = math.inf
    cells: Sequence[Cell] = ()

    def seconds(self, costs: Mapping[Cell, float], sweep: Sweep) -> float:
        """Return about how long it takes one worker to train the networks that decide it."""
        now = sum(costs[cell] * len(sweep.of(cell)) for cell in self.cells)
        return now * (self.factor - 1)


def open_claims(figure: str | None, sweep: Sweep, ledger: Ledger) -> list[OpenClaim]:
    """Return the claims on a figure that a sweep leaves open, in the ledger's order."""
    error = statement_error(LEDGER_ERROR, statements_by_chance(ledger.claims))
    found = (
        _open_claim(claim, claim.check, sweep, error)
        for claim in ledger.claims
        if isinstance(claim.check, RecordedCheck) and claim.check.figure == figure
    )
    return [claim for claim in found if claim is not None]


def _open_claim(claim: Claim, check: RecordedCheck, sweep: Sweep, error: float) -> OpenClaim | None:
    try:
        result = judge(claim, check.on(sweep, error))
    except TooFewNetworksError as few:
        return OpenClaim(name=claim.id, reason=str(few), factor=few.factor, cells=sweep.cells())
    except NotCheckedError as lacking:
        return OpenClaim(name=claim.id, reason=str(lacking))
    if result.is_decided:
        return None
    factor = max((factor_to_decide(finding) for finding in result.wide), default=math.inf)
    # A cell that no figure of the claim depends on need not grow.
    every = sweep.cells()
    depends = check.depends(sweep, [[cell] for cell in every], error)
    cells = [cell for cell, compared in zip(every, depends, strict=True) if compared]
    return OpenClaim(name=claim.id, factor=factor, cells=cells)


def next_networks(
    claims: Sequence[OpenClaim], costs: Mapping[Cell, float], sweep: Sweep
) -> Mapping[Cell, int]:
    """Return how many networks each cell is to have for the next look at the nearest claim.

    That is the claim whose decision takes least time; empty where no claim can be decided.
    """
    possible = [claim for claim in claims if claim.cells]
    if not possible:
        return {}
    nearest = min(possible, key=lambda claim: claim.seconds(costs, sweep))
    sizes = sizes_at_looks(sweep)
    looks = {cell: len(sizes[cell]) for cell in nearest.cells}
    # Cells that other claims have made grow wait for those that have not.
    behind = [cell for cell in nearest.cells if looks[cell] == min(looks.values())]
    counts = {cell: len(networks) for cell, networks in sweep.groups()}
    return counts | {cell: 2 * counts[cell] for cell in behind}


def describe_open(
    claims: Sequence[OpenClaim], costs: Mapping[Cell, float], sweep: Sweep, *, workers: int
) -> list[str]:
    """Say of each open claim what would decide it, and how long that takes."""
    lines = []
    for claim in claims:
        seconds = claim.seconds(costs, sweep) / workers
        if not claim.cells:
            said = f"more networks of these kinds do not decide it: {claim.reason}"
        elif claim.reason:
            said = f"{claim.reason}: about {duration(seconds)}"
        elif math.isinf(seconds):
            said = "no estimate can be made of how many more networks would decide it"
        else:
            kinds = f"{len(claim.cells)} kind{'' if len(claim.cells) == 1 else 's'}"
            said = (
                f"at most about {rounded_up(claim.factor)} times as many networks of {kinds} would "
                f"decide it, if the estimates stay where they are: about {duration(seconds)}"
            )
        lines.append(f"{claim.name}: {said}")
    return lines
