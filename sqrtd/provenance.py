"""Where a result comes from: version, commit, seed, device, libraries."""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import torch


def provenance(
    *, seed: int, device: torch.device, **details: str | float
) -> dict[str, str | int | float]:
    """Describe a run, for the result file and the report.

    Parameters
    ----------
    seed, device : the run's.
    details : what else decides its numbers, such as the budget.
    """
    return {
        "sqrtd": _version(),
        "commit": _commit(),
        "seed": seed,
        **details,
        "device": _device_name(device),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
    }


def _version() -> str:
    try:
        return version("sqrtd")
    except PackageNotFoundError:  # run from a checkout, with torch alone
        return "not installed"


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"cpu, {torch.get_num_threads()} threads"


def _commit() -> str:
    """Return the commit of the checkout this file belongs to, "-modified" if it differs."""
    here = Path(__file__)
    try:
        _git("ls-files", "--error-unmatch", here.name)
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":/*.py")
        return _git("rev-parse", "--short=12", "HEAD") + ("-modified" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "not a git checkout"


def _git(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603  (arguments are ours)
        ["git", *arguments],  # noqa: S607  (the git on the user's path is the one to ask)
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
