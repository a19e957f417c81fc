"""Experiments as TOML files."""

import itertools
from pathlib import Path

import pytest

from empirical.sweeps.experiment import FIGURES, ExperimentError
from empirical.sweeps.experiment_file import PRESETS, read_experiment_file, read_preset
from empirical.training.methods import METHODS

DOCS = Path(__file__).parents[3] / "docs/experiments"

GOOD = """
[images]
data = "digits"
train = 100

[measure]
epsilon = 0.01
pgd = true

[recipe]
epochs = 3
learning_rate = 1

[[networks]]
network = ["paper-figure-2", "mine.py:net"]
sizes = [8, 16]
methods = ["plain", "l1-penalty"]
epsilons = [0.1, 1]
repeats = 2
"""


def read(tmp_path, text):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    return read_experiment_file(file)


@pytest.mark.parametrize(("figure", "preset"), list(itertools.product(FIGURES, PRESETS)))
def test_presets_are_whole(figure, preset):
    experiment = read_preset(figure, preset)
    assert experiment.name == f"{figure}-{preset}"
    assert experiment.figure == figure
    assert read_preset(figure, preset, data="cifar10:/x").images.data == "cifar10:/x"


def test_smoke_needs_no_download():
    assert {read_preset(figure, "smoke").images.data for figure in FIGURES} == {"digits"}


def test_paper_presets_are_the_papers():
    """Sections 4.1 to 4.3, and the recipe of the authors' published code."""
    one, two, three = (read_preset(figure, "paper") for figure in FIGURES)
    for paper in (one, two, three):
        assert paper.epsilon == 0.006
        recipe = paper.recipe
        assert (recipe.epochs, recipe.batch, recipe.momentum) == (200, 128, 0.9)
        assert (recipe.learning_rate, recipe.halve_every) == (0.01, 30)
        assert all(cell.widths is None for cell, _ in paper.cells)
    assert {cell.size for cell, _ in one.cells} == {32, 64, 128, 256}
    assert {repeats for _, repeats in one.cells} == {10}
    assert {cell.method for cell, _ in two.cells} <= set(METHODS)
    assert {cell.network.removeprefix("paper-figure-3-") for cell, _ in three.cells} == {
        "average",
        "strided",
        "max",
    }
    assert {repeats for _, repeats in three.cells} == {20}


def test_a_file_gives_every_combination(tmp_path):
    experiment = read(tmp_path, GOOD)
    assert experiment.name == "mine"
    assert experiment.figure is None
    assert experiment.recipe.epochs == 3
    assert experiment.recipe.batch == 128
    assert experiment.networks == 2 * 2 * (1 + 2) * 2
    assert experiment.sizes == [8, 16]
    strengths = {(cell.method, cell.epsilon) for cell, _ in experiment.cells}
    assert strengths == {("plain", 0.0), ("l1-penalty", 0.1), ("l1-penalty", 1.0)}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[images]", "[images", "not TOML"),
        ("[recipe]", "[recipes]", "unknown key 'recipes'; known: figure, images"),
        ("epochs = 3", "epoch = 3", r"\[recipe\] has an unknown key 'epoch'"),
        ("epochs = 3", "epochs = 3.5", r"epochs in \[recipe\] is 3.5, which is no whole number"),
        ("epochs = 3", "epochs = true", "is True, which is no whole number"),
        ("epochs = 3", "epochs = 0", r"\[recipe\]: epochs must be 1 or more, not 0"),
        ("pgd = true", "pgd = 1", "is 1, which is neither true nor false"),
        ("train = 100", "train = 0", r"train in \[images\] must be 1 or more, not 0"),
        ("epsilon = 0.01", "epsilon = -1", "must be a positive number, not -1"),
        ("epsilon = 0.01", "epsilon = nan", "must be a positive number, not nan"),
        ('data = "digits"', "", "lacks data"),
        ('"l1-penalty"', '"l3-penalty"', "unknown method 'l3-penalty'; known are plain"),
        ("epsilons = [0.1, 1]", "", "l1-penalty needs epsilons"),
        ("epsilons = [0.1, 1]", "epsilons = [-1]", "l1-penalty: epsilon must be"),
        ("epsilons = [0.1, 1]", "epsilons = [1, 1]", "is there twice"),
        ("sizes = [8, 16]", "", "lacks sizes"),
        ("sizes = [8, 16]", 'sizes = ["8"]', "no list of whole numbers"),
        ("sizes = [8, 16]", "sizes = [0]", "1 or more"),
        ("repeats = 2", "repeats = 0", "repeats must be 1 or more, not 0"),
        ("[[networks]]", "[networks]", "networks in the file is .* no list"),
        ('"paper-figure-2", "mine.py:net"', "", "lacks network"),
        ("[images]", 'figure = "figure-9"\n[images]', "figure is 'figure-9'; give figure-1"),
    ],
)
def test_mistakes_are_one_line(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(ExperimentError, match=message) as error:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert "\n" not in str(error.value)
    assert "mine.toml" in str(error.value)


def test_a_file_must_not_replace_the_results_of_a_preset(tmp_path):
    file = tmp_path / "figure-3-cpu.toml"
    file.write_text(GOOD)
    with pytest.raises(ExperimentError, match=r"figure-3-cpu is a preset's name; give the file"):
        read_experiment_file(file)


def test_no_networks_are_one_line(tmp_path):
    with pytest.raises(ExperimentError, match="no networks; give one"):
        read(tmp_path, '[images]\ndata = "digits"\n')


def test_files_that_cannot_be_read_are_one_line(tmp_path):
    with pytest.raises(ExperimentError, match=r"cannot read .*: No such file"):
        read_experiment_file(tmp_path / "none.toml")
    (tmp_path / "image.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ExperimentError, match="not text in UTF-8"):
        read_experiment_file(tmp_path / "image.toml")


def test_the_example_of_the_guide_is_the_file_beside_it():
    docs = Path(__file__).parents[3] / "docs"
    file = docs / "experiments" / "penalty.toml"
    assert f"```toml\n{file.read_text()}```" in (docs / "train.md").read_text()
    assert read_experiment_file(file).networks == 2 * 2 * 2 * 2


@pytest.mark.parametrize("file", sorted(DOCS.glob("*.toml")), ids=lambda file: file.stem)
def test_experiments_of_the_docs_can_be_read(file):
    assert read_experiment_file(file).networks >= 8
