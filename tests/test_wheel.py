"""The wheel alone, in a fresh folder: it carries the recorded networks, and verdicts on them."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("evidence", "running", "theory", "simulations", "empirical", "teaching", "sqrtd")
LEDGER = "results/verify/checks.json"
"""From which the last lesson reads its verdicts."""

RECORDS = ("experiment.json", "networks.csv", "networks.npz")


def run(*command, where, **environment):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=where,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build in a copy, so that the checkout stays as it is."""
    copy, built = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("built")
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / room, copy / room, symlinks=True, ignore=ignored)
    shutil.copytree(ROOT / "results/train", copy / "results/train")
    (copy / LEDGER).parent.mkdir()
    shutil.copy(ROOT / LEDGER, copy / LEDGER)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, copy)
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "-w", str(built))
    run("-m", "pip", "wheel", *options, ".", where=copy)
    (found,) = built.glob("sqrtd-*.whl")
    return found


def test_it_carries_the_records_and_no_pictures_of_them(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    train = ROOT / "results/train"
    kept = [file for file in train.glob("*/*") if file.name in RECORDS]
    assert len(kept) >= 9
    assert {name for name in names if "/results/" in name} == {
        f"empirical/recorded/{file.relative_to(ROOT)}" for file in (*kept, ROOT / LEDGER)
    }
    assert "sqrtd/verdicts/report/checks.schema.json" in names
    assert "sqrtd/audit/page.css" in names


def test_verify_finds_them_from_a_fresh_folder(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    place = {"PYTHONPATH": str(tmp_path / "installed")}
    where = run("-c", "import empirical; print(empirical.__file__)", where=fresh, **place)
    assert where.startswith(str(tmp_path / "installed"))
    printed = run("-m", "sqrtd", "verify", "--claim", "figure-3", "--json", where=fresh, **place)
    (claim,) = json.loads(printed)["claims"]
    assert "read from results/train/figure-3-" in claim["data"]
    assert claim["verdict"] != "not checked"
    assert list(fresh.iterdir()) == []
