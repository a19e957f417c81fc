"""`sqrtd plot`: stored networks in one picture, at the level and the width that were asked for."""

import csv
import hashlib
import json
import re
import shutil

import numpy as np
import pytest
from matplotlib import image

from evidence.means import exponent_interval, mean_interval
from sqrtd.cli import main

NETWORKS = 400


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Results of two networks, by name."""
    out = tmp_path_factory.mktemp("stored")
    places = {}
    for name, sizes in (("dense", "8,16,32"), ("max-pool", "4,8")):
        main(["simulate", name, "--sizes", sizes, "--nets", str(NETWORKS), "--out", str(out)])
        places[name] = out / "results/simulate" / name
    return places


def run(*arguments):
    try:
        return main(["plot", *map(str, arguments)])
    except SystemExit as stop:
        return stop.code


def rows_of(file):
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_several_networks_stand_in_one_picture(stored, tmp_path):
    labels = ("--label", "three layers", "--label", "max_pool & $x_")
    assert run(*stored.values(), *labels, "--width", "column", "--out", tmp_path) == 0
    place = tmp_path / "results/plot"
    for name in ("loss-typical-norm-1", "loss-typical-norm-inf", "logit-mean-square"):
        for kind in ("svg", "pdf", "csv"):
            assert (place / f"{name}.{kind}").stat().st_size > 0
        assert image.imread(place / f"{name}.png").shape[1] == 3.25 * 200
    rows = rows_of(place / "logit-mean-square.csv")
    assert [(row["network"], row["d"]) for row in rows] == [
        *(("three layers", d) for d in ("8", "16", "32")),
        *(("max_pool & $x_", d) for d in ("48", "192")),
    ]
    assert {(row["network"], row["line is"]) for row in rows} == {
        ("three layers", "predicted"),
        ("max_pool & $x_", "fitted power law"),
    }
    assert len(rows_of(place / "quantities.csv")) == 21 * (3 + 2)
    latex = (place / "exponents.tex").read_text()
    assert r"\multicolumn{2}{c}{max\_pool \& \$x\_}" in latex
    assert latex.count(r"$\mathrm{E}\|\partial_x L\|_\infty$") == 1
    assert " & -- " in latex  # max-pooling has no prediction


def test_text_stays_text_and_exponents_are_written(stored, tmp_path):
    assert run(stored["dense"], "--out", tmp_path) == 0
    described = json.loads((stored["dense"] / "simulation.json").read_text())
    exponent = described["exponents"]["loss-typical-norm-1"]
    drawing = (tmp_path / "results/plot/norms.svg").read_text()
    written = f"{exponent['estimate']:.3f} [{exponent['low']:.3f}, {exponent['high']:.3f}]"
    # Beside an index, the spaces of a label are places of its signs.
    signs = written.replace("-", "\N{MINUS SIGN}").replace(" ", "")
    assert signs in re.sub(r"<[^>]*>\s*", "", drawing)
    pdf = (tmp_path / "results/plot/norms.pdf").read_bytes()
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf


def test_a_level_of_ones_own_is_that_of_each_interval(stored, tmp_path):
    """Against intervals from the stored norms; the simultaneous ones are longer."""
    key = "logit-typical-norm-1"
    assert run(stored["dense"], "--level", "0.95", "--quantity", key, "--out", tmp_path) == 0
    rows = [r for r in rows_of(tmp_path / "results/plot/quantities.csv") if r["quantity"] == key]
    with np.load(stored["dense"] / "networks.npz") as arrays:
        logs = [np.log(arrays[f"norms_{d}"][:, 0, 0]) for d in (8, 16, 32)]
    described = json.loads((stored["dense"] / "simulation.json").read_text())
    assert [len(some) for some in logs] == [NETWORKS] * 3
    for row, some, size in zip(rows, logs, described["sizes"], strict=True):
        expected = mean_interval(some, 0.05).exponential()
        found = [float(row[name]) for name in ("estimate", "low", "high")]
        assert found == pytest.approx([expected.estimate, expected.low, expected.high])
        at_once = size["quantities"][key]
        assert float(at_once["low"]) < found[1] < found[2] < float(at_once["high"])
    expected = exponent_interval([8, 16, 32], logs, 0.05)
    found = [float(rows[0][name]) for name in ("exponent low", "exponent high")]
    assert found == pytest.approx([expected.low, expected.high])


def test_a_level_counts_the_rounds_of_a_precision(tmp_path):
    """A run that could have stopped earlier leaves each round a part of the error."""
    key = "logit-typical-norm-1"
    precision = ("--precision", "0.05", "--nets", "512")
    main(["simulate", "dense", "--sizes", "8,16", *precision, "--out", str(tmp_path)])
    result = tmp_path / "results/simulate/dense"
    described = json.loads((result / "simulation.json").read_text())
    assert described["share_of_error"] == pytest.approx(1 / (2 * 3))
    assert run(result, "--level", "0.95", "--out", tmp_path) == 0
    row = next(r for r in rows_of(tmp_path / "results/plot/quantities.csv") if r["quantity"] == key)
    with np.load(result / "networks.npz") as arrays:
        logs = np.log(arrays["norms_8"][:, 0, 0])
    assert float(row["low"]) == pytest.approx(mean_interval(logs, 0.05 / 6).exponential().low)


def test_the_style_of_a_document_is_taken(stored, tmp_path):
    style = tmp_path / "paper.mplstyle"
    style.write_text("font.family: DejaVu Serif\nfigure.figsize: 2.5, 2\n")
    assert run(stored["dense"], "--style", style, "--out", tmp_path) == 0
    assert image.imread(tmp_path / "results/plot/norms.png").shape[1] == 500
    assert b"DejaVuSerif" in (tmp_path / "results/plot/norms.pdf").read_bytes()


ODD_LABELS = ("", "_a", "a\nb", "\x1b[31m", "\udcff", "\u202e", "a" * 101)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "cannot read 'nowhere'"),
        (["DENSE", "DENSE"], "two networks are called 'dense'"),
        (["DENSE", "--label", "a", "--label", "b"], "2 labels for 1 results"),
        (["DENSE", "--quantity", "norm"], "has no quantity 'norm'; it has logit-mean-square"),
        (["DENSE", "--level", "95"], "'95' is not a confidence level"),
        (["DENSE", "--width", "89"], "'89' is no width of a figure"),
        (["DENSE", "--width", "89m"], "'89m' is no width of a figure"),
        (["DENSE", "--style", "nowhere"], "cannot read the style 'nowhere'"),
        (["DENSE", "--style", "BAD"], "Bad key"),
        (["DENSE", "--style", "FONT"], "the font No Such Font, which is not installed here"),
        (["OLD"], "is no result of this version's sqrtd simulate"),
        (["OTHER", "--level", "0.9"], "is not of the same run"),
        (["DENSE"] * 7, "at most 6 networks"),
        *((["DENSE", "--label", label], "finds no place in a legend") for label in ODD_LABELS),
        (["DENSE", "--style", "HUGE"], "figures of 1e+09 in"),
        (["DENSE", "--style", "NAN"], "cannot draw with the style"),
        (["FAR", "--level", "0.9"], "it holds a norm whose square is beyond all numbers"),
    ],
)
def test_bad_input_gets_one_line_and_leaves_nothing(stored, tmp_path, capsys, arguments, message):
    (tmp_path / "bad").write_text("line.width: 3\n")
    (tmp_path / "font").write_text("font.family: No Such Font\n")
    (tmp_path / "huge").write_text("figure.figsize: 1e9, 1e9\n")
    (tmp_path / "nan").write_text("lines.linewidth: nan\n")
    described = json.loads((stored["dense"] / "simulation.json").read_text())
    for name, text in (("old", "{}"), ("other", json.dumps(described | {"sha256": "0"}))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "simulation.json").write_text(text)
        (tmp_path / name / "networks.npz").write_bytes(b"")
    shutil.copytree(stored["dense"], tmp_path / "far")
    with np.load(stored["dense"] / "networks.npz") as arrays:
        np.savez(tmp_path / "far/networks.npz", **{name: arrays[name] * 1e120 for name in arrays})
    digest = hashlib.sha256((tmp_path / "far/networks.npz").read_bytes()).hexdigest()
    (tmp_path / "far/simulation.json").write_text(json.dumps(described | {"sha256": digest}))
    names = ("BAD", "FONT", "HUGE", "NAN", "OLD", "OTHER", "FAR")
    places = {"DENSE": stored["dense"], **{name: tmp_path / name.lower() for name in names}}
    out = tmp_path / "out"
    capsys.readouterr()
    assert run(*(places.get(one, one) for one in arguments), "--out", out) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1
    assert not out.exists()


def test_a_width_without_a_plot_is_refused(tmp_path, capsys):
    assert main(["simulate", "dense", "--width", "column", "--out", str(tmp_path)]) == 2
    assert "give --plot, too" in capsys.readouterr().err
