"""Where the files of a run go, relative to the output folder."""

from pathlib import Path

FOLDER = Path("results") / "verify"
"""Of the files that the report shows or links to."""

JSON = FOLDER / "checks.json"
CONCORDANCE = FOLDER / "concordance.csv"
PICTURE = FOLDER / "claims.svg"

CLAIMS = Path("results") / "claims"
"""Of the files of a run of single claims, which has no report."""
