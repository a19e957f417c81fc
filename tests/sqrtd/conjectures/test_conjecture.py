"""`sqrtd conjecture`: true ones stand, false ones fall on the smallest DAG, bad input is named."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import takewhile
from pathlib import Path

import hypothesis
import networkx as nx
import pytest

from evidence.findings import silent
from sqrtd.cli import main
from sqrtd.conjectures.conjecture import FAILS, read_conjecture
from sqrtd.conjectures.search import search
from theory.dag import Dag
from theory.strategies import small_dags

DOCS = Path(__file__).parents[3] / "docs"
CONVERSE = "docs/conjectures/lemma_8_converse.py:equal_path_sums_mean_symmetry"
MORE_PATHS = "docs/conjectures/more_paths.py:more_paths_mean_a_larger_path_sum"
LEMMA_7 = "docs/conjectures/lemma_7.py:path_sums_add_to_1"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with the conjectures of the guide."""
    shutil.copytree(DOCS, tmp_path / "docs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "path", [*sys.path])
    return tmp_path


def conjecture(folder, body, parameters="dag"):
    """Write a function `claim` and return how the command line calls it."""
    text = f"from hypothesis import assume\n\ndef claim({parameters}):\n"
    (folder / "mine.py").write_text(text + textwrap.indent(textwrap.dedent(body), "    "))
    return "mine.py:claim"


def run(*arguments):
    try:
        return main(["conjecture", *arguments])
    except SystemExit as stop:
        return stop.code


def saved(folder, name):
    data = json.loads((folder / "results/conjectures" / f"{name}.json").read_text())
    return Dag.from_networkx(nx.node_link_graph(data, edges="edges")), data["graph"]


def test_the_true_conjecture_of_the_guide_stands(folder, capsys):
    assert run(LEMMA_7, "--examples", "300") == 0
    printed = capsys.readouterr().out
    assert f"{LEMMA_7}: no counterexample among 300 random DAGs" in printed
    for size in ("inputs", "neurons", "edges"):
        row = next(line for line in printed.splitlines() if f" {size} " in line)
        counts = [int(part.split()[0]) for part in row.replace("│", " ").split(": ")[1:]]
        assert sum(counts) == 300
    assert not (folder / "results").exists()


@pytest.mark.parametrize("target", [CONVERSE, MORE_PATHS])
def test_a_false_conjecture_of_the_guide_falls_as_the_guide_shows(folder, capsys, target):
    assert run(target) == 1
    printed = capsys.readouterr().out.splitlines()
    guide = (DOCS / "conjectures.md").read_text()
    # How many DAGs were drawn before depends on the version of Hypothesis.
    assert "\n".join(printed[1:]) in guide


@pytest.mark.parametrize("target", [CONVERSE, MORE_PATHS])
def test_the_counterexample_is_a_smallest_one_and_can_be_loaded(folder, target):
    run(target)
    file, _, function = target.rpartition(":")
    dag, notes = saved(folder, f"{Path(file).stem}.{function}")
    claim = read_conjecture(target)

    def refutes(dag):
        return any(claim.test(case) == FAILS for case in claim.choices(dag))

    assert refutes(dag)
    size = len(dag.tails), len(dag.nodes)
    smaller = takewhile(lambda other: (len(other.tails), len(other.nodes)) < size, small_dags())
    assert not any(refutes(other) for other in smaller)
    for path in notes["paths"]:
        expected = Counter(
            tuple(sorted(dag.in_degree(p) for p in nodes[1:]))
            for nodes in dag.paths(path["input"], path["output"])
        )
        counted = {tuple(entry["in_degrees"]): entry["paths"] for entry in path["path_degrees"]}
        assert counted == expected
        assert path["path_sum"] == str(dag.path_sums(path["output"])[path["input"]])
    assert dag.inputs == tuple(notes["inputs"])
    assert dag.outputs == tuple(notes["outputs"])
    ET.parse(folder / "results/conjectures" / f"{Path(file).stem}.{function}.svg")


def test_parallel_edges_and_unread_inputs_survive_the_json(folder):
    target = conjecture(folder, "return len(dag.tails) < 3 or len(dag.inputs) < 3")
    assert run(target) == 1
    dag, _ = saved(folder, "mine.claim")
    assert list(dag.edges()) == [("x1", "o1")] * 3
    assert dag.inputs == ("x1", "x2", "x3")


def test_the_result_is_printed_whatever_the_locale(folder):
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    program = f"import sys, sqrtd.cli\nsys.exit(sqrtd.cli.main(['conjecture', {MORE_PATHS!r}]))\n"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert b"x1->h1 (2 times)" in done.stdout


def test_x_and_o_are_an_input_and_an_output(folder, capsys):
    body = """
    assert x in dag.inputs and o in dag.outputs
    return dag.inputs.index(x) < 1 or dag.outputs.index(o) < 1
    """
    assert run(conjecture(folder, body, "o, dag, *, x")) == 1
    _, notes = saved(folder, "mine.claim")
    assert (notes["x"], notes["o"]) == ("x2", "o2")
    assert "  x        x2\n  o        o2\n" in capsys.readouterr().out


def test_without_o_the_paths_to_every_output_are_printed(folder, capsys):
    assert run(conjecture(folder, "return len(dag.outputs) < 2")) == 1
    printed = capsys.readouterr().out
    assert "paths to o1" in printed
    assert "paths to o2" in printed


def test_the_same_seed_gives_the_same_files_and_another_seed_another_search(folder, capsys):
    target = conjecture(folder, "return len(dag.tails) < 6 or len(dag.inputs) < 3")
    outcomes = []
    for place, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert run(target, "--examples", "200", "--seed", seed, "--out", place) == 1
        first_line = capsys.readouterr().out.splitlines()[0]
        files = {path.name: path.read_text() for path in (folder / place).rglob("*.*")}
        outcomes.append((first_line, files))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0] != outcomes[2][0]


def test_a_counterexample_beyond_the_small_dags_is_not_called_the_smallest(folder, capsys):
    target = conjecture(folder, "return len(dag.tails) < 8")
    assert run(target, "--examples", "50") == 1
    assert "The smallest counterexample found has" in capsys.readouterr().out


def test_assumptions_are_left_out_of_the_count(folder, capsys):
    body = "assume(len(dag.outputs) == 1); return len(dag.outputs) == 1"
    assert run(conjecture(folder, body), "--examples", "40") == 0
    assert "among 40 random DAGs" in capsys.readouterr().out
    assert run(conjecture(folder, "assume(len(dag.inputs) == 2); return len(dag.tails) < 2")) == 1
    assert len(saved(folder, "mine.claim")[0].inputs) == 2


def test_nothing_but_the_results_is_left_behind(folder):
    run(conjecture(folder, "return len(dag.tails) < 3"))
    left = {path.relative_to(folder).parts[0] for path in folder.rglob("*")}
    assert left <= {"docs", "mine.py", "__pycache__", "results"}
    names = {path.name for path in (folder / "results/conjectures").iterdir()}
    assert names == {"mine.claim.svg", "mine.claim.json"}


def test_shrinking_does_not_slip_into_an_error(folder, capsys):
    """Smaller than the counterexamples are DAGs on which the function divides by zero."""
    body = """
    if len(dag.tails) == 2 and len(dag.nodes) == 3:
        1 / 0
    return len(dag.tails) < 3
    """
    assert run(conjecture(folder, body)) == 1
    assert "has 1 input, 1 neuron, 3 edges" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "return 1 / (len(dag.inputs) - 2) != 0",
            "mine.py:claim raises ZeroDivisionError: division by zero (line 4) on the DAG with "
            "inputs x1, x2 and edges x1->o1",
        ),
        ("raise SystemExit('over')", "raises SystemExit: over (line 4) on the DAG"),
        ("raise type('Rude', (BaseException,), {})", "raises Rude (line 4) on the DAG"),
        ("raise GeneratorExit", "raises GeneratorExit (line 4) on the DAG"),
        ("raise ValueError('two\\nlines')", "raises ValueError: two lines (line 4) on the DAG"),
        (
            "return len(dag.inputs)",
            "returns int instead of True or False (bool(...) makes one) on the DAG",
        ),
        ("return dag.is_symmetric(dag.outputs[0])", "returns Symmetry instead of True"),
        ("pass", "returns NoneType instead"),
        ("assume(False)", "assumes away every DAG"),
        (
            "claim.calls = getattr(claim, 'calls', 0) + 1; return claim.calls > 1",
            "gives different answers",
        ),
    ],
)
def test_a_function_that_cannot_be_used_gets_one_line(folder, capsys, body, message):
    assert run(conjecture(folder, body)) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.startswith("sqrtd: mine.py:claim ")
    assert printed.count("\n") == 1
    assert not (folder / "results").exists()


@pytest.mark.parametrize("edit", ["vars(dag).clear()", "dag.tails[:] = 0", "dag.nodes.clear()"])
def test_a_function_that_edits_its_dag_edits_a_copy(folder, capsys, edit):
    assert run(conjecture(folder, "return len(dag.inputs) < 2")) == 1
    alone = capsys.readouterr().out
    assert run(conjecture(folder, f"holds = len(dag.inputs) < 2\n{edit}\nreturn holds")) == 1
    assert capsys.readouterr().out == alone


@pytest.mark.parametrize("parameters", ["", "x", "dag, y", "dag, *rest", "dag, **rest", "dag, /"])
def test_wrong_parameters_are_named(folder, capsys, parameters):
    assert run(conjecture(folder, "return True", parameters)) == 2
    printed = capsys.readouterr().err
    assert "its parameters must be dag and, if wanted, x (an input) and o (an output)" in printed
    assert printed.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.py:claim"], "there is no file missing.py"),
        (["docs:claim"], "there is no file docs"),
        (["mine.py"], "'mine.py' is not a conjecture; give FILE.py:function"),
        (["mine.py:"], "give FILE.py:function"),
        (["mine.py:not a name"], "give FILE.py:function"),
        (["mine.py:other"], "mine.py has no function 'other'"),
        (["mine.py:Claim"], "mine.py has no function 'Claim'"),
        (["later.py:claim"], "'claim' in later.py is async; leave async away"),
        (["broken.py:claim"], "broken.py cannot be imported: SyntaxError"),
        (["raising.py:claim"], "raising.py cannot be imported: SystemExit: 0 (line 1)"),
        (["text.txt:claim"], "text.txt is not a Python file"),
        (["mine.py:claim", "--examples", "-3"], "'-3' is not a number of DAGs"),
        (["mine.py:claim", "--examples", "0"], "'0' is not a number of DAGs"),
        (["mine.py:claim", "--examples", "many"], "'many' is not a number of DAGs"),
        (["mine.py:claim", "--seed", "-1"], "'-1' is not a seed"),
        (["mine.py:claim", "--out", "mine.py"], "cannot write into 'mine.py/results/conjectures'"),
        ([], "FILE.py:FUNCTION"),
    ],
)
def test_bad_input_gets_one_line(folder, capsys, arguments, message):
    conjecture(folder, "return True\n\nclass Claim: pass")
    (folder / "later.py").write_text("async def claim(dag): return True\n")
    (folder / "broken.py").write_text("def claim(dag:\n")
    (folder / "raising.py").write_text("raise SystemExit(0)\n")
    (folder / "text.txt").write_text("def claim(dag): return True\n")
    assert run(*arguments) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1


def test_a_file_may_import_its_neighbours(folder):
    (folder / "neighbour.py").write_text("def holds(dag): return True\n")
    body = "from neighbour import holds\nreturn holds(dag)"
    assert run(conjecture(folder, body), "--examples", "5") == 0


@pytest.fixture
def package(folder):
    """A package whose modules import each other as packages do."""
    inner = folder / "lemmas" / "inner"
    inner.mkdir(parents=True)
    for place in (folder / "lemmas", inner):
        (place / "__init__.py").touch()
    (folder / "lemmas" / "sizes.py").write_text("LARGEST = 3\n")
    (inner / "edges.py").write_text(
        "from lemmas.sizes import LARGEST\nfrom ..sizes import LARGEST as SAME\n\n"
        "def few(dag): return len(dag.tails) < LARGEST == SAME\n"
    )
    (inner / "wrong.py").write_text("import nothing_of_this_name\n")
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "lemmas"]:
        del sys.modules[name]


@pytest.mark.parametrize("target", ["lemmas/inner/edges.py:few", "lemmas.inner.edges:few"])
def test_modules_of_packages_are_imported_as_pytest_does(package, capsys, target):
    assert run(target, "--examples", "50") == 1
    assert f"{target}: refuted" in capsys.readouterr().out
    dag, notes = saved(package, "edges.few")
    assert len(dag.tails) == 3
    assert notes["conjecture"] == target


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("lemmas.inner.nothing:few", "there is no file lemmas.inner.nothing, and no such module"),
        ("elsewhere.edges:few", "there is no file elsewhere.edges, and no such module"),
        ("lemmas.inner.edges:many", "lemmas.inner.edges has no function 'many'"),
        ("lemmas/inner/edges.py:many", "lemmas/inner/edges.py has no function 'many'"),
        ("lemmas/inner/wrong.py:few", "No module named 'nothing_of_this_name' (line 1)"),
        (
            "lemmas.inner.wrong:few",
            "lemmas.inner.wrong cannot be imported: ModuleNotFoundError: No module named "
            "'nothing_of_this_name' (line 1)",
        ),
    ],
)
def test_modules_that_cannot_be_used_get_one_line(package, capsys, target, message):
    assert run(target) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1


def test_a_package_of_a_name_that_is_taken_is_one_line(folder, capsys):
    (folder / "json").mkdir()
    (folder / "json" / "__init__.py").touch()
    (folder / "json" / "mine.py").write_text("def claim(dag): return True\n")
    assert run("json/mine.py:claim") == 2
    printed = capsys.readouterr().err
    assert "another package 'json' lies in" in printed
    assert printed.count("\n") == 1


def test_an_interrupted_search_exits_with_130(folder, capsys):
    assert run(conjecture(folder, "raise KeyboardInterrupt")) == 130
    assert "interrupted" in capsys.readouterr().err


def test_an_interruption_while_writing_leaves_whole_files(folder, monkeypatch):
    target = conjecture(folder, "return False")
    assert run(target) == 1
    before = {path: path.read_text() for path in (folder / "results").rglob("*.*")}
    conjecture(folder, "return len(dag.tails) < 2")

    def interrupted(source, goal):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    assert run(target) == 130
    after = {path: path.read_text() for path in (folder / "results").rglob("*.*")}
    assert after == before


def test_progress_is_reported_in_order(folder):
    claim = read_conjecture(conjecture(folder, "return len(dag.tails) < 5"))
    fractions = []
    search(claim, examples=100, seed=0, progress=lambda done, doing: fractions.append(done))
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] <= 1


def test_the_smallest_is_found_even_where_hypothesis_does_not_shrink(folder, monkeypatch):
    find = hypothesis.find

    def find_without_shrinking(source, condition, *, settings, random):
        unshrunk = hypothesis.settings(settings, phases=[hypothesis.Phase.generate])
        return find(source, condition, settings=unshrunk, random=random)

    monkeypatch.setattr(hypothesis, "find", find_without_shrinking)
    claim = read_conjecture(conjecture(folder, "return len(dag.tails) < 3"))
    found = search(claim, examples=200, seed=0, progress=silent)
    assert list(found.counterexample.dag.edges()) == [("x1", "o1")] * 3
    assert found.is_smallest
