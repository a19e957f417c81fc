"""What every command and reader says to malformed input: options, files, places, users' code.

Run as `python benchmarks/malformed_inputs.py`: it takes half an hour on two cores. Each input goes
to the command in a process of its own, which has 10 seconds, not counting those in which it waits
for a core. It is to end with one line and exit code 2, and to leave nothing behind. Odd
conjectures, labels and styles, and results in which one entry was edited, may also be accepted.
What is tried is appended to `results/campaign/malformed_inputs.csv`, and the next call goes on
from there; `malformed_inputs.md` beside it counts. After a change of the code, begin anew with
`--anew`; after a mend, `--again` tries again what had a fault. `--kind TEXT` tries only some
readers, and writes nothing.
"""

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.robustness.attempts import FAULTS, attempts
from benchmarks.robustness.malformed_inputs import malformed_inputs

FOLDER = Path(__file__).parent.parent / "results" / "campaign"
COLUMNS = ("kind", "what", *FAULTS)


def main() -> None:
    """Try what was not tried, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--kind", help="only readers in whose name this is, such as --style")
    parser.add_argument("--anew", action="store_true", help="forget what was tried before")
    parser.add_argument("--again", action="store_true", help="forget what had a fault before")
    options = parser.parse_args()
    console = Console(stderr=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    record = FOLDER / "malformed_inputs.csv"
    if options.anew:
        record.unlink(missing_ok=True)
    rows = [] if options.kind or not record.exists() else _read(record)
    if options.again:
        rows = [row for row in rows if not any(row[fault] for fault in FAULTS)]
        record.unlink(missing_ok=True)
        for row in rows:
            _append(record, row)
    tried = {(row["kind"], row["what"]) for row in rows}
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        due = [
            one
            for one in malformed_inputs(Path(name) / "files")
            if (one.kind, _told(one.what)) not in tried and (options.kind or "") in one.kind
        ]
        runs = Path(name) / "runs"
        runs.mkdir()
        for one, found in track(attempts(due, runs), "inputs", len(due), console=console):
            row = {"kind": one.kind, "what": _told(one.what)}
            row |= {fault: _told(text.replace(name, "")) for fault, text in found.items()}
            rows.append(row)
            if found:
                console.print(row, markup=False)
            if not options.kind:
                _append(record, row)
    page = _page(rows)
    if options.kind:
        print(page)
    else:
        (FOLDER / "malformed_inputs.md").write_text(page, encoding="utf-8")


def _told(text: str) -> str:
    """Write a value so that a table can hold it."""
    return text.encode("unicode_escape", "surrogatepass").decode()[:200]


def _read(record: Path) -> list[dict[str, str]]:
    with record.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _append(record: Path, row: Mapping[str, str]) -> None:
    is_new = not record.exists()
    with record.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)


def _page(rows: Sequence[Mapping[str, str]]) -> str:
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    lines = [
        "# Malformed inputs",
        "",
        "Written by `python benchmarks/malformed_inputs.py`, never by hand. Each input is to be "
        "refused in one line, with exit code 2, within 10 seconds (without those in which it waits "
        "for a core), and to leave no file. Odd conjectures, labels and styles, and results in "
        "which one entry was edited, may also be accepted.",
        "",
        "| given to | inputs | traceback | over 10 s | exit code | several lines | files left |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for kind, chosen in [
        *((kind, [row for row in rows if row["kind"] == kind]) for kind in kinds),
        ("**all**", rows),
    ]:
        counts = [sum(bool(row.get(fault)) for row in chosen) for fault in FAULTS]
        cells = [kind, str(len(chosen)), *(str(count or "") for count in counts)]
        lines.append(f"| {' | '.join(cells)} |")
    faulty = [row for row in rows if any(row.get(fault) for fault in FAULTS)]
    if faulty:
        lines += ["", "| given to | input | fault |", "| --- | --- | --- |"]
    for row in faulty:
        said = "; ".join(f"{fault}: {row[fault]}" for fault in FAULTS if row.get(fault))
        cells = [row["kind"], row["what"], said]
        lines.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
