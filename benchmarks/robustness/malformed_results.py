"""Results that were damaged or edited by hand: for `plot`, `diff`, and `verify --results`."""

import csv
import io
import json
import random
import zipfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.robustness.children import ROOT, run
from benchmarks.robustness.malformed_files import hostile_places, malformed
from benchmarks.robustness.malformed_options import SIMULATE

UNLINKED = ("name too long", "path too long", "below a file")
"""Places to which no link can lead."""

VALUES = (None, [], {}, "", "x", "a\nb", "$\\frac{", "a" * 5000, -1, 0.5, 1e308, 10**30, True)
"""What an entry of a file in JSON may be edited to."""

EDITS = 60
"""Of a file, drawn at random of all entries and values."""

CELLS = ("", "x", "nan", "-1", "1e999", "1,5", "9" * 5000)
LABELS = (
    "$\\frac{", "$\\frac{$", "$$", "a$b$c", "\x1b[31m", "\\", "_^", "é" * 5000, "", " ", "<script>",
    "%", "\udcff", "a\nb", "{0}", "\u202e", "\U0001f600",
)  # fmt: skip
STYLES = (
    "figure.figsize: 1e9, 1e9", "figure.figsize: -1, 0", "figure.dpi: 0", "savefig.dpi: 1e9",
    "font.size: -1", "font.size: 1e9", "lines.linewidth: nan", "text.usetex: True",
    "svg.fonttype: x", "backend: nothing", "font.family: nothing", "axes.prop_cycle: cycler()",
    "axes.formatter.use_locale: True", "savefig.format: x", "savefig.bbox: tight",
    "text.parse_math: False", "mathtext.fontset: x", "path.effects: 3", "axes.unicode_minus: x",
    "xtick.major.size: 1e12", "legend.fontsize: -3", "pdf.fonttype: 9", "pdf.compression: 99",
)  # fmt: skip

One = tuple[str, str, list[str]] | tuple[str, str, list[str], bool]


def malformed_results(folder: Path) -> Iterator[One]:
    """Yield kind, what is wrong, arguments, and whether it may be accepted (if there: no).

    Parameters
    ----------
    folder : a new one, for what is needed.
    """
    run([*SIMULATE, "--out", "."], folder / "made", seconds=300)
    simulated = folder / "made/results/simulate/dense"
    trained = ROOT / "results/train/figure-3-cpu"
    for original, name in ((simulated, "plot"), (trained, "verify"), (trained, "plot")):
        for good in sorted([*original.glob("*.json"), *original.glob("*.npz")]):
            place = folder / f"{name}-{original.name}-{good.stem}"
            bad = malformed(good.read_bytes(), place, good.suffix)
            bad |= _other_arrays(place) if good.suffix == ".npz" else _other_json(place)
            for what, replacement in bad.items():
                if what in UNLINKED:
                    continue
                copy = place / what.replace(" ", "-") / "results/train" / original.name
                copytree(original, copy)
                (copy / good.name).unlink()
                if what != "missing":
                    (copy / good.name).symlink_to(replacement)
                arguments = (
                    ["plot", str(copy), "--level=0.95"]
                    if original == simulated
                    else ["plot", str(copy)]
                    if name == "plot"
                    else ["verify", "--claim", "figure-3", "--results", str(copy.parents[2])]
                )
                yield f"{name} {original.name}/{good.name}", what, arguments
    for what, place in hostile_places(folder / "places", "").items():
        yield "plot RESULT", what, ["plot", place]
        yield "verify --results", what, ["verify", "--claim", "figure-3", "--results", place]
    for other in ("verify", "claims", "train", "simulate"):
        yield "plot RESULT", f"results/{other}", ["plot", str(ROOT / "results" / other)]
    yield from _edits(folder, simulated, trained)
    yield from _plots(folder, simulated)


def _edits(folder: Path, simulated: Path, trained: Path) -> Iterator[One]:
    """One entry is another; the digests are those of the edited files, as of a careful hand."""
    for number, (what, described) in enumerate(_edited(simulated / "simulation.json")):
        copy = folder / f"simulated-{number}"
        copytree(simulated, copy)
        (copy / "simulation.json").write_text(json.dumps(described))
        yield "plot simulation.json", what, ["plot", str(copy), "--level=0.9"], True
    for number, (what, described) in enumerate(_edited(trained / "experiment.json")):
        copy = folder / f"trained-{number}"
        copytree(trained, copy)
        (copy / "experiment.json").write_text(json.dumps(described))
        yield "plot experiment.json", what, ["plot", str(copy)], True
    checks = ROOT / "results/verify/checks.json"
    for number, (what, described) in enumerate(_edited(checks)):
        file = folder / f"checks-{number}.json"
        file.write_text(json.dumps(described))
        yield "diff NEW", what, ["diff", str(checks), str(file)], True
    for original, name in ((simulated, "simulation.json"), (trained, "experiment.json")):
        with np.load(original / "networks.npz") as packed:
            arrays = dict(packed)
        for number, (what, others) in enumerate(_edited_arrays(arrays)):
            copy = folder / f"{original.name}-arrays-{number}"
            copytree(original, copy)
            np.savez(copy / "networks.npz", **others)
            described = json.loads((copy / name).read_text())
            described["sha256"] = sha256((copy / "networks.npz").read_bytes()).hexdigest()
            (copy / name).write_text(json.dumps(described))
            level = ["--level=0.9"] if original == simulated else []
            yield f"plot {original.name}/networks.npz", what, ["plot", str(copy), *level], True
    for number, (what, text) in enumerate(_edited_cells(trained / "networks.csv")):
        copy = folder / f"table-{number}"
        copytree(trained, copy)
        (copy / "networks.csv").write_text(text)
        yield "plot networks.csv", what, ["plot", str(copy)], True


def _edited(file: Path) -> Iterator[tuple[str, Any]]:
    """Yield what is edited in JSON, and the whole; of a list, the first and the last entry."""
    text = file.read_text()
    places = list(_places(json.loads(text)))
    draws = random.Random(0)
    for _ in range(EDITS):
        *way, last = draws.choice(places)
        value = draws.choice((*VALUES, ...))
        described = inner = json.loads(text)
        for step in way:
            inner = inner[step]
        if value is ...:
            del inner[last]
        else:
            inner[last] = value
        name = "/".join(map(str, [*way, last]))
        yield f"{name}: {'removed' if value is ... else repr(value)[:40]}", described


def _places(value: Any, *way: str | int) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401
    if way:
        yield way
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, *way, name)
    elif isinstance(value, list) and value:
        for index in sorted({0, len(value) - 1}):
            yield from _places(value[index], *way, index)


def _edited_arrays(arrays: Mapping[str, NDArray[Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, array in arrays.items():
        others: dict[str, Any] = {
            "removed": None,
            "half": array[: len(array) // 2],
            "none": array[:0],
            "another axis": array[None],
            "text": np.full(array.shape, "x"),
            "complex": np.full(array.shape, 1j),
            "one number": np.array(3),
        }
        if array.dtype.kind == "f":
            numbers = {"NaN": np.nan, "infinite": np.inf, "negative": -1, "0": 0, "huge": 1e300}
            for what, number in numbers.items():
                others[what] = np.full(array.shape, number)
        for what, other in others.items():
            kept = {key: value for key, value in arrays.items() if key != name}
            yield f"{name}: {what}", kept if other is None else kept | {name: other}
    if "facts" in arrays:
        for what, fact in (
            ("no JSON", "{"),
            ("a list", "[]"),
            ("no cell", "{}"),
            ("deep", "[" * 100_000),
        ):
            facts = arrays["facts"].astype(object)
            facts[0] = fact
            yield f"facts: {what}", {**arrays, "facts": facts.astype(str)}


def _edited_cells(file: Path) -> Iterator[tuple[str, str]]:
    with file.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    draws = random.Random(0)
    for column in rows[0]:
        value = draws.choice(CELLS)
        text = io.StringIO(newline="")
        table = csv.DictWriter(text, list(rows[0]))
        table.writeheader()
        table.writerows([{**rows[0], column: value}, *rows[1:]])
        yield f"{column[:30]}: {value[:20]!r}", text.getvalue()


def _plots(folder: Path, simulated: Path) -> Iterator[One]:
    result = str(simulated)
    for option in ("--label=a", "--quantity=x", "--level=0", "--level=nan", "--width=0mm"):
        yield "plot options", option, ["plot", result, result, option]
    yield "plot options", "one result twice", ["plot", result, result]
    yield "plot options", "a hundred results", ["plot", *[result] * 100]
    for label in LABELS:
        labels = [f"--label={label}", "--label=other"]
        yield "plot --label", label, ["plot", result, result, *labels], True
    for number, text in enumerate(STYLES):
        style = folder / f"{number}.mplstyle"
        style.write_text(f"{text}\n")
        yield "plot --style", text, ["plot", result, "--style", str(style)], True


def _other_json(folder: Path) -> dict[str, str]:
    values = {"a list": [], "a number": 3, "nothing": None, "no keys": {}, "deep text": {"a": "b"}}
    places = {}
    for what, value in values.items():
        places[what] = str(folder / f"{what.replace(' ', '-')}.json")
        Path(places[what]).write_text(json.dumps(value))
    return places


def _other_arrays(folder: Path) -> dict[str, str]:
    values = {
        "no arrays": {},
        "other names": {"a": np.arange(3)},
        "objects": {"a": np.array([{}], dtype=object)},
    }
    places = {}
    for what, arrays in values.items():
        places[what] = str(folder / f"{what.replace(' ', '-')}.npz")
        np.savez(places[what], **arrays)
    places["a zip of text"] = str(folder / "text.npz")
    with zipfile.ZipFile(places["a zip of text"], "w") as file:
        file.writestr("a.npy", "text")
    return places
