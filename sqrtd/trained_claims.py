"""What trained networks say of the paper's claims: figures, and verdicts of one sweep."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from empirical.trained import Sweep

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sqrtd.ledger import Result


def draw(figure: str | None, sweep: Sweep) -> Mapping[str, "Figure"]:
    return {}


def judge_sweep(figure: str | None, sweep: Sweep) -> list["Result"]:
    return []


def print_verdicts(results) -> None:
    pass
