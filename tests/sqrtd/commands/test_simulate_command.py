"""`sqrtd simulate`: exit codes, one-line errors, results that a seed decides."""

import csv
import json

import pytest

import simulations.reports.simulate
import sqrtd.runs.simulation_job
from sqrtd.cli import main

NETS = """
import torch
from torch import nn

def cnn(size, widths=(4,)):
    width, = widths
    return nn.Sequential(
        nn.Conv2d(3, width, 3, padding=1), nn.ReLU(), nn.Flatten(),
        nn.Linear(width * size**2, 3),
    ), (3, size, size)

def fixed(size):
    return nn.Sequential(nn.Flatten(), nn.Linear(48, 3)), (3, size, size)

def picture(size):
    return nn.Conv2d(3, 3, 1), (3, size, size)

def classes(size):
    return nn.Linear(size, 1 + size // 8), (size,)

class Explosion(nn.Linear):
    def forward(self, x):
        return (3 * super().forward(x)).exp().exp()

def infinite(size):
    return nn.Sequential(Explosion(size, 8), nn.Linear(8, 3)), (size,)

class Exit(nn.Linear):
    def forward(self, x):
        raise SystemExit(1)

class Unspeakable(BaseException):
    def __str__(self):
        raise ValueError

class Rude(nn.Linear):
    def forward(self, x):
        raise Unspeakable

def rude(size):
    return nn.Sequential(nn.Linear(size, 3), Rude(3, 2)), (size,)

class Fussy(nn.Linear):
    def forward(self, x):
        if (self.weight > 2).any():
            raise ValueError("too large")
        return x.flatten(0, 0) @ self.weight.t()

def fussy(size):
    return nn.Sequential(nn.Flatten(), Fussy(size, 20)), (size,)

def dictionary(size):
    class Net(nn.Linear):
        def forward(self, x):
            return {"out": super().forward(x)}
    return Net(size, 3), (size,)

def positions(size):
    class Net(nn.Linear):
        def __init__(self):
            super().__init__(size, 3)
            self.places = nn.Parameter(torch.ones(1, size))
        def forward(self, x):
            return super().forward(x + self.places).softmax(1)
    return Net(), (size,)

def leaves(size):
    return Exit(size, 3), (size,)
"""


@pytest.fixture
def nets(tmp_path):
    file = tmp_path / "nets.py"
    file.write_text(NETS)
    return file


def run(*arguments):
    try:
        return main(["simulate", *map(str, arguments)])
    except SystemExit as stop:
        return stop.code


def test_a_users_network_stands_beside_its_prediction(nets, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = (f"{nets}:cnn", "--dims", "48,192", "--widths", "6", "--nets", "1000")
    assert run(*arguments, "--out", out, "--json", "--plot") == 0
    printed = json.loads(capsys.readouterr().out)
    place = out / "results/simulate/nets.cnn"
    assert json.loads((place / "simulation.json").read_text()) == printed
    assert [(one["size"], one["d"]) for one in printed["sizes"]] == [(4, 48), (8, 192)]
    for one in printed["sizes"]:
        ratio = one["measured_over_predicted"]
        assert ratio["low"] < 1 < ratio["high"]
        # Zero padding: He's 2/fan-in gives less than 2/d.
        assert one["predicted_mean_square"] < 2 / one["d"]
    assert printed["options"] == {"widths": [6]}
    assert printed["exponents"]["logit-norm-1"]["predicted"] == pytest.approx(0.5, abs=0.2)
    assert {"seed", "commit", "device", "torch", "numpy", "seconds"} <= printed["provenance"].keys()
    names = {file.name for file in place.iterdir()}
    for plot in ("norms", "second-moment", "coordinate-maps"):
        assert {f"{plot}.{kind}" for kind in ("png", "svg", "pdf", "csv")} < names
    assert names > {"networks.npz", "quantities.csv", "exponents.tex"}
    assert len(names) == 16
    with (place / "quantities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 21 * 2
    assert {row["networks"] for row in rows} == {"1000"}


def test_the_tables_show_measured_and_predicted(nets, tmp_path, capsys):
    assert run(f"{nets}:cnn", "--sizes", "4,8", "--nets", "1000", "--out", tmp_path) == 0
    printed = capsys.readouterr().out
    for text in ("99.9%", "predicted", "E[(∂_x f)²]", "ε_∞ E‖∂_x L‖_1", "d = 192", "spread"):
        assert text in printed


def test_the_same_seed_gives_the_same_files(tmp_path):
    contents = []
    for seed, name in ((0, "a"), (0, "b"), (1, "c")):
        options = ("--sizes", "4,8", "--nets", "40", "--plot", "--seed", seed)
        run("conv", *options, "--out", tmp_path / name)
        place = tmp_path / name / "results/simulate/conv"
        files = {file.name: file.read_bytes() for file in place.iterdir()}
        described = json.loads(files.pop("simulation.json"))
        described["provenance"].pop("seconds")
        contents.append((described, files))
    assert contents[0] == contents[1]
    assert all(content != contents[2][1][name] for name, content in contents[0][1].items())


def test_what_is_in_the_store_is_not_measured_again(tmp_path, monkeypatch, capsys):
    options = ("dense", "--sizes", "8,16", "--nets", "60", "--json", "--out", tmp_path)
    store = tmp_path / "store.sqlite"
    run(*options)
    without = json.loads(capsys.readouterr().out)["sizes"]
    run(*options, "--store", store)
    stored = json.loads(capsys.readouterr().out)["sizes"]

    def no_more(*arguments, **options):
        raise AssertionError("measured again")

    monkeypatch.setattr("simulations.engine.sampler.measure_block", no_more)
    run(*options, "--store", store)
    assert without == stored == json.loads(capsys.readouterr().out)["sizes"]


def test_workers_import_the_users_file(nets, tmp_path, capsys):
    options = (f"{nets}:cnn", "--sizes", "4,8", "--nets", "40", "--json", "--out", tmp_path)
    assert run(*options) in (0, 1)
    alone = json.loads(capsys.readouterr().out)["sizes"]
    assert run(*options, "--workers", "1") in (0, 1)
    assert json.loads(capsys.readouterr().out)["sizes"] == alone


def test_a_precision_that_is_not_reached_gives_exit_code_1(tmp_path, capsys):
    options = ("dense", "--sizes", "8,16", "--precision", "0.1", "--out", tmp_path)
    assert run(*options) == 0
    assert run(*options, "--nets", "64") == 1
    assert "The precision 0.1 was not reached; give more --nets." in capsys.readouterr().out


def test_an_interval_without_an_end_gives_exit_code_1(tmp_path, capsys):
    assert run("dense", "--sizes", "8,16", "--nets", "2", "--out", tmp_path) == 1
    assert "Intervals without end: " in capsys.readouterr().out


@pytest.mark.parametrize("store", [True, False])
def test_an_interruption_says_how_to_go_on(tmp_path, monkeypatch, capsys, store):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(sqrtd.runs.simulation_job, "simulate", interrupted)
    file = tmp_path / "store.sqlite"
    options = ("--store", file) if store else ()
    assert run("dense", "--sizes", "8,16", "--out", tmp_path / "out", *options) == 130
    printed = capsys.readouterr().err
    assert (f"is in {file}, and the same command goes on" in printed) == store
    assert ("nothing is kept without --store" in printed) != store
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["densy"], "unknown network 'densy' (did you mean dense?)"),
        (["nowhere.py:f"], "there is no file nowhere.py"),
        (["NETS:nothing"], "has no function 'nothing'"),
        (["NETS:fixed", "--sizes", "4,8"], "at size 8 cannot be sampled: RuntimeError"),
        (
            ["NETS:picture", "--sizes", "4,8"],
            "at size 4: the output of one input has the shape (3, 4, 4), where logits have (K,); "
            "choose one number of it with --output, such as --output 1,2,2",
        ),
        (["NETS:picture", "--sizes", "4,8", "--output", "0,5,5"], "at size 4: --output 0,5,5 is"),
        (["NETS:picture", "--output", "0,-1"], "'0,-1' is no position of an output"),
        (["NETS:dictionary", "--sizes", "4,8"], "at size 4: the module must map"),
        (
            ["NETS:rude", "--sizes", "4,8"],
            "at size 4 cannot be sampled: Unspeakable (in submodule '1')",
        ),
        (["NETS:classes", "--sizes", "4,8"], "has 1, 2 logits"),
        (
            ["NETS:fussy", "--sizes", "4,8", "--nets", "2000"],
            "at size 4 some network cannot be sampled: ValueError: too large (in submodule '1')",
        ),
        (["NETS:infinite", "--sizes", "16,32"], "gradients are not finite"),
        (["NETS:leaves", "--sizes", "4,8"], "at size 4 cannot be sampled: SystemExit: 1"),
        (["NETS:fixed", "--widths", "3"], "takes no widths"),
        (["dense", "--sizes", "8,x"], "'8,x' is no list of sizes"),
        (["dense", "--sizes", "8"], "two distinct sizes"),
        (["dense", "--sizes", "8,16", "--dims", "8,16"], "not allowed with"),
        (["conv", "--dims", "192,200"], "no inputs of dimension 200"),
        (["dense", "--nets", "1"], "'1' is not a number of networks"),
        (["dense", "--precision", "0"], "'0' is not a precision"),
        (["dense", "--precision", "nan"], "'nan' is not a precision"),
        (["dense", "--workers", "0"], "'0' is not a number of workers"),
        (["dense", "--workers", "2", "--scheduler", "a"], "not allowed with"),
        (["dense", "--input", "pink"], "unknown input 'pink'"),
        (["conv", "--input", "images:/does/not/exist"], "no folder /does/not/exist"),
        (["dense", "--relu", "leaky"], "invalid choice: 'leaky'"),
        (["dense", "--device", "gpu"], "unknown device 'gpu'"),
        (["dense", "--store", "/does/not/exist"], "cannot be used as a store"),
        ([], "NETWORK"),
    ],
)
def test_bad_input_gets_one_line_and_leaves_nothing(nets, tmp_path, capsys, arguments, message):
    out = tmp_path / "out"
    given = [one.replace("NETS", str(nets)) for one in arguments]
    assert run(*given, "--out", out) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1
    assert not out.exists()


def test_an_output_is_chosen_and_notes_are_printed(nets, tmp_path, capsys):
    out = tmp_path / "out"
    options = ("--sizes", "4,8", "--nets", "400", "--out", out)
    assert run(f"{nets}:picture", "--output", "1,2,2", *options) == 0
    saved = json.loads((out / "results/simulate/nets.picture/simulation.json").read_text())
    assert (saved["output"], saved["logits"], saved["remarks"]) == ([1, 2, 2], 1, [])
    assert "Note" not in capsys.readouterr().out
    assert run(f"{nets}:positions", *options) == 0
    saved = json.loads((out / "results/simulate/nets.positions/simulation.json").read_text())
    printed = capsys.readouterr().out
    assert len(saved["remarks"]) == 2
    for remark, what in zip(saved["remarks"], ("has them: places", "probabilities"), strict=True):
        assert what in remark
        assert f"Note: {remark}." in printed


def test_a_place_that_cannot_be_written_is_named_before_the_work(tmp_path, monkeypatch, capsys):
    def no_work(*arguments, **options):
        raise AssertionError

    monkeypatch.setattr(simulations.reports.simulate, "simulate", no_work)
    file = tmp_path / "file"
    file.touch()
    assert run("dense", "--out", file) == 2
    assert f"cannot write into '{file}" in capsys.readouterr().err


def test_every_figure_is_of_the_networks_that_were_asked_for(tmp_path, capsys):
    run("conv", "--sizes", "4,8", "--nets", "200", "--json", "--out", tmp_path)
    printed = json.loads(capsys.readouterr().out)
    for size in printed["sizes"]:
        assert size["networks"] == size["spread"]["samples"] == 200
        assert {one["samples"] for one in size["quantities"].values()} == {200}
    assert {one["samples"] for one in printed["exponents"].values()} == {400}


def test_the_command_stands_in_the_result_without_places(tmp_path, capsys):
    places = ("--store", tmp_path / "a.sqlite", f"--out={tmp_path}")
    run("dense", "--sizes", "8,16", *places, "--nets", "40", "--json")
    printed = json.loads(capsys.readouterr().out)
    assert printed["provenance"]["command"] == "sqrtd simulate dense --sizes 8,16 --nets 40 --json"


@pytest.mark.parametrize("gates", ["real", "masks"])
def test_a_contradiction_is_marked_and_explained(tmp_path, capsys, gates):
    """The shortcut of the residual network adds nothing negative, which keeps neurons on."""
    options = ("residual", "--sizes", "8,16", "--nets", "400", "--relu", gates, "--out", tmp_path)
    run(*options)
    lines = capsys.readouterr().out.splitlines()
    marked = [line for line in lines if line.endswith("] ! │")]
    why = [line for line in lines if line.startswith("! At d = 192; 768 ")]
    described = json.loads((tmp_path / "results/simulate/residual/simulation.json").read_text())
    found = [size["contradicted"] for size in described["sizes"]]
    assert found == [gates == "real"] * 2
    assert len(marked) == (2 if gates == "real" else 0)
    assert [line.endswith("Try --relu masks, where the prediction must hold.") for line in why] == (
        [True] if gates == "real" else []
    )
    assert described["contradiction"] == "".join(why).removeprefix("! ")


def test_masks_that_contradict_are_to_be_reported(tmp_path, capsys, monkeypatch):
    predicted = simulations.reports.simulate.predict_second_moments
    monkeypatch.setattr(
        simulations.reports.simulate,
        "predict_second_moments",
        lambda *module, **options: 2 * predicted(*module, **options),
    )
    run("dense", "--sizes", "8,16", "--relu", "masks", "--nets", "400", "--out", tmp_path)
    assert "it or this program is wrong. Please report it" in capsys.readouterr().out


@pytest.mark.parametrize("columns", [80, 45])
def test_no_name_is_broken_in_a_narrow_terminal(tmp_path, capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    run("dense", "--sizes", "8,16,32,64,128", "--nets", "300", "--out", tmp_path)
    rows = [line.split("│") for line in capsys.readouterr().out.splitlines() if "│" in line]
    assert all(len(row) > 3 and row[1].strip() for row in rows)
    assert sum(row[1].strip() == "typical ‖∂_x L‖_∞" for row in rows) >= 3


def test_masks_without_a_relu_to_replace_are_refused(tmp_path, capsys):
    file = tmp_path / "linear.py"
    file.write_text(
        "from torch import nn\n\ndef factory(size):\n    return nn.Linear(size, 2), (size,)\n"
    )
    command = ["simulate", f"{file}:factory", "--sizes", "4,8", "--out", str(tmp_path / "out")]
    assert main([*command, "--relu", "masks"]) == 2
    assert "calls no ReLU" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_check_says_layer_by_layer_what_is_exact_and_samples_nothing(tmp_path, capsys):
    file = tmp_path / "net.py"
    file.write_text(
        "from torch import nn\n\n"
        "def factory(size):\n"
        "    return nn.Sequential(nn.Linear(size, 4), nn.GELU(), nn.Linear(4, 3)), (size,)\n"
    )
    command = ["simulate", f"{file}:factory", "--sizes", "4,8", "--check", "--out", str(tmp_path)]
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert "│ 2 │ 1         │ GELU   │ sampled" in shown
    assert "2: submodule '1' (GELU) calls 'gelu'" in shown
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [layer["gradient"] for layer in told["layers"]] == ["exact", "sampled", "exact"]
    assert [size["d"] for size in told["sizes"]] == [4, 8]
    assert not (tmp_path / "results").exists()
    assert main(["simulate", "dense", "--check", "--out", str(tmp_path)]) == 0
    assert "predicted exactly under (H)" in capsys.readouterr().out


def test_a_name_is_shown_as_it_is(tmp_path, capsys):
    """`:factory:` is the name of a picture, too."""
    file = tmp_path / "net.py"
    file.write_text(
        "from torch import nn\n\ndef factory(size):\n    return nn.Linear(size, 2), (size,)\n"
    )
    run(f"{file}:factory", "--sizes", "4,8", "--nets", "400", "--out", tmp_path)
    assert "net.py:factory: 400 networks" in capsys.readouterr().out
