"""The file of a lesson's words, `text.toml`: read, checked, and its `{name}` places filled.

    [caption]
    walker = "The walk comes by {node} with probability {share}."

The code fills `{node}` and `{share}` with text, or with formulas. It fills all places of a text,
and no others, so that neither a translator nor a programmer leaves one behind.
"""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from importlib.resources import files
from string import Formatter
from typing import Any, TypeAlias

from htpy import Node, fragment
from markupsafe import Markup

from teaching.course import hypotheses

FILE = "text.toml"
TEXTS = ("title", "place", "serves", "lead", "summary")
TABLES = {
    "exercise": ("task", "solution"),
    "question": ("text", "options", "because"),
    "puzzle": ("task", "hints", "solved"),
}
LISTS = frozenset({"options", "hints", "claims", "uses", "follows", "sides"})
NAMED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "line": (
        ("mark", "reason"),
        ("uses", "follows", "says", "holds", "fails", "open", "sides", "claims", "code"),
    ),
    "handle": (("label",), ("note", "notes", "options")),
}
"""Tables of tables: the keys that each has to have, and those that it can have."""

SAID = ("assumptions", "group", "caption", "counterexample", "verdict", "says")
"""Tables of texts under names that the lesson chooses."""

MARKS = ("proved", "checked", "assumed")


class WordsError(ValueError):
    """A file of words and the code that uses it do not fit; the message says where and how."""


def read_texts(package: str) -> Mapping[str, Any]:
    """Read the words of a lesson.

    Parameters
    ----------
    package : the lesson's, such as "teaching.lessons.random_walk".

    Raises
    ------
    WordsError : no TOML, or a key that is missing, unknown, or of another type than it should be.
    """
    try:
        found = tomllib.loads(files(package).joinpath(FILE).read_text("utf-8"))
        _check(found)
    except (tomllib.TOMLDecodeError, WordsError) as error:
        raise WordsError(f"{package}, {FILE}: {error}") from None
    return found


Value: TypeAlias = Node | Fraction | float
"""What fills a place: a string, a number, or an element of HTML."""


def filled(name: str, texts: Sequence[str], values: Mapping[str, Value]) -> list[str]:
    """Fill the places of texts that share their values.

    Parameters
    ----------
    name : of the texts, for the message.
    texts : with places such as {d} or {d:,}; a brace itself is written twice.
    values : elements of HTML make the text one of them.

    Raises
    ------
    WordsError : a place that no value fills, or a value that has no place.
    """
    try:
        parsed = [list(Formatter().parse(text)) for text in texts]
    except ValueError as error:
        raise WordsError(f"{name}: {error}; a brace itself is written twice") from None
    places = {place for parts in parsed for _, place, _, _ in parts if place is not None}
    if missing := places - values.keys():
        raise WordsError(f"{name} has {_places(missing)}, which the code does not fill")
    if surplus := values.keys() - places:
        raise WordsError(f"the code fills {_places(surplus)}, which {name} does not have")
    return [_joined(parts, values) for parts in parsed]


def _joined(parts: Sequence[tuple[Any, ...]], values: Mapping[str, Value]) -> str:
    pieces: list[Node] = []
    for literal, place, form, _ in parts:
        pieces.append(literal)
        if place is not None:
            value = values[place]
            if form or isinstance(value, int | float | Fraction):
                value = format(value, form)
            pieces.append(value)
    if all(isinstance(piece, str) and not isinstance(piece, Markup) for piece in pieces):
        return "".join(map(str, pieces))
    return Markup(fragment[pieces])  # noqa: S704  (made by htpy, which escapes)


def _places(names: Collection[str]) -> str:
    return " and ".join(f"{{{name}}}" for name in sorted(names))


def _check(found: Mapping[str, Any]) -> None:
    _has("", found, (*TEXTS, "claims", *TABLES, *NAMED), SAID)
    for table, keys in TABLES.items():
        _has(f"{table}.", found[table], keys)
    for table, (keys, further) in NAMED.items():
        for name, entry in found[table].items():
            _has(f"{table}.{name}.", entry, keys, further)
    for table in SAID:
        for name, text in found.get(table, {}).items():
            _is(str, f"{table}.{name}", text)
    known = {*hypotheses(), *found.get("assumptions", ())}
    earlier: set[str] = set()
    for name, line in found["line"].items():
        _among(f"line.{name}.mark", [line["mark"]], MARKS)
        _among(f"line.{name}.uses", line.get("uses", ()), known)
        _among(f"line.{name}.follows", line.get("follows", ()), earlier)
        earlier.add(name)


def _has(where: str, table: object, keys: Collection[str], further: Collection[str] = ()) -> None:
    _is(dict, where.rstrip(".") or "the file", table)
    assert isinstance(table, dict)  # noqa: S101
    for key in keys:
        if key not in table:
            raise WordsError(f"{where}{key} is missing")
    for key, value in table.items():
        if key not in keys and key not in further:
            raise WordsError(f"{where}{key} is unknown; known are {', '.join((*keys, *further))}")
        is_table = not where and key not in (*TEXTS, "claims")
        is_table = is_table or key == "notes" or (key == "options" and where.startswith("handle."))
        _is(dict if is_table else list if key in LISTS else str, f"{where}{key}", value)


def _is(kind: type, where: str, value: object) -> None:
    words: dict[type, str] = {str: "a text", list: "a list", dict: "a table"}
    if not isinstance(value, kind):
        raise WordsError(f"{where} is to be {words[kind]}")


def _among(where: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise WordsError(f"{where}: {name!r} is none of {', '.join(known) or 'those above'}")
