"""Links of a static site that lead nowhere."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name in ("id", "name") and value:
                self.anchors.add(value)


def dead_links(site: Path) -> list[str]:
    """Return a line for each link between files of a site that leads to no file or no anchor.

    Within a page of the API reference, anchors are its generator's: it links inherited methods
    that it does not show.
    """
    pages = {file: _Page(file) for file in sorted(site.rglob("*.html"))}
    dead = []
    for file, page in pages.items():
        for link in dict.fromkeys(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if target not in pages:
                if not target.is_file():
                    dead.append(f"{file.relative_to(site)}: {link} is not there")
                continue
            within_api = target == file and file.parent.name == "api"
            fragment = unquote(parts.fragment)
            if fragment and not within_api and fragment not in pages[target].anchors:
                dead.append(f"{file.relative_to(site)}: {link} has no such anchor")
    return dead
