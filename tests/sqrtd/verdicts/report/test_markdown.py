"""Texts stay texts: whatever is in them, a Markdown parser finds no heading, link or new cell."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sqrtd.verdicts.report.markdown import CODE, code_block, escaped, shortened, table

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
SIGNS = st.sampled_from([*"\\`*_[]()<>#|~$&!+-=:.1a ‖∂ε∞\n\r\t", "www.", "http://", "<b>", "`a`"])
TEXTS = st.text(st.characters(codec="utf-8")) | st.lists(SIGNS).map("".join)

ATTACKS = [
    "# a heading",
    "1. a list",
    "- a list",
    "> a quotation",
    "===",
    "---",
    "[a link](http://example.com)",
    "\\[a link](http://example.com)",
    "``[a link](http://example.com)`",
    "![a picture](x.png)",
    "<script>alert(1)</script>",
    "<http://example.com>",
    "two\n\n# lines",
    "a | b",
    "a `|` b",
    "\\| b",
    "*strong* and _emphasized_, ‖∂_x L‖_1 of ε_∞",
    "~~struck~~ &lt; $x$",
    "```",
    "    code",
]


def leaves(text):
    """The inline leaves of a parsed text."""
    return [
        leaf for token in PARSER.parse(text) if token.type == "inline" for leaf in token.children
    ]


def shown(some):
    return "".join(leaf.content for leaf in some)


def meant(text):
    """What a reader should see: the text on one line, code without its backticks."""
    return CODE.sub(r"\1", " ".join(text.replace("\0", "\ufffd").split()))


def with_examples(test):
    for attack in ATTACKS:
        test = example(attack)(test)
    return test


@with_examples
@given(TEXTS)
def test_a_text_is_one_paragraph_of_itself(text):
    blocks = [token.type for token in PARSER.parse(escaped(text))]
    assert blocks in ([], ["paragraph_open", "inline", "paragraph_close"])
    found = leaves(escaped(text))
    assert {leaf.type for leaf in found} <= {"text", "text_special", "code_inline"}
    assert re.sub(r"\s", "", shown(found)) == re.sub(r"\s", "", meant(text))


@with_examples
@given(TEXTS)
def test_a_text_is_one_cell_of_a_table(text):
    lines = table(["one", "two"], [[escaped(text), "end"]])
    types = [token.type for token in PARSER.parse("\n".join(lines))]
    assert types.count("td_open") == 2
    assert {leaf.type for leaf in leaves("\n".join(lines))} <= {
        "text",
        "text_special",
        "code_inline",
    }


@with_examples
@given(TEXTS)
def test_a_block_shows_a_text_as_it_is(text):
    tokens = PARSER.parse("\n".join(code_block(text)))
    assert [token.type for token in tokens] == ["fence"]


def test_what_is_not_escaped_would_be_seen():
    for attack in ("# a heading", "1. a list", "[a link](x)", "![a picture](x.png)", "<b>"):
        types = {token.type for token in PARSER.parse(attack)} | {x.type for x in leaves(attack)}
        assert types - {"paragraph_open", "inline", "paragraph_close", "text"}, attack


def test_addresses_are_not_made_links_by_github():
    assert escaped("see http://a.b and www.a.b") == "see http\\://a.b and www\\.a.b"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("as it is", "as it is"),
        ("cut  between words, not in them", "cut between …"),
        ("a `code span` that is cut", "a …"),
        ("withoutanyspaceatall", "withoutanysp …"),
    ],
)
def test_long_texts_are_cut_between_words(text, short):
    assert shortened(text, 13) == short


@given(TEXTS, st.integers(5, 60))
def test_short_texts_are_short(text, most):
    assert len(shortened(text, most)) <= most + 2
