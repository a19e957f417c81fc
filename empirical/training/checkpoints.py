"""Checkpoints of a training: whole or not there, and of this very training."""

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from empirical.errors import TrainingError
from evidence.errors import damage_of
from running.arrays import read_tensors
from running.files import replacing
from running.places import is_there, read_bytes

_MAGIC = b"sqrtd checkpoint 3\n"
_DIGEST_SIZE = 32


def write_checkpoint(path: Path, identity: Mapping[str, str], state: Mapping[str, Any]) -> None:
    """Write a checkpoint, and move it into place when it is whole.

    Parameters
    ----------
    path : where; folders above are created.
    identity : what the training is, by words: `read_checkpoint` compares it.
    state : tensors, numbers, strings, and dictionaries and lists of them.

    Raises
    ------
    TrainingError : the file cannot be written; what was there before is then untouched.
    """
    buffer = io.BytesIO()
    torch.save({"identity": dict(identity), "state": dict(state)}, buffer)
    content = buffer.getvalue()
    with replacing(path, error=TrainingError) as temporary:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(_MAGIC + hashlib.sha256(content).digest() + content)


def read_checkpoint(
    path: Path, identity: Mapping[str, str], *, device: torch.device | str = "cpu"
) -> dict[str, Any] | None:
    """Read the state that `write_checkpoint` wrote; None where there is no file.

    Parameters
    ----------
    path : the file.
    identity : what the training is that wants to continue.
    device : where the tensors go.

    Raises
    ------
    TrainingError : the file cannot be read, is damaged, or belongs to another training.
    """
    if not is_there(path, error=TrainingError):
        return None
    file = read_bytes(path, error=TrainingError)
    start = len(_MAGIC) + _DIGEST_SIZE
    content = file[start:]
    if file[:start] != _MAGIC + hashlib.sha256(content).digest():
        raise TrainingError(
            f"{path} is damaged or no checkpoint: delete it to begin this training anew"
        )
    # Whole, but anyone can write a hash.
    with undamaged(path):
        saved = read_tensors(io.BytesIO(content), device=device)
        state, found = dict(saved["state"]), dict(saved["identity"])
    for key, ours in identity.items():
        theirs = found.get(key)
        if theirs != ours:
            raise TrainingError(
                f"the checkpoint {path} belongs to another training: its {key} is {theirs}, "
                f"not {ours}"
            )
    return state


@contextmanager
def undamaged(path: Path) -> Iterator[None]:
    """Take any exception of a block, which uses what a checkpoint holds, for its damage.

    Raises
    ------
    TrainingError : for an `Exception` of the block.
    """
    try:
        yield
    except Exception as error:  # whatever torch says of other states
        raise TrainingError(
            f"{str(path)!r} is damaged ({damage_of(error)}): delete it to begin this training anew"
        ) from error


def fingerprint(*tensors: Tensor) -> str:
    """Twelve hexadecimal digits that change with any value, type or shape of the tensors."""
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(f"{tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:12]
