"""The table of miss rates as a page in Markdown."""

from collections.abc import Mapping, Sequence

from .measured import Measured
from .settings import LEVELS, Setting

MOST = 1.5
"""Misses over nominal ones that pass."""

DEVIATIONS = 2.5
"""Of the simulation, by which a ratio above `MOST` is more than chance."""

Row = tuple[Setting, Mapping[float, Measured]]

HEAD = """# How often the intervals miss

Written by `python benchmarks/coverage.py`; not to be edited. What the intervals are, and why,
stands in [statistics.md](statistics.md).

Each figure is the number of misses at the worse end of the interval, over half of the number that
the error level allows: a statement can hang on one end alone. 1 is what a perfect interval has,
less is caution, and above {most:g} the interval does not hold its level. In brackets:
how often the interval is finite, where that is not always; an infinite interval never misses, and
leaves a claim undecided. A dot (·) marks figures that are known within a third only.

"""


def page(rows: Sequence[Row]) -> str:
    """Write the page.

    Parameters
    ----------
    rows : settings with their measured rates by error level.
    """
    held = [row for row in rows if not row[0].excused]
    excused = [row for row in rows if row[0].excused]
    exceeding = [row for row in held if any(_exceeds(one) for one in row[1].values())]
    largest = max(one.ratio for _, of in held for one in of.values())
    text = HEAD.format(most=MOST)
    text += f"**{len(held)} settings are to hold their level**; the largest figure of theirs is "
    text += f"{largest:.2f}, and {len(exceeding)} of them exceed {MOST:g} by more than chance. "
    text += (
        f"{len(excused)} more settings are listed below in which no interval of this kind can hold "
        "it, each with the reason.\n\n"
    )
    for kind in dict.fromkeys(setting.kind for setting, _ in held):
        text += f"## `{kind}`\n\n" + _table([row for row in held if row[0].kind == kind]) + "\n"
    text += "## Where the level cannot be held\n\n"
    for reason in dict.fromkeys(setting.excused for setting, _ in excused):
        text += f"### {reason[0].upper()}{reason[1:]}\n\n"
        text += _table([row for row in excused if row[0].excused == reason]) + "\n"
    return text.rstrip("\n") + "\n"


def _table(rows: Sequence[Row]) -> str:
    lines = ["| law | samples | " + " | ".join(f"{level:g}" for level in LEVELS) + " |"]
    lines.append("| --- | --- |" + " ---: |" * len(LEVELS))
    lines += [
        f"| {setting.law} | {setting.samples} | "
        + " | ".join(_cell(of[level]) if level in of else "" for level in LEVELS)
        + " |"
        for setting, of in rows
    ]
    return "\n".join(lines) + "\n"


def _cell(one: Measured) -> str:
    if one.finite == 0 and one.ratio == 0:
        return "infinite"
    digits = f"{one.ratio:.0f}" if one.ratio >= 10 else f"{one.ratio:.2f}"
    figure = f"**{digits}**" if one.ratio > MOST else digits
    loose = "·" if one.ratio > 0.5 and one.deviation > one.ratio / 3 else ""
    finite = f" ({100 * one.finite:.0f} %)" if one.finite < 0.995 else ""
    return f"{figure}{loose}{finite}"


def _exceeds(one: Measured) -> bool:
    return one.ratio - DEVIATIONS * one.deviation > MOST
