"""Formulas are well-formed MathML that says what was written."""

from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teaching.pictures.mathml import (
    formula,
    fraction,
    rational,
    root,
    row,
    sub,
    subsup,
    sup,
    total,
    words,
)


def tree(element):
    return ET.fromstring(str(element))


def text(element):
    return "".join(tree(element).itertext())


def test_letters_numbers_and_signs_are_told_apart():
    found = tree(formula("2x + 12.5 = ‖g‖"))
    assert [(part.tag, part.text) for part in found.iter() if part.text] == [
        ("mn", "2"), ("mi", "x"), ("mo", "+"), ("mn", "12.5"), ("mo", "="), ("mo", "‖"),
        ("mi", "g"), ("mo", "‖"),
    ]  # fmt: skip


@given(st.text("ab12+−=(),.‖∂ ", min_size=1).filter(str.strip))
def test_nothing_that_was_written_is_lost(written):
    assert text(formula(written)) == "".join(written.split())


@given(st.text(min_size=1, max_size=20).filter(lambda t: t.isprintable()))
def test_words_are_escaped(written):
    assert text(formula(words(written))) == written


@pytest.mark.parametrize(
    ("value", "said"), [(3, "3"), (Fraction(6, 2), "3"), (Fraction(-1, 2), "−12"), (0, "0")]
)
def test_rationals(value, said):
    assert text(rational(value)) == said


def test_parts_stand_where_they_belong():
    found = tree(formula(fraction("a", root("b")), sub("x", 1), sup("y", 2), subsup("z", 3, 4)))
    assert [part.tag for part in found] == ["mfrac", "msub", "msup", "msubsup"]
    assert [part.tag for part in tree(total("∑", "i"))] == ["mo", "mi"]


def test_linked_terms_take_the_focus():
    linked = tree(row("x", link="path-1 path-2"))
    assert linked.attrib["data-link"] == "path-1 path-2"
    assert linked.attrib["tabindex"] == "0"
    assert "tabindex" not in tree(row("x")).attrib
