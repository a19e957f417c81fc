"""Links of the served lessons, as links between the files of a folder."""

import re

LINK = re.compile(r'\b(href|src)="/(static/)?([\w-]*)(?=["?#.])')
ADDRESS = re.compile(r'\bdata-address="/[\w-]*')


def relative(html: str) -> str:
    """Let links such as "/random-walk?step=2" lead to "random-walk.html?step=2"."""

    def place(found: re.Match[str]) -> str:
        kind, static, name = found.groups()
        return f'{kind}="' + (f"static/{name}" if static else f"{name or 'index'}.html")

    return ADDRESS.sub('data-address="', LINK.sub(place, html))
