"""Which rows of the ledger turn red when one ingredient of the library is made wrong.

Run as `python benchmarks/falsified_ingredients.py`. Each falsification of
`sqrtd.falsified.catalogue` is applied in turn, and the rows that may notice it are run without and
with it. What was found is kept in docs/falsified.csv after each one, so that a run that was stopped
goes on where it was; `--again NAME` (or `--again all`) runs falsifications anew. The page
docs/falsified.md is written from the CSV file. It takes about an hour on one core.
"""

import argparse
import csv
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from rich.console import Console

from running.files import replacing
from sqrtd.falsified.catalogue import FALSIFICATIONS
from sqrtd.falsified.falsification import Falsification
from sqrtd.falsified.noticing import Told, run_rows
from sqrtd.ledgers import read_ledger
from sqrtd.verdicts.claims import Settings
from sqrtd.verdicts.run import prepare_run

SEED = 0
ROOT = Path(__file__).parent.parent
TABLE, PAGE = ROOT / "docs" / "falsified.csv", ROOT / "docs" / "falsified.md"
COLUMNS = ("falsification", "claim", "as it is", "falsified", "noticed", "why")

Found = dict[str, list[dict[str, str]]]
"""The rows of the CSV file, by falsification."""


def main() -> None:
    """Run what has not been run, and write the table and the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--again", action="append", default=[], metavar="NAME")
    options = parser.parse_args()
    found = {} if "all" in options.again else _read()
    console = Console()
    left = [f for name, f in FALSIFICATIONS.items() if name not in found or name in options.again]
    for number, falsification in enumerate(left, 1):
        start = time.perf_counter()
        rows = _run(falsification)
        found[falsification.name] = rows
        _write({name: found[name] for name in FALSIFICATIONS if name in found})
        noticed = [row["claim"] for row in rows if row["noticed"]]
        console.print(
            f"{number} of {len(left)}: {falsification.name}, "
            f"{', '.join(noticed) or '[bold red]UNNOTICED[/]'} "
            f"({time.perf_counter() - start:.0f} s)"
        )


def _run(falsification: Falsification) -> list[dict[str, str]]:
    claims = falsification.rows
    true = {claim: _as_it_is(claim) for claim in claims}
    false = _rows(claims, falsification)
    return [
        {
            "falsification": falsification.name,
            "claim": claim,
            "as it is": true[claim].verdict,
            "falsified": false[claim].verdict,
            "noticed": "yes" if true[claim].is_noticed_in(false[claim]) else "",
            "why": false[claim].why,
        }
        for claim in claims
    ]


@cache
def _as_it_is(claim: str) -> Told:
    return _rows([claim])[claim]


def _rows(claims: Sequence[str], falsification: Falsification | None = None) -> Mapping[str, Told]:
    ledger = read_ledger()

    def prepare() -> Settings:
        return prepare_run(
            ledger,
            claims,
            seed=SEED,
            budget=1.0,
            device="cpu",
            data="digits",
            store=None,
            results=None,
        )[1]

    return run_rows(ledger, claims, prepare, Console(quiet=True), falsification)


def _read() -> Found:
    found: Found = {}
    if TABLE.exists():
        with TABLE.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["falsification"], []).append(row)
    return found


def _write(found: Found) -> None:
    with replacing(TABLE) as place, place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for rows in found.values() for row in rows)
    with replacing(PAGE) as place:
        place.write_text(_page(found), encoding="utf-8")


def _page(found: Found) -> str:
    unnoticed = [name for name, rows in found.items() if not any(row["noticed"] for row in rows)]
    lines = [
        "# Falsified ingredients",
        "",
        "Written by `python benchmarks/falsified_ingredients.py`, never by hand.",
        "",
        "A check that stays green whatever the library computes shows nothing. So one ingredient "
        "of the library after the other is made wrong on purpose, such as the variance of the "
        "weights, and the rows of the ledger that may notice are run without and with it. A row "
        "*notices* when it turns red: when its verdict becomes another one, *error* included. A "
        "row that only becomes undecided does not count. To see it happen:",
        "",
        "    sqrtd verify --falsify loss-gradient-of-opposite-sign",
        "",
        f"Of {len(found)} falsifications, {len(unnoticed) or 'none'} went unnoticed"
        f"{': ' + ', '.join(unnoticed) if unnoticed else ''}. The verdicts, and why they changed, "
        "are in [falsified.csv](falsified.csv).",
        "",
        "| falsification | what is wrong then | rows that notice | rows that do not |",
        "| --- | --- | --- | --- |",
    ]
    for name, rows in found.items():
        split = {
            red: ", ".join(row["claim"] for row in rows if bool(row["noticed"]) is red)
            for red in (True, False)
        }
        lines.append(f"| {name} | {FALSIFICATIONS[name].says} | {split[True]} | {split[False]} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
