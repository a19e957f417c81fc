"""How often the sampled claims come out wrong, undecided or unchallenged, over many seeds.

Run as `python benchmarks/reseeded_runs.py --runs 200`. Each run samples everything anew at the
default budget and judges the sampled part of every claim of the ledger. A finished run is appended
to `results/reseeded/runs.csv`, and the next call goes on from there; `table.md` beside it counts.
Each line names the commit of its run. After a change of the checks, begin a new file with `--out`.
"""

import argparse
import csv
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import track

from evidence.findings import Outcome, combined, silent
from evidence.levels import LEDGER_ERROR, statement_error
from simulations.engine.sampler import Sampler
from sqrtd.ledgers import read_ledger
from sqrtd.provenance import provenance
from sqrtd.verdicts.checks import sampled_part, statements_by_chance
from sqrtd.verdicts.claims import Claim, Settings
from sqrtd.verdicts.judge import Result, judge

LEDGER = read_ledger()
DEVICE = torch.device("cpu")
FOLDER = Path(__file__).parent.parent / "results" / "reseeded"
COLUMNS = ("seed", "claim", "fault", "what", "seconds", "commit")
FAULTS = ("wrong", "undecided", "spares")


def main() -> None:
    """Run what is missing, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--claim", action="append", help="only this claim (repeatable)")
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args()
    claims = [
        claim
        for claim in LEDGER.claims
        if sampled_part(claim.check) and (not options.claim or claim.id in options.claim)
    ]
    unexpected = {claim.id for claim in claims} - set(LEDGER.expected)
    if unexpected:
        parser.error(f"the ledger expects no verdict for {', '.join(sorted(unexpected))}")
    options.out.mkdir(parents=True, exist_ok=True)
    runs, table = options.out / "runs.csv", options.out / "table.md"
    rows = list(_read(runs))
    done = {(int(row["seed"]), row["claim"]) for row in rows}
    seeds = range(options.first_seed, options.first_seed + options.runs)
    console = Console(stderr=True)
    for seed in track(seeds, "reseeded runs", console=console):
        due = [claim for claim in claims if (seed, claim.id) not in done]
        if not due:
            continue
        found = [_row(seed, result) for result in _run(due, seed)]
        _append(runs, found)
        rows += found
        table.write_text(_table(rows), encoding="utf-8")
        for row in found:
            if row["fault"]:
                console.print(f"seed {seed}: {row['claim']} {row['fault']}: {row['what']}")
    print(_table(rows))


def _run(claims: Sequence[Claim], seed: int) -> Iterator[Result]:
    settings = Settings(
        seed=seed,
        budget=1.0,
        device=DEVICE,
        data=None,  # type: ignore[arg-type]  # nothing is trained
        error=statement_error(LEDGER_ERROR, statements_by_chance(LEDGER.claims)),
        sampler=Sampler(seed=seed, device=DEVICE),
    )
    for claim in claims:
        check = sampled_part(claim.check)
        assert check is not None
        start = time.perf_counter()
        evidence = check(settings, silent)
        yield judge(claim, evidence, seconds=time.perf_counter() - start)


def _row(seed: int, result: Result) -> dict[str, str]:
    fault, _, what = _fault(result).partition(": ")
    return {
        "seed": str(seed),
        "claim": result.claim.id,
        "fault": fault,
        "what": what,
        "seconds": f"{result.seconds:.2f}",
        "commit": str(provenance(seed=seed, device=DEVICE)["commit"]),
    }


def _fault(result: Result) -> str:
    """Say what is amiss: a wrong verdict, an undecided one, a false neighbour not refuted."""
    assert result.evidence is not None
    outcomes = (combined(result.evidence.stated), result.corrected)
    expected = LEDGER.expected[result.claim.id]
    pairs = list(zip(outcomes, expected, strict=True))
    if any(got not in (wanted, Outcome.UNDECIDED) for got, wanted in pairs):
        return f"wrong: {' / '.join(map(str, outcomes))}"
    for control in result.evidence.controls:
        if control.outcome is not Outcome.FAILS:
            return f"spares: {control.statement} ({control.summary})"
    if outcomes == expected:
        return ""
    findings = (*result.evidence.stated, *result.evidence.corrected)
    return "undecided: " + "; ".join(
        f"{finding.statement} ({finding.summary})"
        for finding in findings
        if finding.outcome is Outcome.UNDECIDED
    )


def _read(file: Path) -> Iterator[dict[str, str]]:
    if file.is_file():
        with file.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)


def _append(file: Path, rows: Sequence[Mapping[str, str]]) -> None:
    is_new = not file.is_file()
    with file.open("a", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS)
        if is_new:
            writer.writeheader()
        writer.writerows(rows)


def _table(rows: Sequence[Mapping[str, str]]) -> str:
    by_claim = defaultdict(list)
    for row in rows:
        by_claim[row["claim"]].append(row)
    lines = [
        "# Sampled claims under many seeds",
        "",
        "Written by `python benchmarks/reseeded_runs.py`. Counted are wrong outcomes, undecided "
        "ones, and false neighbours that were not refuted.",
        "",
        "| claim | runs | wrong | undecided | neighbours spared | seconds a run |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_line(name, of_claim) for name, of_claim in by_claim.items()),
        _line("all", rows),
    ]
    return "\n".join(lines) + "\n"


def _line(name: str, rows: Sequence[Mapping[str, str]]) -> str:
    faults = Counter(row["fault"] for row in rows)
    seconds = sum(float(row["seconds"]) for row in rows) / max(len(rows), 1)
    cells = [name, str(len(rows)), *(str(faults[fault]) for fault in FAULTS), f"{seconds:.2f}"]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
