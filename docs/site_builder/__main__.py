"""`make site`: the course, the ledger, the guides and the API reference as one static site.

    python docs/site_builder [FOLDER] [OPTIONS]  # site/ if left out; options of `teach --export`

It ends with exit code 1 and a list where a link of a page leads nowhere.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from links import dead_links
from pages import Pages

ROOT = Path(__file__).parents[2]
ROOMS = ("evidence", "running", "theory", "simulations", "empirical", "teaching", "sqrtd")
FIRST = (
    "README.md", "paper_checks.md", "CONTRIBUTING.md", "CHANGELOG.md", *sorted(
        file.relative_to(ROOT).as_posix() for file in (ROOT / "docs").glob("*.md")
    ),
)  # fmt: skip
"""Pages that are made; and so is whatever they link to."""


def main(site: Path, *options: str) -> int:
    """Make the site and check its links.

    Parameters
    ----------
    site : new, empty, or of an earlier site, which is removed.
    options : of `sqrtd teach --export`.
    """
    _clear(site)
    pages = Pages(ROOT, site)
    for name in FIRST:
        pages.put(ROOT / name)
    pages.start(Path(__file__).with_name("start.md"))
    _run("-m", "sqrtd", "teach", "--export", str(site / "course"), *options)
    _run(
        "-m", "pdoc", "--docformat", "numpy", "--no-show-source", "-o", str(site / "api"),
        *ROOMS, "!sqrtd.__main__",
    )  # fmt: skip
    dead = dead_links(site)
    for line in dead:
        print(line)
    size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    print(f"{site / 'index.html'}: {size / 1e6:.0f} MB, {len(dead)} dead links")
    return 1 if dead else 0


def _clear(site: Path) -> None:
    ours = all((site / name).is_file() for name in ("site.css", "paper_checks.html"))
    if site.is_dir() and any(site.iterdir()) and not ours:
        sys.exit(f"{site} has other things in it: give a new or an empty folder")
    if site.exists() and not site.is_dir():
        sys.exit(f"{site} is no folder")
    shutil.rmtree(site, ignore_errors=True)


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT)  # noqa: S603


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the static site.", allow_abbrev=False)
    parser.add_argument("folder", nargs="?", default="site", type=Path, metavar="FOLDER")
    given, options = parser.parse_known_args()
    sys.exit(main(given.folder.resolve(), *options))
