"""The examples of the guide: they run, they are short, and they use the public face alone."""

import ast
import json
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
OURS = {"evidence", "running", "theory", "simulations", "empirical", "teaching"}


def code_cells():
    notebook = json.loads((EXAMPLES / "tour.ipynb").read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    for cell in notebook["cells"]:
        assert {"id", "cell_type", "metadata", "source"} <= cell.keys()
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            yield "".join(cell["source"])


def run(name, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    return capsys.readouterr().out


def test_a_lemma_is_tested(tmp_path, monkeypatch, capsys):
    printed = run("lemma.py", tmp_path, monkeypatch, capsys)
    assert "Lemma 7 holds on 200 random networks." in printed
    assert printed.count("  from x") == 2
    assert "to o1: 0" in printed


def test_a_scaling_law_is_measured_and_predicted(tmp_path, monkeypatch, capsys):
    printed = run("scaling_law.py", tmp_path, monkeypatch, capsys)
    assert "cnn: 400 networks of each size, d = 48, 192, 768" in printed
    assert "theory predicts d^0.5" in printed
    assert (tmp_path / "scaling_law.png").stat().st_size > 0


def test_networks_are_trained(tmp_path, monkeypatch, capsys):
    printed = run("trained_network.py", tmp_path, monkeypatch, capsys)
    assert printed.count("FGSM changes the class of") == 3
    assert (tmp_path / "trained_network.png").stat().st_size > 0


def test_the_cells_of_the_tour_run_in_order(monkeypatch):
    monkeypatch.chdir(EXAMPLES)
    names = {}
    for cell in code_cells():
        *before, last = ast.parse(cell).body
        if not isinstance(last, ast.Expr):
            exec(compile(ast.unparse(ast.parse(cell)), "cell", "exec"), names)
            continue
        exec(compile(ast.Module(before, []), "cell", "exec"), names)
        shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        assert shown is None or repr(shown)
    assert "√d" not in repr(names["trained"])
    assert names["growth"]._repr_html_().count("<svg") == 1


@pytest.mark.parametrize("name", ["lemma.py", "scaling_law.py", "trained_network.py", "tour.ipynb"])
def test_examples_use_the_public_face_alone(name):
    source = (EXAMPLES / name).read_text(encoding="utf-8")
    if name.endswith(".ipynb"):
        source = "\n".join(code_cells())
    else:
        assert len(source.splitlines()) < 40
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.module == "sqrtd" or node.module.partition(".")[0] not in {"sqrtd", *OURS}
        elif isinstance(node, ast.Import):
            assert not {alias.name for alias in node.names} & OURS
