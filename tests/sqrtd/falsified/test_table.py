"""The committed table names every falsification, and each is noticed by a row."""

import csv
from pathlib import Path

import pytest

from sqrtd.falsified.catalogue import FALSIFICATIONS

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def table():
    with (DOCS / "falsified.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_names_every_falsification_with_its_rows(table):
    named: dict[str, list[str]] = {}
    for row in table:
        named.setdefault(row["falsification"], []).append(row["claim"])
    assert named == {name: list(one.rows) for name, one in FALSIFICATIONS.items()}


@pytest.mark.parametrize("name", FALSIFICATIONS)
def test_none_is_unnoticed(table, name):
    noticing = [row["claim"] for row in table if row["falsification"] == name and row["noticed"]]
    assert [claim for claim in noticing if not claim.startswith("oracle-")]


def test_the_page_names_every_falsification():
    page = (DOCS / "falsified.md").read_text(encoding="utf-8")
    assert all(f"| {name} |" in page for name in FALSIFICATIONS)
    assert "none went unnoticed" in page
