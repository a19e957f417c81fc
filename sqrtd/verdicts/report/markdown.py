"""Markdown: texts that stay texts, links and tables.

Names in records, paths of users and messages of other libraries end up in the report. `escaped`
keeps them what they are: none becomes a heading, a link, a picture or a new cell of a table.
"""

import re
from collections.abc import Sequence

CODE = re.compile(r"(?<![`\\])`([^`|]+)`(?!`)")
"""A code span, such as `sqrtd verify`: nothing in it is Markdown. A | would end a table's cell."""

SPECIAL = re.compile(r"[\\`*\[\]<|~$&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=//)|(?<=www)\.")
AT_THE_START = re.compile(r"^(?:[#>+=-]|\d+(?=[.)]))")


def escaped(text: str) -> str:
    """Return a text as one line of Markdown that reads as the text does, code spans as code."""
    line = " ".join(text.replace("\0", "\ufffd").split())
    parts = CODE.split(line)
    parts[::2] = [SPECIAL.sub(r"\\\g<0>", part) for part in parts[::2]]
    parts[1::2] = [f"`{part}`" for part in parts[1::2]]
    return AT_THE_START.sub(_escaped_start, "".join(parts))


def _escaped_start(found: re.Match[str]) -> str:
    mark = found[0]
    return f"&#{ord(mark[0])};{mark[1:]}"


def shortened(text: str, most: int) -> str:
    """Cut a text between two words, with an ellipsis, where it has more than `most` characters."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most - 1].rpartition(" ")[0] or text[: most - 1]
    if cut.count("`") % 2:  # not inside a code span
        cut = cut.rpartition("`")[0]
    return cut.rstrip(" ,;:(") + " …"


def link(id: str) -> str:  # noqa: A002
    """Return the link to the row of a claim."""
    return f"[{id}](#{id})"


def links(ids: Sequence[str]) -> str:
    """Return the links to the rows of some claims."""
    return ", ".join(map(link, ids))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table whose cells are Markdown already, without a bare |."""
    head, *body = ["| " + " | ".join(row) + " |" for row in (columns, *rows)]
    return [head, "| " + " | ".join("---" for _ in columns) + " |", *body]


def code_block(text: str) -> list[str]:
    """Return the lines of a block that shows a text as it is, whatever is in it."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *text.rstrip().splitlines(), fence]
