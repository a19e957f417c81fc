"""`sqrtd verify --falsify`: rows turn red, nothing is written, all is as before."""

import pytest

from sqrtd.cli import main
from sqrtd.falsified.catalogue import FALSIFICATIONS


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_row_turns_red_and_nothing_is_written(here, capsys):
    assert main(["verify", "--falsify", "one-path-missing", "--claim", "lemma-7"]) == 0
    out = capsys.readouterr().out
    assert "holds" in out
    assert "fails" in out
    assert "1 of 1 rows notice" in out
    assert list(here.iterdir()) == []
    assert main(["verify", "--claim", "lemma-7"]) == 0


def test_the_exit_code_is_1_where_no_row_notices(capsys):
    assert main(["verify", "--falsify", "one-path-missing", "--claim", "eq-5"]) == 1
    assert "0 of 1 rows notice" in capsys.readouterr().out


def test_the_names_are_listed(capsys):
    assert main(["verify", "--falsify", "list"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in FALSIFICATIONS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--falsify", ""], "unknown falsification ''"),
        (["--falsify", "one-path-mising"], "did you mean 'one-path-missing'?"),
        (["--falsify", "one-path-missing", "--claim", "lemma-70"], "unknown claim 'lemma-70'"),
        (["--falsify", "one-path-missing", "--out", "there"], "--falsify writes nothing"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, message, here, capsys):
    assert main(["verify", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert list(here.iterdir()) == []
