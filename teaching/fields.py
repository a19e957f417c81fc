"""What the address of a lesson may hold: typed fields of a frozen dataclass.

A lesson's settings are a frozen dataclass whose fields are made by the functions here. Each knows
how it is written in the address, and refuses whatever it cannot read.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

T = TypeVar("T")
Settings = TypeVar("Settings")

LONGEST = 400
"""Characters of one value in an address."""

MOST = 4096
"""Characters of a whole query."""

MOST_SAMPLES = 1000
"""Samples to choose from by their seed."""


class AddressError(ValueError):
    """A value that a lesson does not have; the message is one line for the student."""


@dataclass(frozen=True)
class Field(Generic[T]):
    """How a setting is read and written.

    Attributes
    ----------
    parse : from text; raises `AddressError` for what is not a value of the field.
    write : to text, such that `parse(write(value)) == value`.
    ends : of a whole number, the smallest and the largest.
    options : of a choice, the words to choose from.
    """

    parse: Callable[[str], T]
    write: Callable[[T], str]
    ends: tuple[int, ...] = ()
    options: tuple[str, ...] = ()


def choice(*options: str) -> Any:  # noqa: ANN401  (as `dataclasses.field`)
    """Make a field for one of a few words; the first is the default."""

    def parse(text: str) -> str:
        if text not in options:
            raise AddressError(f"{_shown(text)} is not one of {', '.join(options)}")
        return text

    return custom(options[0], parse, str, options=options)


def flag() -> Any:  # noqa: ANN401
    """Make a field for a switch, which is off at first."""
    words = {"1": True, "": False}

    def parse(text: str) -> bool:
        if text not in words:
            raise AddressError(f"a switch is 1 or nothing, not {_shown(text)}")
        return words[text]

    return custom(False, parse, lambda on: "1" if on else "")


def whole(default: int, *, low: int, high: int) -> Any:  # noqa: ANN401
    """Make a field for a whole number from `low` to `high`."""

    def parse(text: str) -> int:
        digits = text[1:] if text.startswith("-") else text
        # Unicode has digits that are none of ours, and int() reads numbers of any length.
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
            raise AddressError(f"{_shown(text)} is not a whole number")
        if not low <= int(text) <= high:
            raise AddressError(f"{text} is not between {low} and {high}")
        return int(text)

    return custom(default, parse, str, ends=(low, high))


def sample_number() -> Any:  # noqa: ANN401
    """Make a field for the seed of a sample, to be named `sample`."""
    return whole(0, low=0, high=MOST_SAMPLES - 1)


def custom(
    default: T,
    parse: Callable[[str], T],
    write: Callable[[T], str],
    *,
    ends: tuple[int, ...] = (),
    options: tuple[str, ...] = (),
) -> Any:  # noqa: ANN401
    """Make a field with a reading and writing of its own (see `Field`)."""
    made = Field(parse, write, ends, options)
    return dataclasses.field(default=default, metadata={"field": made})


def fields_of(settings: type) -> Mapping[str, Field[Any]]:
    """Return the fields of a dataclass of settings, by name."""
    return {field.name: field.metadata["field"] for field in dataclasses.fields(settings)}


def changed(settings: Settings, name: str, text: str) -> Settings:
    """Return settings with one field read from text.

    Raises
    ------
    AddressError : a field that is not there, or text that it does not take.
    """
    fields = fields_of(type(settings))
    if name not in fields:
        raise AddressError(f"this lesson has no {_shown(name)}")
    value = fields[name].parse(text)
    return dataclasses.replace(settings, **{name: value})  # type: ignore[type-var]


def to_query(*parts: Any) -> str:  # noqa: ANN401
    """Write the fields of some settings that are not at their defaults as a query string."""
    pairs = []
    for settings in parts:
        defaults = type(settings)()
        for name, field in fields_of(type(settings)).items():
            value = getattr(settings, name)
            if value != getattr(defaults, name):
                pairs.append((name, field.write(value)))
    return urlencode(pairs)


def from_query(query: str, *kinds: type) -> list[Any]:
    """Read settings of some kinds from one query string; what is not named has its default.

    Raises
    ------
    AddressError : not name=value pairs, a name that is unknown or there twice, or a value that its
        field does not take.
    """
    if len(query) > MOST:
        raise AddressError(f"the address is longer than {MOST} characters")
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), errors="strict"
        )
    except ValueError:
        raise AddressError("the address is not made of name=value pairs") from None
    found = [kind() for kind in kinds]
    seen: set[str] = set()
    for name, text in pairs:
        if name in seen:
            raise AddressError(f"{_shown(name)} is there twice")
        seen.add(name)
        place = _place(kinds, name)
        try:
            if len(text) > LONGEST:
                raise AddressError(f"its value is longer than {LONGEST} characters")
            found[place] = changed(found[place], name, text)
        except AddressError as error:
            raise AddressError(f"{_shown(name)}: {error}") from None
    return found


def _place(kinds: Sequence[type], name: str) -> int:
    for place, kind in enumerate(kinds):
        if name in fields_of(kind):
            return place
    raise AddressError(f"this lesson has no {_shown(name)}")


def _shown(text: str) -> str:
    """Quote what came in, short and on one line."""
    return repr(text if len(text) <= 40 else text[:37] + "...")
