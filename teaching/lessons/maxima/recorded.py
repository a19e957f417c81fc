"""The recorded sample: E‖∂_x L‖_1 over d, with maxima, strides and averages in turn.

python -m teaching.lessons.maxima.recorded  # draws it anew, in some minutes
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from evidence.intervals import Interval

SEED = 18
NETWORKS = 2048
SIZES = (8, 16, 32, 64, 128)
"""Pixels along an edge, where one maximum is taken over all of them."""

KINDS = ("all", "windows", "strides", "averages")
HERE = Path(__file__).with_name("recorded.csv")
LEVEL, GROWTH = "E‖∂ₓL‖₁", "exponent of d"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What was measured of one kind of network.

    Attributes
    ----------
    levels : d, and the mean of ‖∂_x L‖_1 over random networks of one size.
    growths : d of one size and of the next, and the exponent of d between them.
    """

    levels: Sequence[tuple[int, Interval]]
    growths: Sequence[tuple[int, int, Interval]]


@cache
def read() -> Mapping[str, Recorded]:
    """Return what was recorded, by kind of network."""
    text = HERE.read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))

    def of(kind: str, what: str) -> list[tuple[int, int, Interval]]:
        return [
            (int(row["from d"]), int(row["to d"]), Interval(
                estimate=float(row["estimate"]), low=float(row["low"]), high=float(row["high"]),
                error=float(row["error"]), samples=int(row["networks"]),
            ))
            for row in rows
            if (row["kind"], row["what"]) == (kind, what)
        ]  # fmt: skip

    return {
        kind: Recorded(
            levels=[(d, found) for d, _, found in of(kind, LEVEL)], growths=of(kind, GROWTH)
        )
        for kind in KINDS
    }


def write(place: Path, *, networks: int = NETWORKS) -> None:
    """Draw networks of all kinds, and write what is measured."""
    from evidence.levels import STRICT_LESSON_ERROR as ERROR
    from evidence.moments import moment_exponent_interval, moment_interval
    from simulations.checks.section_3.one_pixel import over_all_pixels, windows
    from simulations.engine.sampler import Sampler

    ensembles = (
        over_all_pixels("max-pool", sizes=SIZES),
        windows("max-pool"),
        windows("strided"),
        windows("average-pool"),
    )
    with place.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["kind", "what", "from d", "to d", "estimate", "low", "high", "error",
                       "networks"])  # fmt: skip
        for kind, sizes in zip(KINDS, ensembles, strict=True):
            norms = {
                sample.d: sample.norm(1.0, loss=True)
                for sample in Sampler(seed=SEED).sample(sizes, networks)
            }
            found = [(LEVEL, d, d, moment_interval(each, ERROR)) for d, each in norms.items()]
            found += [
                (GROWTH, *pair, moment_exponent_interval(pair, [norms[d] for d in pair], ERROR))
                for pair in pairwise(norms)
            ]
            for what, d, to, one in found:
                rows.writerow([kind, what, d, to, one.estimate, one.low, one.high, one.error,
                               networks])  # fmt: skip


if __name__ == "__main__":
    write(HERE)
