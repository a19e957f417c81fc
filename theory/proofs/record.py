"""Which theorems Coq has checked, as theorems.json says, and whether they still stand there so.

A theorem is named "module:name", such as "lemma_7:lemma_7" for the theorem `lemma_7` of lemma_7.v.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evidence.errors import UserError, damage_of, reason_of

FOLDER = Path(__file__).parent
RECORD = FOLDER / "theorems.json"
CLOSED = "Closed under the global context"
"""What Coq says of a theorem that rests on no axiom."""

AGAIN = "`make proofs` checks the proofs again"


def sources(folder: Path = FOLDER) -> dict[str, str]:
    """Return the text of each .v file by its module's name, each after those that it requires."""
    texts = {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.v"))}
    ordered: dict[str, str] = {}

    def add(module: str) -> None:
        if module not in ordered:
            for other in required(texts[module]):
                add(other)
            ordered[module] = texts[module]

    for module in texts:
        add(module)
    return ordered


def required(text: str) -> list[str]:
    """Return the modules of ours that a .v file requires."""
    lines = re.findall(r"^Require Import ([\w ]+)\.$", text, flags=re.MULTILINE)
    return [module for line in lines for module in line.split()]


def statements(text: str) -> dict[str, str]:
    """Return what a .v file states as its theorems, in its own words, by name."""
    found = re.findall(r"^Theorem (\w+)(.*?)\nProof\b", text, flags=re.MULTILINE | re.DOTALL)
    return {name: " ".join(stated.split()) for name, stated in found}


def statement_hash(texts: Mapping[str, str], module: str, name: str) -> str:
    """Return the SHA-256 of a statement, its file and all files with definitions that it uses.

    Parameters
    ----------
    texts : as of `sources`.
    module, name : of the theorem.
    """
    used, pending = {module}, [module]
    while pending:
        new = set(required(texts[pending.pop()])) - used
        used |= new
        pending += new
    parts = [statements(texts[module])[name], *(texts[one] for one in sorted(used))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def require_proved(proof: str, folder: Path = FOLDER) -> None:
    """Make sure that Coq has checked a theorem, without axioms, as it is stated now.

    Parameters
    ----------
    proof : "module:name".
    folder : of the .v files and of theorems.json.

    Raises
    ------
    UserError
        If the record cannot be read, lacks the theorem, is of another statement, or tells axioms.
    """
    module, _, name = proof.partition(":")
    texts = sources(folder)
    if name not in statements(texts.get(module, "")):
        raise UserError(f"no theorem {proof!r} stands in the .v files of theory/proofs")
    recorded = _read(folder / RECORD.name).get(proof)
    if recorded is None:
        raise UserError(f"theorems.json does not say that {proof!r} was checked; {AGAIN}")
    if recorded.get("hash") != statement_hash(texts, module, name):
        raise UserError(f"theorems.json is of another state of {proof!r}; {AGAIN}")
    if recorded.get("assumptions") != CLOSED:
        raise UserError(f"the proof of {proof!r} rests on axioms, as theorems.json says")


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))["theorems"])
    except OSError as error:
        raise UserError(f"cannot read {str(path)!r}: {reason_of(error)}; {AGAIN}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{str(path)!r} is no record: {damage_of(error)}; {AGAIN}") from None
