"""Tables whose words stay whole, however narrow the terminal is."""

import io

import pytest
from rich.console import Console

from sqrtd.terminal.tables import print_table

HEADS = ["network", "accuracy", "vulnerability"]
ROWS = [["paper-figure-3-average", "61.5%", "15.2%"], ["dense", "no upper end", "-"]]


def printed(width, **options):
    stream = io.StringIO()
    print_table(Console(file=stream, width=width), HEADS, ROWS, **options)
    return stream.getvalue()


@pytest.mark.parametrize(("width", "tables"), [(80, 1), (57, 1), (56, 2), (45, 2), (10, 2)])
def test_words_are_whole_and_names_stand_in_each_part(width, tables):
    text = printed(width)
    assert text.count("paper-figure-3-average") == tables
    for word in (*HEADS[1:], "no upper end", "15.2%"):
        assert text.count(word) == 1
    if width >= 45:
        assert max(map(len, text.splitlines())) <= width


def test_several_columns_can_be_names():
    assert printed(45, names=2).count("no upper end") == 1
    assert printed(45, names=2).count("network") == 1
