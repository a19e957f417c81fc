"""Whatever is in a message, it is one short line."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import (
    LONGEST_LINE,
    LONGEST_WORD,
    UserError,
    damage_of,
    lacks_memory,
    one_line,
    reason_of,
)

ANY_TEXT = st.text(st.characters(), max_size=50)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: torch.empty(2**50),
        lambda: torch.empty(2**40, 2**40),
        lambda: np.empty(2**50),
        lambda: bytearray(2**60),
    ],
)
def test_what_asks_for_more_memory_than_there_is_is_told(ask):
    with pytest.raises((MemoryError, RuntimeError)) as refused:
        ask()
    assert lacks_memory(refused.value)


@pytest.mark.parametrize("error", [RuntimeError("shapes differ"), ValueError("out of memory")])
def test_other_errors_tell_nothing_of_memory(error):
    assert not lacks_memory(error)


@given(ANY_TEXT)
def test_any_text_is_one_line_that_files_can_hold(text):
    line = one_line(text)
    assert line.isprintable()
    line.encode()
    assert one_line(line) == line


@given(st.text(st.characters(categories=("L", "N")), min_size=LONGEST_WORD + 1, max_size=2000))
def test_long_words_lose_their_middle(word):
    line = one_line(f"unknown {word}; give another")
    assert line.startswith(f"unknown {word[:100]}")
    assert line.endswith("; give another")
    assert len(line) < LONGEST_WORD + 40


@given(st.lists(st.just("many words"), min_size=200))
def test_long_lines_keep_what_would_be_right(words):
    line = one_line(f"{' '.join(words)}; give another")
    assert line.endswith("; give another")
    assert len(line) <= LONGEST_LINE


def test_plain_text_stays_as_it_is():
    text = "cannot read 'résumé/∂.toml': no such file"
    assert one_line(text) == text


@pytest.mark.parametrize("error", [UserError, type("Other", (UserError,), {})])
@given(text=ANY_TEXT)
def test_errors_for_users_are_one_line(error, text):
    assert str(error(text)) == one_line(text)
    assert str(error(error(text))) == one_line(text)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FileNotFoundError(2, "No such file or directory", "x"), "No such file or directory"),
        (ValueError("a\n  b\tc"), "a b c"),
        (
            RuntimeError(
                "cannot do it\nException raised from f at g.cpp:3 (most recent call first):\n"
                "frame #0: c10::Error::Error + 0x57 (0x7f in libc10.so)"
            ),
            "cannot do it",
        ),
        (RuntimeError("cannot do it\nframe #0: c10::Error"), "cannot do it"),
        (ValueError(), ""),
    ],
)
def test_reasons_of_other_libraries(error, reason):
    assert reason_of(error) == reason


def test_an_exception_without_text_has_no_reason():
    class MuteError(Exception):
        def __str__(self):
            raise ZeroDivisionError

    assert reason_of(MuteError()) == ""


@pytest.mark.parametrize(
    ("error", "damage"),
    [
        (KeyError("cell"), "it lacks 'cell'"),
        (
            TypeError("__init__() got an argument"),
            "what it holds is of another form",
        ),
        (RuntimeError("Error(s) in loading state_dict"), "what it holds is of another form"),
        (ValueError("norms is not finite"), "norms is not finite"),
    ],
)
def test_damage_is_told_without_names_of_ours(error, damage):
    assert damage_of(error) == damage
