"""`sqrtd audit`: its files, its one-line errors, results that a seed decides, trained weights."""

import json
import re

import numpy as np
import pytest
import torch
from PIL import Image

from sqrtd.cli import main

NETS = """
from torch import nn

def cnn(size):
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(4 * (size // 4) ** 2, 3),
    ), (3, size, size)

def dense(size):
    return nn.Sequential(nn.Linear(size, 20), nn.ReLU(), nn.Linear(20, 3)), (size,)

def even(size):
    if size % 2:
        raise ValueError("odd")
    return nn.Linear(size, 3), (size,)
"""


@pytest.fixture
def nets(tmp_path):
    file = tmp_path / "nets.py"
    file.write_text(NETS)
    return file


@pytest.fixture
def pictures(tmp_path):
    """Three classes of ten images each, which differ in their brightest colour."""
    rng = np.random.default_rng(0)
    for label in range(3):
        folder = tmp_path / "pictures" / f"class{label}"
        folder.mkdir(parents=True)
        for number in range(10):
            pixels = rng.integers(0, 128, (12, 12, 3), dtype=np.uint8)
            pixels[..., label] += 120
            Image.fromarray(pixels).save(folder / f"{number}.png")
    return tmp_path / "pictures"


@pytest.fixture
def weights(nets, tmp_path):
    from running.user_files import parse_user_function

    with torch.random.fork_rng():
        torch.manual_seed(0)
        module, _ = parse_user_function(f"{nets}:cnn", "a network").load()(8)
    torch.save(module.state_dict(), tmp_path / "weights.pt")
    return tmp_path / "weights.pt"


def run(*arguments):
    try:
        return main(["audit", *map(str, arguments)])
    except SystemExit as stop:
        return stop.code


def test_a_page_and_its_numbers_are_written(nets, tmp_path, capsys):
    arguments = (f"{nets}:cnn", "--sizes", "8,16,32", "--nets", "16", "--json")
    assert run(*arguments, "--out", tmp_path / "out") == 0
    printed = json.loads(capsys.readouterr().out)
    place = tmp_path / "out/results/audit/nets.cnn"
    assert sorted(file.name for file in place.iterdir()) == ["audit.html", "audit.json"]
    assert json.loads((place / "audit.json").read_text()) == printed
    assert [one["d"] for one in printed["sizes"]] == [192, 768, 3072]
    assert [one["name"] for one in printed["layers"]] == ["5", "4", "3", "2", "1", "0", "input"]
    labels = [one["remedy"]["label"] for one in printed["remedies"]]
    assert labels == [
        "0: stride 1, then average-pooling",
        "average-pooling for the max-pooling",
        "both: no stride, no maximum",
    ]
    law = printed["law"]["norm_1"]
    assert law["low"] <= law["estimate"] <= law["high"]
    assert "maximum" in printed["no_prediction"]
    page = (place / "audit.html").read_text()
    assert law["verdict"].capitalize() in page
    # Nothing that a browser would fetch.
    assert not re.search(r"https?:|<script|<link|@import|url\(", page)
    assert all(source.startswith("data:") for source in re.findall(r'src="([^"]*)"', page))


def test_a_seed_decides_the_files_and_a_store_changes_nothing(nets, tmp_path):
    arguments = (f"{nets}:dense", "--sizes", "8,16", "--nets", "8")
    assert run(*arguments, "--out", tmp_path / "one") == 0
    store = ("--store", tmp_path / "store.sqlite")
    assert run(*arguments[:-1], "4", "--out", tmp_path / "other", *store) == 0
    assert run(*arguments, "--out", tmp_path / "two", *store) == 0
    assert run(*arguments, "--out", tmp_path / "seed", "--seed", "1") == 0
    pages = [
        (tmp_path / name / "results/audit/nets.dense/audit.html").read_bytes()
        for name in ("one", "two", "seed")
    ]
    assert pages[0] == pages[1]
    assert pages[0] != pages[2]


def test_trained_weights_are_measured_at_the_sizes_that_they_fit(
    nets, weights, pictures, tmp_path, capsys
):
    arguments = (f"{nets}:cnn", "--sizes", "8,16", "--nets", "4", "--json")
    files = ("--weights", weights, "--images", pictures, "--epsilon", "8")
    assert run(*arguments, *files, "--out", tmp_path / "out") == 0
    (found,) = json.loads(capsys.readouterr().out)["trained"]
    assert (found["size"], found["d"], found["images"]) == (8, 192, 6)
    assert found["epsilon_255"] == 8
    assert 0 < found["epsilon"] < 1
    assert 0 <= found["accuracy"]["estimate"] <= 1
    assert found["first_order"] == pytest.approx(found["epsilon"] * found["norm_1"]["estimate"])
    assert found["pgd"]["estimate"] >= found["fgsm"]["estimate"] - 1 / 6
    page = (tmp_path / "out/results/audit/nets.cnn/audit.html").read_text()
    assert "gradients that are exactly 0" in page
    assert "8/255" in page


def complaints(nets, weights, pictures, tmp_path):
    other = tmp_path / "other.pt"
    torch.save(torch.nn.Linear(2, 2).state_dict(), other)
    whole = tmp_path / "whole.pt"
    torch.save(torch.nn.Linear(2, 2), whole)
    number = tmp_path / "number.pt"
    torch.save(3, number)
    both = ("--images", pictures)
    cnn = (f"{nets}:cnn", "--sizes", "8,16")
    return [
        (("nofile.py:cnn",), "no file nofile.py"),
        ((f"{nets}:nope",), "has no function 'nope'"),
        ((f"{nets}:even", "--sizes", "3,4"), "ValueError: odd"),
        ((f"{nets}:cnn", "--sizes", "8"), "two distinct sizes"),
        ((*cnn, "--weights", weights), "--weights needs --images"),
        ((*cnn, *both), "--images needs --weights"),
        ((*cnn, "--weights", tmp_path / "none.pt", *both), "cannot read"),
        ((*cnn, "--weights", nets, *both), "is no file of weights"),
        ((*cnn, "--weights", whole, *both), "is no file of weights"),
        ((*cnn, "--weights", number, *both), "holds no state_dict"),
        ((*cnn, "--weights", other, *both), "fit no network of size 8, 16: it lacks '0.weight'"),
        ((*cnn, "--weights", weights, "--images", tmp_path / "none"), "is not a folder"),
        ((*cnn, "--epsilon", "0"), "is not a size of attacks"),
        ((*cnn, "--nets", "1"), "from 2 up"),
    ]


def test_bad_input_is_one_line_and_leaves_nothing(nets, weights, pictures, tmp_path, capsys):
    out = tmp_path / "out"
    for arguments, words in complaints(nets, weights, pictures, tmp_path):
        assert run(*arguments, "--out", out) == 2, arguments
        said = capsys.readouterr()
        assert words in said.err
        assert said.err.startswith("sqrtd: ")
        assert said.err.count("\n") == 1
        assert said.out == ""
        assert not out.exists()


def test_weights_of_vectors_have_no_images(nets, pictures, tmp_path, capsys):
    torch.save(
        torch.nn.Sequential(
            torch.nn.Linear(8, 20), torch.nn.ReLU(), torch.nn.Linear(20, 3)
        ).state_dict(),
        tmp_path / "dense.pt",
    )
    arguments = (f"{nets}:dense", "--sizes", "8,16", "--weights", tmp_path / "dense.pt")
    assert run(*arguments, "--images", pictures) == 2
    assert "takes square images" in capsys.readouterr().err
