"""Records as text and as HTML."""

from evidence.records import html_table, text_table

ROWS = [
    {"name": "a", "size": 1.23456, "note": None},
    {"name": "<b>", "size": 22, "note": "x"},
]


def test_text_stands_left_and_numbers_right():
    assert text_table(ROWS).splitlines() == [
        "name   size  note",
        "a     1.235  -",
        "<b>      22  x",
    ]


def test_html_is_escaped():
    table = html_table(ROWS)
    assert "<td>&lt;b&gt;</td>" in table
    assert table.count("<tr>") == 3


def test_no_rows_are_said_to_be_none():
    assert text_table([]) == "(no rows)"
    assert html_table([]) == "<p>(no rows)</p>"
