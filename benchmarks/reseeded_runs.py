"""How often the sampled claims come out wrong, undecided or unchallenged, over many seeds.

Run as `python benchmarks/reseeded_runs.py --runs 50`. Each run samples everything anew at the
default budget and judges the sampled part of every claim of the ledger.
"""

import argparse
import time
from collections import Counter
from collections.abc import Mapping, Sequence

import torch
from rich.console import Console
from rich.table import Table

from evidence.findings import Outcome, combined, silent
from evidence.levels import LEDGER_ERROR, statement_error
from simulations.engine.sampler import Sampler
from sqrtd.ledgers import read_ledger
from sqrtd.verdicts.checks import sampled_part, statements_by_chance
from sqrtd.verdicts.claims import Claim, Settings
from sqrtd.verdicts.judge import Result, judge

LEDGER = read_ledger()


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--claim", action="append", help="only this claim (repeatable)")
    options = parser.parse_args()
    claims = [
        claim
        for claim in LEDGER.claims
        if sampled_part(claim.check) and (not options.claim or claim.id in options.claim)
    ]
    unexpected = {claim.id for claim in claims} - set(LEDGER.expected)
    if unexpected:
        parser.error(f"the ledger expects no verdict for {', '.join(sorted(unexpected))}")
    seconds: Counter[str] = Counter()
    results: dict[str, list[Result]] = {claim.id: [] for claim in claims}
    console = Console()
    for run in range(options.runs):
        for result in _run(claims, options.first_seed + run):
            results[result.claim.id].append(result)
            seconds[result.claim.id] += result.seconds
            if kind := _fault(result):
                console.print(f"seed {options.first_seed + run}: {result.claim.id} {kind}")
    console.print(_table(results, seconds))


def _run(claims: Sequence[Claim], seed: int) -> list[Result]:
    device = torch.device("cpu")
    settings = Settings(
        seed=seed,
        budget=1.0,
        device=device,
        data=None,  # type: ignore[arg-type]  # nothing is trained
        error=statement_error(LEDGER_ERROR, statements_by_chance(LEDGER.claims)),
        sampler=Sampler(seed=seed, device=device),
    )
    results = []
    for claim in claims:
        check = sampled_part(claim.check)
        assert check is not None
        start = time.perf_counter()
        evidence = check(settings, silent)
        results.append(judge(claim, evidence, seconds=time.perf_counter() - start))
    return results


def _fault(result: Result) -> str:
    """Say what is amiss: a wrong verdict, an undecided one, a false neighbour not refuted."""
    assert result.evidence is not None
    verdicts = (combined(result.evidence.stated), result.corrected)
    controls = result.evidence.controls
    spared = [control for control in controls if control.outcome is not Outcome.FAILS]
    if spared:
        return f"spares a false neighbour: {spared[0].statement} ({spared[0].summary})"
    if verdicts == LEDGER.expected[result.claim.id]:
        return ""
    if Outcome.UNDECIDED in verdicts:
        return f"undecided: {_open(result)}"
    return f"wrong: {' / '.join(map(str, verdicts))}"


def _open(result: Result) -> str:
    assert result.evidence is not None
    findings = (*result.evidence.stated, *result.evidence.corrected)
    return "; ".join(
        f"{finding.statement} ({finding.summary})"
        for finding in findings
        if finding.outcome is Outcome.UNDECIDED
    )


def _table(results: Mapping[str, Sequence[Result]], seconds: Mapping[str, float]) -> Table:
    table = Table("claim", "runs", "wrong", "undecided", "false neighbours spared", "seconds a run")
    total: Counter[str] = Counter()
    for name, of_claim in results.items():
        faults = Counter(_fault(result).partition(" ")[0].rstrip(":") for result in of_claim)
        total += faults
        table.add_row(
            name,
            str(len(of_claim)),
            *(str(faults[kind]) for kind in ("wrong", "undecided", "spares")),
            f"{seconds[name] / len(of_claim):.2f}",
        )
    table.add_section()
    runs = sum(map(len, results.values()))
    table.add_row(
        "all",
        str(runs),
        *(str(total[kind]) for kind in ("wrong", "undecided", "spares")),
        f"{sum(seconds.values()) / max(map(len, results.values())):.2f}",
    )
    return table


if __name__ == "__main__":
    main()
