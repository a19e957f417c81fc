"""The command line: exit codes, one-line errors, and files that are whole or untouched."""

import json
import math
import os
import signal
import subprocess
import sys

import pytest
from matplotlib.figure import Figure

import sqrtd.ledgers.paper
from evidence.findings import Evidence, Exact, Table
from sqrtd.cli import main
from sqrtd.verdicts.claims import Claim, Correction, Ledger, Verdict

HOLDS = Exact(statement="true", cases=3)
FAILS = Exact(statement="false", cases=3, counterexample="the empty network")
OPEN = Exact(statement="open", cases=0)


def claim(id, check):  # noqa: A002
    return Claim(
        id=id,
        where="Section 0",
        statement=f"Statement of {id}.",
        check=check,
        correction=Correction(kind=Verdict.FAILS, statement="Another one."),
    )


def check_that(*stated, corrected=()):
    return lambda settings, progress: Evidence(
        method="By looking.",
        stated=stated,
        corrected=corrected,
        controls=[FAILS],
        tables=[Table(title="Sizes", columns=["d", "size"], rows=[[4, 0.123456], [8, math.inf]])],
        plots={"plot": Figure()},
    )


def broken(settings, progress):
    raise ZeroDivisionError("a bug of ours")


def interrupted(settings, progress):
    raise KeyboardInterrupt


@pytest.fixture
def ledger(monkeypatch):
    def fill(*checks):
        claims = [claim(f"lemma-{number}", check) for number, check in enumerate(checks)]
        claims.append(Claim(id="eq-0", where="Section 0", statement="x = x.", reason="obvious"))
        ledger = Ledger(source="paper", title="Nobody: *Nothing*", claims=claims)
        monkeypatch.setattr(sqrtd.ledgers.paper, "LEDGER", ledger)

    return fill


@pytest.mark.parametrize(
    ("checks", "code"),
    [
        ([check_that(HOLDS), check_that(FAILS, corrected=[HOLDS])], 0),
        ([check_that(HOLDS), check_that(OPEN)], 1),
        ([check_that(FAILS, corrected=[OPEN])], 1),
        ([check_that(HOLDS), broken], 1),
    ],
)
def test_exit_code_says_whether_all_was_decided(ledger, tmp_path, checks, code):
    ledger(*checks)
    assert main(["verify", "--out", str(tmp_path)]) == code


def test_report_and_results_hold_every_claim(ledger, tmp_path, capsys):
    ledger(check_that(HOLDS), check_that(FAILS, corrected=[HOLDS]), broken)
    main(["verify", "--out", str(tmp_path), "--json"])
    report = (tmp_path / "paper_checks.md").read_text()
    saved = json.loads((tmp_path / "results/verify/checks.json").read_text())
    assert json.loads(capsys.readouterr().out) == saved
    assert saved["claims"][0]["tables"][0]["rows"] == [[4, 0.123456], [8, "inf"]]
    assert [c["verdict"] for c in saved["claims"]] == ["holds", "fails", "error", "not checked"]
    assert saved["claims"][1]["corrected"]["outcome"] == "holds"
    for text in ("### lemma-2", "a bug of ours", "### eq-0", "Reason: obvious."):
        assert text in report
    assert "Tables: [1](results/verify/lemma-0-1.csv)." in report
    for suffix in ("png", "svg"):
        assert (tmp_path / f"results/verify/plot.{suffix}").stat().st_size > 0
    table = (tmp_path / "results/verify/lemma-0-1.csv").read_bytes()
    assert table == b"d,size\r\n4,0.123456\r\n8,inf\r\n"


def test_two_runs_differ_in_provenance_lines_only(ledger, tmp_path):
    ledger(check_that(HOLDS))
    reports = []
    for _ in range(2):
        main(["verify", "--out", str(tmp_path)])
        lines = (tmp_path / "paper_checks.md").read_text().splitlines()
        reports.append([line for line in lines if not line.startswith("Provenance:")])
        assert len(lines) == len(reports[-1]) + 1
    assert reports[0] == reports[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "--claim", "lemma-00"], "unknown claim 'lemma-00'; did you mean 'lemma-0'?"),
        (["verify", "--claim", "zzz"], "unknown claim 'zzz'; `sqrtd claims` lists them"),
        (["verify", "--claim", "eq-0"], "claim 'eq-0' has no check: obvious"),
        (["verify", "--budget", "-1"], "'-1' is not a budget"),
        (["verify", "--budget", "nan"], "'nan' is not a budget"),
        (["verify", "--budget", "1e308"], "'1e308' is not a budget"),
        (["verify", "--seed", "-3"], "'-3' is not a seed"),
        (["verify", "--device", "gpu"], "unknown device 'gpu'"),
        (["verify", "--device", "meta"], "unknown device 'meta'"),
        (["verify", "--device", "cpu:5"], "unknown device 'cpu:5'"),
        (["verify", "--device", "cuda:99"], "no device 'cuda:99'"),
        (["verify", "--data", "mnist"], "'mnist'"),
        (["verify", "--data", "cifar10:/does/not/exist"], "/does/not/exist"),
        (["verify", "--claim=--"], "'--claim=--' gives no value"),
        (["verify", "--data=--"], "'--data=--' gives no value"),
        (["verify", "--bud", "1"], "unrecognized arguments: --bud"),
        (["prove"], "invalid choice: 'prove'"),
        ([], "COMMAND"),
    ],
)
def test_bad_input_gets_one_line_and_leaves_nothing(ledger, tmp_path, capsys, arguments, message):
    ledger(check_that(HOLDS))
    out = tmp_path / "out"
    place = ["--out", str(out)] if arguments[:1] == ["verify"] else []
    try:
        code = main([*arguments, *place])
    except SystemExit as exit_:
        code = exit_.code
    printed = capsys.readouterr().err
    assert code == 2
    assert message in printed
    assert printed.count("\n") == 1
    assert not out.exists()


def test_an_output_place_that_cannot_be_written_is_named(ledger, tmp_path, capsys):
    ledger(check_that(HOLDS))
    file = tmp_path / "file"
    file.touch()
    assert main(["verify", "--out", str(file)]) == 2
    assert f"cannot write into '{file}" in capsys.readouterr().err
    (tmp_path / "paper_checks.md").mkdir()
    assert main(["verify", "--out", str(tmp_path)]) == 2
    assert "it is a folder" in capsys.readouterr().err


def test_an_interrupted_run_leaves_the_earlier_report(ledger, tmp_path):
    (tmp_path / "paper_checks.md").write_text("earlier")
    ledger(check_that(HOLDS), interrupted)
    assert main(["verify", "--out", str(tmp_path)]) == 130
    assert (tmp_path / "paper_checks.md").read_text() == "earlier"


def test_an_interruption_while_writing_leaves_whole_files(ledger, tmp_path, monkeypatch):
    """Every step of writing is interrupted once, before and after the move into place."""
    replace = os.replace
    for last in range(7):  # table, SVG, PNG, concordance, graph, JSON, report
        ledger(check_that(HOLDS))
        (tmp_path / "paper_checks.md").write_text("earlier")
        moved = []

        def moving(source, target, *, last=last, moved=moved):
            if len(moved) == last:
                raise KeyboardInterrupt
            moved.append(target)
            replace(source, target)

        monkeypatch.setattr(os, "replace", moving)
        assert main(["verify", "--out", str(tmp_path)]) == 130
        assert (tmp_path / "paper_checks.md").read_text() == "earlier"
        assert list(tmp_path.rglob(".*.partial")) == []


def test_a_killed_run_leaves_the_earlier_report(tmp_path):
    """The check kills its own process, so that the moment is certain."""
    (tmp_path / "paper_checks.md").write_text("earlier")
    program = (
        "import os, signal, sqrtd.ledgers.paper, sqrtd.cli\n"
        "from sqrtd.verdicts.claims import Claim, Correction, Ledger, Verdict\n"
        "kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "claims = [Claim(id='a', where='', statement='', check=kill)]\n"
        "sqrtd.ledgers.paper.LEDGER = Ledger(source='paper', title='', claims=claims)\n"
        f"sqrtd.cli.main(['verify', '--out', {str(tmp_path)!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "paper_checks.md").read_text() == "earlier"


def test_files_are_written_whatever_the_locale(tmp_path):
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    program = (
        "import sys, sqrtd.cli\n"
        f"sys.exit(sqrtd.cli.main(['verify', '--claim', 'eq-11', '--out', {str(tmp_path)!r}]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Σ" in (tmp_path / "results/claims/eq-11.json").read_text(encoding="utf-8")
    assert rb"\u03a3" in done.stdout


def test_verify_goes_on_from_its_store(tmp_path, monkeypatch):
    def verify(out):
        command = ["verify", "--claim", "section-3-1", "--store", str(tmp_path / "store")]
        assert main([*command, "--out", str(tmp_path / out)]) == 0
        file = tmp_path / out / "results/claims/section-3-1.json"
        (claim,) = json.loads(file.read_text(encoding="utf-8"))["claims"]
        return claim | {"seconds": 0}

    def measure_again(*arguments):
        raise AssertionError("what is in the store is not measured again")

    first = verify("a")
    monkeypatch.setattr("simulations.engine.sampler.measure_block", measure_again)
    assert verify("b") == first


def test_a_store_that_is_none_is_named(tmp_path, capsys):
    (tmp_path / "notes").write_text("not a database, but a text that is long enough to tell")
    command = ["verify", "--store", str(tmp_path / "notes"), "--out", str(tmp_path / "out")]
    assert main(command) == 2
    assert "notes' cannot be used as a store" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory. Tried")])
def test_a_lack_of_memory_is_one_line(error, monkeypatch, capsys):
    def asks_for_too_much(options):
        raise error

    monkeypatch.setattr("sqrtd.commands.claims.run", asks_for_too_much)
    assert main(["claims"]) == 2
    assert capsys.readouterr().err.startswith("sqrtd: it takes more memory than there is; give ")
    error.args = ("a fault of ours",)
    if isinstance(error, RuntimeError):
        with pytest.raises(RuntimeError, match="ours"):
            main(["claims"])


def test_version_and_list(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith("sqrtd ")
    assert main(["claims"]) == 0
    printed = capsys.readouterr().out
    assert all(listed.id in printed for listed in sqrtd.ledgers.paper.LEDGER.claims)
