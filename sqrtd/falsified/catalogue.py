"""All falsifications by name."""

import difflib

from evidence.errors import UserError
from sqrtd.falsified.exact_theory import EXACT_THEORY
from sqrtd.falsified.falsification import Falsification
from sqrtd.falsified.intervals import INTERVALS
from sqrtd.falsified.networks import NETWORKS
from sqrtd.falsified.paths import PATHS
from sqrtd.falsified.trained import TRAINED

FALSIFICATIONS: dict[str, Falsification] = {
    one.name: one for one in (*EXACT_THEORY, *PATHS, *NETWORKS, *TRAINED, *INTERVALS)
}


def find_falsification(name: str) -> Falsification:
    """Return a falsification by its name.

    Raises
    ------
    UserError : an unknown name.
    """
    if name in FALSIFICATIONS:
        return FALSIFICATIONS[name]
    near = difflib.get_close_matches(name, FALSIFICATIONS, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UserError(
        f"unknown falsification {name!r}; {hint}`sqrtd verify --falsify list` lists them"
    )
