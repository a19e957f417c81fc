"""Experiments as TOML files."""

import itertools
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from known_sweeps import Law, known_sweep

from empirical.figures.figure_1 import figure_1
from empirical.figures.figure_2 import figure_2
from empirical.figures.figure_3 import figure_3
from empirical.measures.figure_cells import POOLINGS
from empirical.measures.trained import Cell
from empirical.sweeps.experiment import FIGURES, Experiment, ExperimentError, Images
from empirical.sweeps.experiment_file import PRESETS, read_experiment_file, read_preset
from empirical.training.methods import METHODS
from empirical.training.recipe import LARGEST_RATE, SMALLEST_RATE, Recipe

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
        ("epochs = 3", "epochs = 0", r"\[recipe\]: epochs must be from 1 to 100,000, not 0"),
        ("pgd = true", "pgd = 1", "is 1, which is neither true nor false"),
        ("train = 100", "train = 0", r"train in \[images\] must be from 1 to 10,000,000, not 0"),
        ("epsilon = 0.01", "epsilon = -1", "must be a number above 0, .* not -1"),
        ("epsilon = 0.01", "epsilon = nan", "must be a number above 0, .* not nan"),
        ('data = "digits"', "", "lacks data"),
        ('"l1-penalty"', '"l3-penalty"', "unknown method 'l3-penalty'; known are plain"),
        ("epsilons = [0.1, 1]", "", "l1-penalty needs epsilons"),
        ("epsilons = [0.1, 1]", "epsilons = [-1]", "each of the epsilons must be a number from 0"),
        ("epsilons = [0.1, 1]", "epsilons = [1, 1]", "is there twice"),
        ("sizes = [8, 16]", "", "lacks sizes"),
        (
            "sizes = [8, 16]",
            "sizes = []",
            r"sizes in \[\[networks\]\] is an empty list; fill it, or",
        ),
        ("repeats = 2", "widths = []", r"widths in .* is an empty list"),
        ("epsilons = [0.1, 1]", "epsilons = []", r"epsilons in .* is an empty list"),
        ('["plain", "l1-penalty"]', "[]", r"methods in .* is an empty list"),
        ('["paper-figure-2", "mine.py:net"]', "[]", r"network in .* is an empty list"),
        ("sizes = [8, 16]", 'sizes = ["8"]', "no list of whole numbers"),
        ("sizes = [8, 16]", "sizes = [0]", "each of the sizes .* from 1 to 4,096, not 0"),
        ("repeats = 2", "repeats = 0", "repeats must be from 1 to 100,000, not 0"),
        ("[[networks]]", "[networks]", "networks in the file is .* no list"),
        ('network = ["paper-figure-2", "mine.py:net"]', "", "lacks network"),
        ("[images]", 'figure = "figure-9"\n[images]', "figure is 'figure-9'; give figure-1"),
    ],
)
def test_mistakes_are_one_line(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(ExperimentError, match=message) as error:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert "\n" not in str(error.value)
    assert "mine.toml" in str(error.value)


HOSTILE = (10**20, -(10**20), 10**400, 0, -1)
"""Whole numbers that no quantity takes."""


@pytest.mark.parametrize(
    "place",
    [
        "train = 100",
        "epsilon = 0.01",
        "epochs = 3",
        "learning_rate = 1\n",
        "repeats = 2",
        "sizes = [8",
        "epsilons = [0.1",
    ],
)
@given(number=st.sampled_from(HOSTILE) | st.integers(10**8).map(lambda n: n**40))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_numbers_beyond_the_limits_are_one_short_line(tmp_path, place, number):
    name, _, written = place.partition(" = ")
    if name == "epsilons" and number == 0:
        return  # training at no strength is one
    if name == "learning_rate" and SMALLEST_RATE <= number <= LARGEST_RATE:
        return  # training says in one line that it diverges
    value = f"[{number}" if written.startswith("[") else f"{number}\n"
    with pytest.raises(ExperimentError, match=name) as error:
        read(tmp_path, GOOD.replace(place, f"{name} = {value}", 1))
    assert len(str(error.value)) < len(str(tmp_path)) + 200
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"a = {'[' * 3000}{']' * 3000}", "nested too deeply"),
        (f"a = {'9' * 5000}", "not TOML: .* digits"),
        (f"# {'x' * 1_000_000}", "more than 1,000,000 characters"),
        (GOOD.replace("repeats = 2", "repeats = 20_000"), "from 1 to 100,000, not 240,000"),
        (GOOD.replace("epochs = 3", "epochs = 3000\nhalve_every = 1"), "is halved 2,999 times"),
    ],
)
def test_files_that_are_no_experiment_are_one_line(tmp_path, text, message):
    with pytest.raises(ExperimentError, match=message) as error:
        read(tmp_path, text)
    assert len(str(error.value)) < len(str(tmp_path)) + 300


CELLS = st.lists(
    st.builds(
        Cell,
        network=st.sampled_from([*POOLINGS.values(), "dense"]),
        size=st.sampled_from([8, 16]),
        method=st.sampled_from(["plain", "l2-penalty", "cross-lipschitz"]),
        epsilon=st.just(0.1),
    ).map(lambda cell: replace(cell, epsilon=0.0) if cell.method == "plain" else cell),
    min_size=1,
    max_size=4,
    unique=True,
)


@pytest.mark.parametrize("figure", FIGURES)
@settings(max_examples=12, deadline=None)
@given(cells=CELLS)
def test_an_experiment_is_refused_or_its_figure_can_be_drawn(figure, cells):
    """The figure itself, of measures drawn at random, is the reference."""
    laws = {cell: Law(d=3 * cell.size**2, networks=2) for cell in cells}
    draw = {"figure-1": figure_1, "figure-2": figure_2, "figure-3": figure_3}[figure]
    try:
        draw(known_sweep(laws, images=50))
        expected = nullcontext()
    except ValueError:
        expected = pytest.raises(ExperimentError, match=f"^{figure} cannot be drawn of it: ")
    with expected:
        Experiment(
            name="mine",
            figure=figure,
            images=Images(data="digits"),
            epsilon=0.1,
            pgd=False,
            recipe=Recipe(),
            cells=[(cell, 2) for cell in cells],
        )


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
