"""Imports point one way, without circles; folders and files stay small enough to find things."""

import ast
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ARROWS = {
    "evidence": "",
    "running": "evidence",
    "theory.graph": "evidence",
    "theory.paths": "theory.graph",
    "theory.modules": "theory.graph theory.paths",
    "theory.drawing": "theory.graph theory.paths",
    "theory.dag": "running theory.graph theory.paths theory.modules theory.drawing",
    "theory.attacks": "",
    "theory.networks": "theory.graph theory.paths theory.dag",
    "theory.strategies": "evidence theory.dag",
    "theory.checks": "evidence theory.graph theory.paths theory.dag theory.networks theory.attacks",
    "theory.proofs": "evidence running",
    "theory": "evidence theory.graph theory.modules theory.dag theory.strategies",
    "simulations.networks": "evidence running theory",
    "simulations.engine": "evidence running simulations.networks",
    "simulations.reports": "evidence running theory simulations.engine",
    "simulations.small_samples": (
        "evidence running theory simulations.networks simulations.engine simulations.reports"
    ),
    "simulations.checks": (
        "evidence running theory simulations.networks simulations.engine simulations.reports"
    ),
    "simulations.audit": (
        "evidence running theory simulations.networks simulations.engine simulations.reports"
    ),
    "simulations": "evidence simulations.networks simulations.engine simulations.reports",
    "empirical.errors": "evidence",
    "empirical.data": "evidence running",
    "empirical.attacks": "running empirical.errors",
    "empirical.training": "evidence running empirical.errors empirical.attacks",
    "empirical.measures": "evidence running empirical.attacks",
    "empirical.sweeps": (
        "evidence running simulations.networks simulations.engine "
        "empirical.errors empirical.data empirical.training empirical.measures"
    ),
    "empirical.figures": "evidence running empirical.measures",
    "empirical.checks": (
        "evidence running empirical.data empirical.attacks empirical.training empirical.measures"
    ),
    "empirical": ("evidence empirical.data empirical.training empirical.measures empirical.sweeps"),
    "teaching.fields": "",
    "teaching.lesson": "evidence",
    "teaching.state": "teaching.fields teaching.lesson",
    "teaching.course": "",
    "teaching.texts": "teaching.course",
    "teaching.words": "teaching.fields teaching.lesson teaching.pictures teaching.texts",
    "teaching.edited_network": "theory teaching.fields teaching.pictures",
    "teaching.pictures": "evidence theory teaching.fields",
    "teaching.lessons": (
        "evidence running theory simulations empirical "
        "teaching.fields teaching.lesson teaching.edited_network teaching.pictures teaching.words"
    ),
    "teaching.new_lesson": "evidence teaching.course teaching.serving",
    "teaching.skeleton": (
        "evidence teaching.fields teaching.lesson teaching.pictures teaching.words"
    ),
    "teaching.statements": "",
    "teaching.home": "theory teaching.course teaching.pictures teaching.statements",
    "teaching.contents": "teaching.course teaching.lesson teaching.texts",
    "teaching.serving": (
        "evidence "
        "teaching.fields teaching.lesson teaching.state teaching.pictures teaching.contents "
        "teaching.course teaching.home teaching.statements"
    ),
    "teaching.exporting": (
        "evidence teaching.fields teaching.lesson teaching.state teaching.contents "
        "teaching.statements teaching.serving"
    ),
    "teaching": "evidence teaching.lesson teaching.contents teaching.serving",
    "sqrtd.provenance": "",
    "sqrtd.terminal": "evidence running",
    "sqrtd.conjectures": "evidence running theory",
    "sqrtd.runs": ("evidence running simulations empirical sqrtd.provenance sqrtd.terminal"),
    "sqrtd.audit": (
        "evidence running simulations empirical sqrtd.provenance sqrtd.terminal sqrtd.runs"
    ),
    "sqrtd.verdicts": (
        "evidence running theory.proofs simulations empirical "
        "sqrtd.provenance sqrtd.terminal sqrtd.runs"
    ),
    "sqrtd.ledgers": "evidence sqrtd.verdicts",
    "sqrtd.falsified": "evidence running theory simulations empirical sqrtd.verdicts",
    "sqrtd.public": (
        "evidence theory simulations empirical sqrtd.runs sqrtd.verdicts sqrtd.ledgers"
    ),
    "sqrtd.commands": (
        "evidence running simulations empirical teaching sqrtd.provenance sqrtd.terminal "
        "sqrtd.conjectures sqrtd.runs sqrtd.audit sqrtd.verdicts sqrtd.ledgers sqrtd.falsified"
    ),
    "sqrtd.cli": "evidence running sqrtd.terminal sqrtd.commands",
    "sqrtd.__main__": "sqrtd.cli",
    "sqrtd": "evidence theory sqrtd.public",
}
"""Which wings a wing may import, beside itself; the name of a room stands for all its wings.

A room's own name as a key is its face: the `__init__.py` that offers what others use.
"""

ROOMS = tuple(dict.fromkeys(wing.partition(".")[0] for wing in ARROWS))
MOST_FILES, MOST_LINES = 15, 400


@cache
def modules():
    """The source of every file of the rooms, by module name."""
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): (
            file.read_text()
        )
        for file in files
    }


def imported_names(source):
    """All that a file imports, also inside functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports name the whole path of a module"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(sources):
    """The files that each file imports, by module name."""

    def file_of(name):
        while name and name not in sources:
            name = name.rpartition(".")[0]
        return name

    return {
        module: {file_of(name) for name in imported_names(source)} - {"", module}
        for module, source in sources.items()
    }


def wing_of(module):
    """The wing of the table to which a module belongs."""
    while module not in ARROWS:
        module = module.rpartition(".")[0]
    return module


def against_the_arrows(sources):
    """The imports, as pairs of module names, that the table does not allow."""
    for module, imported in imports(sources).items():
        wing = wing_of(module)
        allowed = {wing, *ARROWS[wing].split()}
        for other in sorted(imported):
            target = wing_of(other)
            if target not in allowed and target.partition(".")[0] not in allowed - {wing}:
                yield module, other


def circle(graph):
    """The members of a circle; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def crowded_folders(files):
    """The folders with more Python files than a reader takes in, beside `__init__.py`."""
    folders = Counter(file.parent for file in files if file.name != "__init__.py")
    return [folder for folder, number in folders.items() if number > MOST_FILES]


def too_long(text):
    return len(text.splitlines()) > MOST_LINES


def test_imports_point_along_the_arrows():
    assert list(against_the_arrows(modules())) == []


@pytest.mark.parametrize(
    "source",
    [
        "import sqrtd.verdicts.judge",
        "from theory import checks",
        "def later():\n    from theory.checks.section_2 import thresholds",
        "if TYPE_CHECKING:\n    from simulations.engine.plan import Plan",
    ],
)
def test_an_import_against_the_arrows_is_seen(source):
    others = ("sqrtd.verdicts.judge", "theory.checks.section_2.thresholds", "theory.checks")
    sources = dict.fromkeys((*others, "simulations.engine.plan"), "")
    ((module, _),) = against_the_arrows(sources | {"theory.paths.offending": source})
    assert module == "theory.paths.offending"


def test_every_file_stands_in_a_wing_of_the_table():
    used = {wing_of(module) for module in modules()}
    assert used == set(ARROWS)


def test_wings_do_not_import_in_circles():
    parts = {room: [wing for wing in ARROWS if wing.startswith(f"{room}.")] for room in ROOMS}
    table = {
        wing: {part for name in allowed.split() for part in (name, *parts.get(name, ()))}
        for wing, allowed in ARROWS.items()
    }
    assert circle(table) == []
    assert circle(table | {"evidence": {"running"}})


def test_files_do_not_import_in_circles():
    assert circle(imports(modules())) == []


def test_a_circle_of_files_is_seen():
    sources = {"theory.paths.one": "from theory.paths import other"}
    assert circle(imports(sources)) == []
    sources["theory.paths.other"] = "def later():\n    from theory.paths.one import what"
    assert set(circle(imports(sources))) == {"theory.paths.one", "theory.paths.other"}


def test_folders_are_not_crowded():
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    assert crowded_folders(files) == []


def test_a_crowded_folder_is_seen():
    files = [Path("theory", name, f"{n}.py") for name in ("full", "free") for n in range(15)]
    assert crowded_folders([*files, Path("theory/free/__init__.py")]) == []
    assert crowded_folders([*files, Path("theory/full/16.py")]) == [Path("theory/full")]


def test_no_file_is_longer_than_400_lines():
    files = [file for room in (*ROOMS, "tests") for file in (ROOT / room).rglob("*.py")]
    assert [file for file in files if too_long(file.read_text())] == []


def test_a_file_of_401_lines_is_seen():
    assert not too_long("line\n" * 400)
    assert too_long("line\n" * 401)
