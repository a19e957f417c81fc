"""The recorded sample: E‖∂_x L‖_1 over d, with maxima, strides and averages in turn.

python -m teaching.lessons.maxima.recorded  # draws it anew, in some minutes
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from evidence.intervals import Interval

SEED, NETWORKS = 18, 2048
SIZES = (8, 16, 32, 64, 128)
"""Pixels along an edge, where one maximum is taken over all of them."""

FILE = "recorded.toml"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What was measured of one kind of network.

    Attributes
    ----------
    levels : d, and the mean of ‖∂_x L‖_1 over random networks of one size.
    growths : the exponent of d from each size to the next.
    """

    levels: Sequence[tuple[int, Interval]]
    growths: Sequence[Interval]


@cache
def read() -> Mapping[str, Recorded]:
    """Return what was recorded, by kind of network: "all", "windows", "strides", "averages"."""
    return parsed(files("teaching.lessons.maxima").joinpath(FILE).read_text("utf-8"))


def parsed(text: str) -> Mapping[str, Recorded]:
    """Read what `written` returns."""
    found = tomllib.loads(text)
    error, samples = found.pop("error"), found.pop("networks")

    def interval(ends: Sequence[float]) -> Interval:
        estimate, low, high = ends
        return Interval(estimate=estimate, low=low, high=high, error=error, samples=samples)

    return {
        kind: Recorded(
            levels=[(d, interval(ends)) for d, *ends in one["levels"]],
            growths=[interval(ends) for ends in one["growths"]],
        )
        for kind, one in found.items()
    }


def written(networks: int) -> str:
    """Draw so many networks of each kind and size, and write what is measured, as TOML."""
    from evidence.levels import STRICT_LESSON_ERROR as ERROR
    from evidence.moments import moment_exponent_interval, moment_interval
    from simulations.checks.section_3.one_pixel import over_all_pixels, windows
    from simulations.engine.sampler import Sampler

    ensembles = {
        "all": over_all_pixels("max-pool", sizes=SIZES),
        "windows": windows("max-pool"),
        "strides": windows("strided"),
        "averages": windows("average-pool"),
    }
    lines = [f"networks = {networks}", f"error = {ERROR}"]
    for kind, sizes in ensembles.items():
        norms = {
            sample.d: sample.norm(1.0, loss=True)
            for sample in Sampler(seed=SEED).sample(sizes, networks)
        }
        levels = {d: moment_interval(each, ERROR) for d, each in norms.items()}
        growths = [
            moment_exponent_interval(pair, [norms[d] for d in pair], ERROR)
            for pair in pairwise(norms)
        ]
        lines += [
            f"\n[{kind}]",
            f"levels = {[[d, one.estimate, one.low, one.high] for d, one in levels.items()]}",
            f"growths = {[[one.estimate, one.low, one.high] for one in growths]}",
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name(FILE).write_text(written(NETWORKS), "utf-8")
