"""The pages of `make site` that are made from Markdown, and the check of links."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUILDER = ROOT / "docs/site_builder"


@pytest.fixture
def builder(monkeypatch):
    monkeypatch.syspath_prepend(str(BUILDER))
    import links
    import pages

    yield pages.Pages, links.dead_links
    for name in ("links", "pages"):
        del sys.modules[name]


def test_the_guides_link_to_nothing_that_is_not_there(builder, tmp_path):
    pages, dead_links = builder
    site = pages(ROOT, tmp_path)
    for file in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        site.put(file)
    site.start(BUILDER / "start.md")
    left = [line for line in dead_links(tmp_path) if "course/" not in line and "api/" not in line]
    assert left == []
    assert (tmp_path / "paper_checks.html").is_file()
    assert (tmp_path / "results/verify/claims.svg").is_file()


def test_a_folder_of_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    done = subprocess.run(
        [sys.executable, BUILDER, tmp_path], capture_output=True, text=True, cwd=ROOT
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "has other things in it: give a new or an empty folder" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("other.html", ""),
        ("other.html#there", ""),
        ("#here", ""),
        ("https://example.org/", ""),
        ("gone.html", "page.html: gone.html is not there"),
        ("other.html#here", "page.html: other.html#here has no such anchor"),
        ("#there", "page.html: #there has no such anchor"),
    ],
)
def test_a_dead_link_is_found(builder, tmp_path, link, says):
    (tmp_path / "page.html").write_text(f'<h1 id="here"></h1><a href="{link}">x</a>')
    (tmp_path / "other.html").write_text('<h1 id="there"></h1>')
    assert builder[1](tmp_path) == ([says] if says else [])


def test_headings_have_anchors_and_files_are_copied(builder, tmp_path):
    root, site = tmp_path / "root", tmp_path / "site"
    (root / "docs").mkdir(parents=True)
    (root / "docs/guide.md").write_text(
        "# A guide: *first* steps\n\n## Twice\n\n## Twice\n\n"
        "[a](../data/) [b](../more.md#x-y) ![c](c.png)\n"
    )
    (root / "docs/c.png").write_bytes(b"png")
    (root / "more.md").write_text("# X y\n")
    (root / "data").mkdir()
    (root / "data/table.csv").write_text("1")
    assert builder[0](root, site).put(root / "docs/guide.md") == "docs/guide.html"
    page = (site / "docs/guide.html").read_text()
    for part in (
        'id="a-guide-first-steps"',
        'id="twice"',
        'id="twice-1"',
        'src="../docs/c.png"',
        'href="../more.html#x-y"',
        'href="../data/index.html"',
    ):
        assert part in page
    assert (site / "data/table.csv").read_text() == "1"
    assert "table.csv" in (site / "data/index.html").read_text()
