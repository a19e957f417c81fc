"""`sqrtd diff`: the verdicts that changed, and exit codes that scripts can use."""

import json

import pytest
from small_ledger import small_verification

from sqrtd.cli import main
from sqrtd.verdicts.report.as_json import to_json


@pytest.fixture
def files(tmp_path):
    saved = to_json(small_verification())

    def write(change=lambda claims: None):
        run = json.loads(saved)
        change(run["claims"])
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        file.write_text(json.dumps(run))
        return str(file)

    return write


def test_the_same_verdicts(files, capsys):
    def other_figures(claims):
        claims[0]["stated"] = []
        claims[0]["seconds"] = 9

    assert main(["diff", files(), files(other_figures)]) == 0
    assert capsys.readouterr().out == "all 11 verdicts are the same\n"


def test_verdicts_that_changed_came_or_went(files, capsys):
    def change(claims):
        claims[1]["verdict"] = "fails"
        claims[6]["corrected"]["outcome"] = "holds"
        claims[8]["id"] = "section-7"

    assert main(["diff", files(), files(change)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "eq-1: holds, misprint mended; corrected: holds → fails; corrected: holds",
        "figure-3: not reproduced at this scale; corrected: undecided → not reproduced at this "
        "scale; corrected: holds",
        "section-6: not checked → no such claim",
        "section-7: no such claim → not checked",
    ]


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{}",
        '{"claims": 1}',
        '{"claims": [{"id": "a"}]}',
        '{"claims": ["a"]}',
    ],
)
def test_a_file_that_holds_no_verdicts_is_named(files, tmp_path, capsys, content):
    file = tmp_path / "other.json"
    file.write_text(content)
    assert main(["diff", files(), str(file)]) == 2
    error = capsys.readouterr().err
    assert "other.json' holds no verdicts" in error
    assert error.count("\n") == 1


def test_a_file_that_is_not_there_is_named(files, tmp_path, capsys):
    assert main(["diff", str(tmp_path / "none.json"), files()]) == 2
    assert "none.json'" in capsys.readouterr().err
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    assert main(["diff", str(tmp_path / "binary.json"), files()]) == 2
