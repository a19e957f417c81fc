"""How often every kind of interval misses, at the error levels that the ledger uses.

Run as `python benchmarks/coverage.py`: it takes about a quarter of an hour on one core, and writes
docs/coverage.md. `--quick` takes a minute, with a tenth of the runs, and writes nothing; `--kind`
measures one kind of interval alone, and writes nothing either. All seeds are fixed.
"""

import argparse
from pathlib import Path

from interval_coverage.grid import grid
from interval_coverage.page import page
from interval_coverage.settings import LEVELS
from rich.console import Console
from rich.progress import track

PAGE = Path(__file__).parent.parent / "docs" / "coverage.md"


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the runs")
    parser.add_argument("--kind", help="only this kind, such as moment_interval")
    options = parser.parse_args()
    settings = [one for one in grid() if options.kind in (None, one.kind)]
    if not settings:
        parser.error(f"{options.kind}: no such kind; there are {', '.join(_kinds())}")
    console = Console(stderr=True)
    share = 0.1 if options.quick else 1.0
    rows = []
    for setting in track(settings, "coverage", console=console):
        rows.append((setting, {level: setting.worst(level, share=share) for level in LEVELS}))
        figures = ", ".join(
            f"{one.ratio:.2f} ± {one.deviation:.2f}" for one in rows[-1][1].values()
        )
        console.print(f"{setting.kind}: {setting.law}, {setting.samples}: {figures}")
    if options.quick or options.kind:
        print(page(rows))
    else:
        PAGE.write_text(page(rows), encoding="utf-8")


def _kinds() -> list[str]:
    return list(dict.fromkeys(setting.kind for setting in grid()))


if __name__ == "__main__":
    main()
