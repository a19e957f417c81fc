"""Check all proofs with Coq, and write theorems.json: `make proofs`."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from evidence.errors import UserError
from running.files import replacing
from theory.proofs.record import CLOSED, FOLDER, RECORD, sources, statement_hash, statements

INSTALL = "apt-get install -y --no-install-recommends coq libcoq-mathcomp-algebra"
UNPROVED = re.compile(
    r"\b(Admitted|admit|give_up|Axioms?|Conjectures?|Parameters?|bypass_check|Unset (Guard|Positiv"
    r"ity|Universe) Checking)\b"
)
QUIET = ["-w", "-notation-overridden,-ambiguous-paths"]


def main() -> int:
    """Check, write the record, and say what was found; 2 where Coq is missing or refuses."""
    start = time.perf_counter()
    try:
        theorems = check(sources())
    except UserError as error:
        print(f"proofs: {error}", file=sys.stderr)
        return 2
    version = _run(["coqc", "--print-version"], FOLDER).split()[0]
    with replacing(RECORD) as temporary:
        record = {"coq": version, "theorems": theorems}
        text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
        temporary.write_text(text, encoding="utf-8")
    seconds = time.perf_counter() - start
    print(f"{len(theorems)} theorems, no axioms, none admitted: Coq {version}, {seconds:.0f} s")
    return 0


def check(texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Let Coq check .v files in a folder of their own.

    Parameters
    ----------
    texts : as of `theory.proofs.record.sources`.

    Returns
    -------
    By "module:name" each theorem's statement as Coq tells it, its hash and its assumptions.

    Raises
    ------
    UserError
        If Coq is missing, a proof is left out or refused, or a theorem rests on an axiom.
    """
    for module, text in texts.items():
        if left_out := UNPROVED.search(_without_comments(text)):
            raise UserError(f"{module}.v has {left_out[0]!r}: prove it, or leave it out")
    if shutil.which("coqc") is None:
        raise UserError(f"Coq is not there: {INSTALL}")
    theorems = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for module, text in texts.items():
            _compile(folder, module, text)
        for module, text in texts.items():
            if names := list(statements(text)):
                told = _told(folder, module, names)
                for name, (statement, assumptions) in told.items():
                    if assumptions != CLOSED:
                        raise UserError(f"{module}:{name} rests on axioms: {assumptions}")
                    theorems[f"{module}:{name}"] = {
                        "statement": statement,
                        "hash": statement_hash(texts, module, name),
                        "assumptions": assumptions,
                    }
    return theorems


def _told(folder: Path, module: str, names: list[str]) -> dict[str, tuple[str, str]]:
    """Ask Coq for the statements and assumptions of a module's theorems."""
    asked = "".join(
        f"Check @{name}.\nPrint Assumptions {name}.\nCheck (tt : unit).\n" for name in names
    )
    head = "From mathcomp Require Import all_ssreflect all_algebra.\n"
    lines = f"{head}Require {module}.\nImport {module}.\nSet Printing Width 100.\n{asked}"
    *answers, _ = re.split(r"^tt\s+: unit$", _compile(folder, "asked", lines), flags=re.MULTILINE)
    told = {}
    for name, answer in zip(names, answers, strict=True):
        statement, closed, _ = answer.partition(CLOSED)
        statement, _, axioms = statement.partition("Axioms:")
        stated = " ".join(statement.split()).partition(" : ")[2]
        told[name] = (stated, closed or f"Axioms: {' '.join(axioms.split())}")
    return told


def _compile(folder: Path, module: str, text: str) -> str:
    (folder / f"{module}.v").write_text(text, encoding="utf-8")
    return _run(["coqc", *QUIET, "-R", ".", "sqrtd", f"{module}.v"], folder)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise UserError(f"Coq refuses {command[-1]}: {' '.join(done.stderr.split())}")
    return done.stdout


def _without_comments(text: str) -> str:
    return re.sub(r"\(\*.*?\*\)", "", text, flags=re.DOTALL)


if __name__ == "__main__":
    sys.exit(main())
