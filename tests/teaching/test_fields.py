"""Addresses hold settings exactly, and nothing else is taken for one."""

from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teaching.fields import (
    LONGEST,
    MOST,
    AddressError,
    changed,
    choice,
    custom,
    flag,
    from_query,
    to_query,
    whole,
)


def read_letters(text):
    if not text.isalpha():
        raise AddressError("letters only")
    return tuple(text)


@dataclass(frozen=True)
class Settings:
    p: str = choice("2", "1", "∞")
    bias: bool = flag()
    d: int = whole(4, low=-3, high=4096)
    word: tuple = custom(("a",), read_letters, "".join)


@dataclass(frozen=True)
class More:
    step: int = whole(0, low=0, high=9)


settings = st.builds(
    Settings,
    p=st.sampled_from(["2", "1", "∞"]),
    bias=st.booleans(),
    d=st.integers(-3, 4096),
    word=st.text("abcXYZäß", min_size=1, max_size=9).map(tuple),
)


@given(settings, st.builds(More, step=st.integers(0, 9)))
def test_what_is_written_is_read(first, second):
    assert from_query(to_query(first, second), Settings, More) == [first, second]


def test_the_start_needs_no_query():
    assert to_query(Settings(), More()) == ""
    assert from_query("", Settings, More) == [Settings(), More()]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("d=5000", "'d': 5000 is not between -3 and 4096"),
        ("d=٣", "is not a whole number"),
        ("d=1e3", "is not a whole number"),
        ("d=" + "9" * 300, "is not a whole number"),
        ("d=", "is not a whole number"),
        ("bias=true", "a switch is 1 or nothing"),
        ("p=3", "is not one of 2, 1, ∞"),
        ("word=a1", "'word': letters only"),
        ("word=" + "a" * (LONGEST + 1), "longer than"),
        ("x=1", "this lesson has no 'x'"),
        ("__class__=1", "this lesson has no '__class__'"),
        ("d=1&d=1", "'d' is there twice"),
        ("d", "not made of name=value pairs"),
        ("&", "not made of name=value pairs"),
        ("word=%ff%fe", "not made of name=value pairs"),
        ("a" * (MOST + 1), "the address is longer than"),
    ],
)
def test_what_was_not_written_is_refused_in_one_line(query, reason):
    with pytest.raises(AddressError, match=r".") as caught:
        from_query(query, Settings, More)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    for query in (text, f"d={text}", f"word={text}", f"{text}=1"):
        with suppress(AddressError):
            found = from_query(query, Settings, More)
            assert from_query(to_query(*found), Settings, More) == found


def test_a_field_that_is_not_there():
    with pytest.raises(AddressError, match="has no 'q'"):
        changed(Settings(), "q", "1")
