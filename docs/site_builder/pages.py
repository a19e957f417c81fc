"""Markdown files of the repository as pages, at the same places, with all that they link to."""

import re
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from htpy import a, body, footer, head, header, html, li, link, main, meta, nav, p, title, ul
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

LARGEST = 5_000_000
"""Bytes of a file that is copied because a page links to it."""

PLACES = (
    ("Start", "index.html"),
    ("Course", "course/index.html"),
    ("Ledger", "paper_checks.html"),
    ("Guides", "README.html"),
    ("API", "api/index.html"),
)


class Pages:
    """Pages of a site.

    Parameters
    ----------
    root : of the repository.
    site : folder of the site.
    """

    def __init__(self, root: Path, site: Path) -> None:
        self.root, self.site = root, site
        self._done: dict[Path, str] = {}
        self._markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        self._write(site / "site.css", Path(__file__).with_name("site.css").read_text("utf-8"))

    def start(self, file: Path) -> None:
        """Make the start page, whose links are between places of the site."""
        self._page(self.site / "index.html", self._markdown.parse(file.read_text("utf-8")))

    def put(self, source: Path) -> str:
        """Make the page of a file or folder of the repository, or copy it.

        Returns
        -------
        Its place in the site, from the site's folder; empty for one that is left out.
        """
        source = source.resolve()
        if source in self._done:
            return self._done[source]
        name = source.relative_to(self.root).as_posix()
        if source.is_dir():
            self._done[source] = f"{name}/index.html"
            self._list(source, name)
        elif source.suffix == ".md":
            self._done[source] = f"{name.removesuffix('.md')}.html"
            tokens = self._markdown.parse(source.read_text("utf-8"))
            self._follow(tokens, source)
            self._page(self.site / self._done[source], tokens)
        elif source.is_file() and source.stat().st_size <= LARGEST:
            self._done[source] = name
            (self.site / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, self.site / name)
        else:
            self._done[source] = ""
        return self._done[source]

    def _list(self, folder: Path, name: str) -> None:
        """Make a page that lists a folder."""
        found = [each for each in sorted(folder.iterdir()) if not each.name.startswith(("_", "."))]
        lines = [f"# {name}", ""]
        lines += [f"- [{each.name}]({quote(each.name)})" for each in found if self.put(each)]
        tokens = self._markdown.parse("\n".join(lines))
        self._follow(tokens, folder / "listing")
        self._page(self.site / name / "index.html", tokens)

    def _follow(self, tokens: Sequence[Token], source: Path) -> None:
        """Let links lead to the places of what they name, which is put there."""
        for token in _all(tokens):
            key = {"link_open": "href", "image": "src"}.get(token.type, "")
            target = str(token.attrGet(key) or "")
            parts = urlsplit(target)
            if not key or parts.scheme or not parts.path:
                continue
            place = self.put(source.parent / unquote(parts.path))
            up = "../" * len(source.parent.relative_to(self.root).parts)
            fragment = f"#{parts.fragment}" if parts.fragment else ""
            token.attrSet(key, f"{up}{quote(place)}{fragment}")

    def _page(self, file: Path, tokens: Sequence[Token]) -> None:
        """Write a page around Markdown."""
        heading = _name_headings(tokens)
        content = self._markdown.renderer.render(tokens, self._markdown.options, {})
        content = content.replace("<table>", '<div class="wide"><table>')
        content = content.replace("</table>", "</table></div>")
        up = "../" * len(file.parent.relative_to(self.site).parts)
        page = html(lang="en")[
            head[
                meta(charset="utf-8"),
                meta(name="viewport", content="width=device-width, initial-scale=1"),
                title[f"{heading} · sqrtd"],
                link(rel="stylesheet", href=f"{up}site.css"),
            ],
            body[
                header[
                    nav(aria_label="The site")[
                        ul[(li[a(href=up + place)[words]] for words, place in PLACES)]
                    ]
                ],
                main[Markup(content)],  # noqa: S704  (our own files)
                footer[p["sqrtd checks, simulates, trains and teaches one theory paper."]],
            ],
        ]
        self._write(file, str(page))

    def _write(self, file: Path, text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _all(tokens: Sequence[Token]) -> list[Token]:
    return [one for token in tokens for one in (token, *_all(token.children or ()))]


def _name_headings(tokens: Sequence[Token]) -> str:
    """Give headings the anchors that they have on GitHub, and return the first heading."""
    seen: dict[str, int] = {}
    first = ""
    for token, content in pairwise(tokens):
        if token.type == "heading_open":
            words = "".join(each.content for each in content.children or ())
            first = first or words
            name = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            times = seen.get(name, 0)
            seen[name] = times + 1
            token.attrSet("id", f"{name}-{times}" if times else name)
    return first
