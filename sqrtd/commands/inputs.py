"""What the command line is given, turned into claims and settings."""

import difflib
from collections.abc import Sequence
from pathlib import Path

from empirical.data.load import DataError, load_data
from evidence.errors import BadInputError
from running.store import Store, StoreError
from simulations.engine.sampler import Sampler
from sqrtd.terminal.devices import read_device
from sqrtd.verdicts.judge import Claim, Settings
from sqrtd.verdicts.trained_claims import read_sweeps


def select_claims(wanted: Sequence[str] | None, claims: Sequence[Claim]) -> set[str]:
    """Return the ids of the claims to check: the wanted ones, all if None.

    Raises
    ------
    BadInputError
        For an id that is not in the ledger, and for a claim that has no check yet.
    """
    by_id = {claim.id: claim for claim in claims}
    for name in wanted or ():
        if name not in by_id:
            close = difflib.get_close_matches(name, by_id, n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            raise BadInputError(f"unknown claim {name!r}; {hint}`sqrtd claims` lists them")
        if by_id[name].check is None:
            raise BadInputError(f"claim {name!r} has no check: {by_id[name].reason}")
    return set(by_id if wanted is None else wanted)


def read_settings(
    *,
    seed: int,
    budget: float,
    device: str,
    data: str,
    store: Path | None = None,
    out: Path | None = None,
) -> Settings:
    """Find the device, load the data, open the store of samples, read the trained networks.

    Parameters
    ----------
    seed, budget, device, data, store : as of `sqrtd verify`.
    out : the folder whose `results` hold the trained networks; None reads none.

    Raises
    ------
    BadInputError
        For a device that is not there, for data or results that cannot be read, and for a store
        that cannot be used.
    """
    found = read_device(device)
    try:
        images = load_data(data, seed=seed)
    except DataError as error:
        raise BadInputError(str(error)) from error
    try:
        sampler = Sampler(seed=seed, device=found, store=Store(store) if store else None)
    except StoreError as error:
        raise BadInputError(str(error)) from error
    sweeps = read_sweeps(out) if out is not None else {}
    return Settings(
        seed=seed, budget=budget, device=found, data=images, sampler=sampler, sweeps=sweeps
    )
