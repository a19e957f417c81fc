"""What `kill -9` at random moments costs: finished work, files left behind, other results.

Run as `python benchmarks/killed_runs.py`: it takes half an hour on two cores. `simulate`, `train`,
`verify` and `audit` are each killed 25 times, at moments drawn uniformly over the length of an
undisturbed run, and started again. Then is counted which pieces of work, of those that the store
had when the run was killed, were computed again; what the killed run left behind; and whether the
results are those of a run that nobody disturbed, bit for bit. Each kill is appended to
`results/campaign/killed_runs.csv`, and the next call goes on from there; `killed_runs.md` beside it
counts. After a change of the code, begin anew with `--anew`.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.progress import track

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.robustness.kills import COMMANDS, Undisturbed, differences, killed, undisturbed

FOLDER = Path(__file__).parent.parent / "results" / "campaign"
COLUMNS = ("command", "kill", "moment", "over", "finished", "lost", "leftover", "different")


def main() -> None:
    """Kill what was not killed, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--kills", type=int, default=25, help="of each command (25)")
    parser.add_argument("--anew", action="store_true", help="forget the kills before")
    options = parser.parse_args()
    console = Console(stderr=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    record = FOLDER / "killed_runs.csv"
    if options.anew or not record.exists():
        record.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        done = {(row["command"], int(row["kill"])) for row in _read(record)}
        pairs = [(kill, command) for kill in range(options.kills) for command in COMMANDS]
        due = [(kill, command) for kill, command in pairs if (command, kill) not in done]
        named = dict.fromkeys(command for _, command in due)
        expected = {command: _expected(command, Path(name)) for command in named}
        for kill, command in track(due, "kills", console=console):
            share = np.random.default_rng((list(COMMANDS).index(command), kill)).uniform()
            found = killed(
                COMMANDS[command],
                Path(name) / f"{command}-{kill}",
                after=share * expected[command].seconds,
                expected=expected[command],
            )
            with record.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerow(
                    [
                        command, kill, f"{share:.3f}", "yes" if found.was_over else "",
                        found.finished, found.lost, " ".join(found.leftover),
                        " ".join(found.different),
                    ]
                )  # fmt: skip
    (FOLDER / "killed_runs.md").write_text(_page(_read(record)), encoding="utf-8")


def _expected(command: str, folder: Path) -> Undisturbed:
    """Run a command twice without killing it; the first run also loads what later ones share."""
    first, second = (undisturbed(COMMANDS[command], folder / f"{command}-{n}") for n in "ab")
    unequal = differences(first.results, second.results)
    if unequal:
        raise SystemExit(f"{command} is not reproducible by itself: {', '.join(unequal)}")
    return second


def _read(record: Path) -> list[dict[str, str]]:
    with record.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _page(rows: Sequence[dict[str, str]]) -> str:
    lines = [
        "# Killed runs",
        "",
        "Written by `python benchmarks/killed_runs.py`, never by hand. Each run was killed with "
        "`kill -9` at a random moment, and started again. *Finished* are the pieces of work that "
        "the store had when the run was killed, summed over all kills; *computed again* those of "
        "them that the next start did not take from there. *Before any, in the middle, over* says "
        "how many kills came before any work was finished, after some was, or after the run's end.",
        "",
        "| command | kills | before any, in the middle, over | finished | computed again "
        "| starts after which files were left | other results |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in [*COMMANDS, "**all**"]:
        chosen = [row for row in rows if name in (row["command"], "**all**")]
        over = sum(row["over"] == "yes" for row in chosen)
        before = sum(row["over"] != "yes" and row["finished"] == "0" for row in chosen)
        cells = [
            name, len(chosen), f"{before}, {len(chosen) - before - over}, {over}",
            sum(int(row["finished"]) for row in chosen), sum(int(row["lost"]) for row in chosen),
            sum(bool(row["leftover"]) for row in chosen),
            sum(bool(row["different"]) for row in chosen),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    faulty = [row for row in rows if row["leftover"] or row["different"] or row["lost"] != "0"]
    if faulty:
        lines += [
            "", "| command | kill | at | computed again | files left | other results |",
            "| --- | --- | --- | --- | --- | --- |",
        ]  # fmt: skip
    for row in faulty:
        cells = [row[key] for key in ("command", "kill", "moment", "lost", "leftover", "different")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
