"""All malformed inputs: a kind, what is wrong, and the command that gets it."""

import io
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image

from benchmarks.robustness.children import ROOT
from benchmarks.robustness.malformed_code import CONJECTURES, NETWORKS, ODD_CONJECTURES
from benchmarks.robustness.malformed_experiments import GOOD, malformed_experiments
from benchmarks.robustness.malformed_files import hostile_places, malformed
from benchmarks.robustness.malformed_options import AUDIT, SIMULATE, TRAIN, malformed_options
from benchmarks.robustness.malformed_results import UNLINKED, One, malformed_results

FEW = ["--examples", "20"]
LEFT_OUT = ("folder", "pipe", "zero", "null")
"""What readers of images go past, as they do past hidden files."""

LINEAR = "from torch import nn\ndef f(size): return nn.Linear(size * size, 2), (1, size, size)\n"


@dataclass(frozen=True)
class Malformed:
    """One malformed input.

    Attributes
    ----------
    kind : which reader gets it, such as "train FILE.toml".
    what : is wrong.
    arguments : of the command.
    may_pass : whether it may also be accepted, because some such files are good.
    """

    kind: str
    what: str
    arguments: list[str]
    may_pass: bool = False


def malformed_inputs(folder: Path) -> list[Malformed]:
    """Write the files that are needed into a new folder, and return all inputs."""
    found = [Malformed(*one) for one in malformed_options()]
    parts = (_single_files, _code, _experiments, _weights, _images, malformed_results, _outputs)
    for part in parts:
        place = folder / part.__name__.strip("_")
        place.mkdir(parents=True)
        found += [Malformed(*one) for one in part(place)]
    for path, _, _ in os.walk(folder):
        Path(path).chmod(0o555)  # nothing that is tried can write into what others are to get
    return found


def _single_files(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Every reader of one file, and every way in which a file can be bad."""
    checks = ROOT / "results/verify/checks.json"
    stores = ("empty", "one long line", "zeros")  # SQLite takes an empty file for a new database
    readers = {
        "diff OLD": (checks.read_bytes(), ".json", lambda file: ["diff", file, str(checks)]),
        "diff NEW": (checks.read_bytes(), ".json", lambda file: ["diff", str(checks), file]),
        "train FILE": (GOOD.encode(), ".toml", lambda file: ["train", file]),
        "simulate FILE": (LINEAR.encode(), ".py", lambda file: ["simulate", f"{file}:f"]),
        "conjecture FILE": (LINEAR.encode(), ".py", lambda file: ["conjecture", f"{file}:f"]),
        "--style": (
            b"font.size: 9\nlines.linewidth: 2\n", ".mplstyle",
            lambda file: [*SIMULATE, "--plot", "--style", file],
        ),
        "simulate --store": (_store(), ".sqlite", lambda file: [*SIMULATE, "--store", file]),
        "audit --store": (_store(), ".sqlite", lambda file: [*AUDIT, "--store", file]),
        "train --store": (_store(), ".sqlite", lambda file: [*TRAIN, "--store", file]),
        "verify --store": (
            _store(), ".sqlite", lambda file: ["verify", "--claim", "eq-7", "--store", file]
        ),
    }  # fmt: skip
    for kind, (good, suffix, arguments) in readers.items():
        place = folder / kind.replace(" ", "-")
        for what, file in malformed(good, place, suffix).items():
            if what == "half" and suffix in (".mplstyle", ".py"):
                continue  # half a style is a style
            if suffix == ".sqlite" and what in stores[:1]:
                continue
            if suffix == ".mplstyle" and what in ("empty", "null", "first bytes"):
                continue
            yield kind, what, arguments(file)


def _store() -> bytes:
    with sqlite3.connect(":memory:") as other:
        other.execute("CREATE TABLE songs (title TEXT)")
        return other.serialize()


def _code(folder: Path) -> Iterator[One]:
    for kind, texts in {"network": NETWORKS, "conjecture": CONJECTURES}.items():
        for number, (what, text) in enumerate(texts.items()):
            file = folder / f"{kind}_{number}.py"
            file.write_text(text)
            for command in ("simulate", "audit") if kind == "network" else ("conjecture",):
                rest = ["--sizes", "4,8", "--nets", "8"] if kind == "network" else FEW
                yield f"{command} code", what, [command, f"{file}:f", *rest]
    for number, (what, text) in enumerate(ODD_CONJECTURES.items()):
        file = folder / f"odd_{number}.py"
        file.write_text(text)
        yield "conjecture code", what, ["conjecture", f"{file}:f", *FEW], True
    for name in ("1f", "f.g", "", ":", "f\n", "import", "__name__"):
        yield "simulate code", f"function {name!r}", ["simulate", f"{folder}/network_0.py:{name}"]


def _experiments(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    for number, (what, text) in enumerate(malformed_experiments()):
        file = folder / f"experiment_{number}.toml"
        file.write_text(text)
        yield "train experiment", what, ["train", str(file)]


def _weights(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    network = folder / "network.py"
    network.write_text(LINEAR)
    images = _class_folders(folder / "images")
    layer = torch.nn.Linear(64, 2)
    weights = {
        "other names": {"w": layer.weight},
        "one is missing": {"weight": layer.weight},
        "other shapes": torch.nn.Linear(65, 2).state_dict(),
        "NaN": {"weight": torch.full((2, 64), torch.nan), "bias": layer.bias},
        "text": {"weight": "x", "bias": "y"},
        "complex": {"weight": layer.weight.to(torch.complex64), "bias": layer.bias},
        "a list": [layer.weight, layer.bias],
        "a number": 3,
        "a module": layer,
        "numbers as names": {1: layer.weight},
    }
    good = io.BytesIO()
    torch.save(layer.state_dict(), good)
    places = malformed(good.getvalue(), folder / "places", ".pt")
    for what, value in weights.items():
        places[what] = str(folder / f"{what.replace(' ', '-')}.pt")
        torch.save(value, places[what])
    audit = ["audit", f"{network}:f", "--sizes", "8,16", "--nets", "8"]
    for what, file in places.items():
        yield "audit --weights", what, [*audit, "--weights", file, "--images", str(images)]
    for what, place in hostile_places(folder / "images-places", "").items():
        yield "audit --images", what, [*audit, "--weights", places["NaN"], "--images", place]
    yield "audit --weights", "without images", [*audit, "--weights", places["NaN"]]
    yield "audit --images", "without weights", [*audit, "--images", str(images)]


def _class_folders(folder: Path) -> Path:
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (8, 8), (60 * number, 9, 9)).save(folder / name / f"{number}.png")
    return folder


def _images(folder: Path) -> Iterator[One]:
    good = io.BytesIO()
    Image.new("RGB", (8, 8)).save(good, "PNG")
    bad = malformed(good.getvalue(), folder / "files", ".png")
    for number, (what, file) in enumerate(bad.items()):
        if what in ("missing", *UNLINKED):
            continue
        inside = _class_folders(folder / f"folder-{number}")
        (inside / "a" / "bad.png").symlink_to(file)
        for data in (f"imagefolder:{inside}", f"cifar10:{inside}"):
            kind, arguments = f"train {data.partition(':')[0]}", [*TRAIN, "--data", data]
            yield kind, f"a file: {what}", arguments, what in LEFT_OUT
        law = f"images:{inside / 'a'}"
        conv = ["simulate", "conv", "--sizes", "8,16", "--nets", "8"]
        yield "simulate images", f"a file: {what}", [*conv, "--input", law], what in LEFT_OUT
    for what, place in hostile_places(folder / "places", "").items():
        for name in ("imagefolder", "cifar10"):
            yield f"train {name}", what, [*TRAIN, "--data", f"{name}:{place}"]
        yield "simulate images", what, [*SIMULATE, "--input", f"images:{place}"]
    record = bytes(3073)
    batches = {"short": record[:-1], "empty": b"", "class 255": b"\xff" + record[1:]}
    for what, content in batches.items():
        place = folder / f"cifar-{what.replace(' ', '-')}"
        place.mkdir()
        for name in (*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"):
            (place / name).write_bytes(content)
        yield "train cifar10", f"batches: {what}", [*TRAIN, "--data", f"cifar10:{place}"]


def _outputs(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Places that cannot be written."""
    file = folder / "c.py"
    file.write_text("def f(dag): return len(dag.outputs) < 0\n")
    for what, place in hostile_places(folder / "places", "").items():
        if what in ("folder", "missing", "not UTF-8", "line break"):
            place = str(Path(place).parent)  # it is another's
        for command in (
            SIMULATE,
            AUDIT,
            TRAIN,
            ["verify", "--claim", "lemma-7"],
            ["conjecture", f"{file}:f", *FEW],
        ):
            yield f"{command[0]} --out", what, [*command, "--out", place]
