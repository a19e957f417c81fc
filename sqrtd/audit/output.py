"""What `sqrtd audit` saves and prints."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from running.files import explained, replacing
from simulations.audit.network_audit import Audit
from sqrtd.audit.numbers import fixed, percent, short, with_ends
from sqrtd.audit.page import answers, page, sampled
from sqrtd.audit.trained_weights import TrainedWeights
from sqrtd.runs import simulation_output
from sqrtd.runs.files import as_json


def folder(network: str) -> Path:
    """Return where the results of a network go, relative to the output folder."""
    return Path("results") / "audit" / simulation_output.folder(network).name


def save(
    place: Path, audit: Audit, trained: Sequence[TrainedWeights], described: Mapping[str, Any]
) -> list[Path]:
    """Write audit.html and audit.json into a folder, each moved there when both are whole.

    Returns
    -------
    The files.

    Raises
    ------
    UserError
        If a file cannot be written.
    """
    with explained(place):
        place.mkdir(parents=True, exist_ok=True)
    # Wall time would make the pages of equal runs differ.
    origin = {k: v for k, v in described["provenance"].items() if k != "seconds"}
    written = {
        place / "audit.html": page(audit, trained, network=described["network"], provenance=origin),
        place / "audit.json": as_json(described) + "\n",
    }
    with ExitStack() as moves:
        for file, text in written.items():
            moves.enter_context(replacing(file)).write_text(text, encoding="utf-8")
    return list(written)


def print_audit(
    audit: Audit, trained: Sequence[TrainedWeights], network: str, files: Sequence[Path]
) -> None:
    """Print the answers, and the exponents behind them."""
    console = Console(markup=False, emoji=False, highlight=False)
    console.print(f"{network}, random networks: {sampled(audit)}.", soft_wrap=True)
    for answer in answers(audit):
        console.print(answer, soft_wrap=True)
    exponents = Table("grows like d to the power of", "measured", "predicted")
    for one in (audit.norm, audit.damage):
        predicted = one.predicted_exponent
        exponents.add_row(
            one.label, with_ends(one.exponent), "-" if predicted is None else fixed(predicted)
        )
    console.print(exponents)
    if audit.effects:
        effects = Table("remedy", f"l1-norm at {audit.sizes[-1]} times", "exponent changes by")
        for effect in audit.effects:
            effects.add_row(effect.remedy.label, with_ends(effect.factor), with_ends(effect.change))
        console.print(effects)
    for weights in trained:
        console.print(
            f"Trained weights at size {weights.size}: accuracy {percent(weights.accuracy)}, mean "
            f"‖∂_x L‖_1 {short(weights.norm_1.estimate)}, changed by FGSM {percent(weights.fgsm)}, "
            f"by PGD {percent(weights.pgd)}.",
            soft_wrap=True,
        )
    console.print(f"Saved as {', '.join(map(str, files))}", soft_wrap=True)
