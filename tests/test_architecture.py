"""The rooms import one way, and the files stay small."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "theory": set(),
    "simulations": {"theory"},
    "empirical": {"theory", "simulations"},
    "teaching": {"theory", "simulations", "empirical"},
    "sqrtd": {"theory", "simulations", "empirical", "teaching"},
}


def imported_rooms(source):
    """The rooms that a file imports, also inside functions and under TYPE_CHECKING."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append("." * node.level + (node.module or ""))
    return {name.partition(".")[0] for name in names} & MAY_IMPORT.keys()


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_along_the_arrows(room):
    for file in sorted((ROOT / room).rglob("*.py")):
        against = imported_rooms(file.read_text()) - MAY_IMPORT[room] - {room}
        assert not against, f"{file.relative_to(ROOT)} imports {against}"


def test_an_import_against_the_arrows_would_be_seen():
    source = (
        "def f():\n    from sqrtd.verdicts.judge import judge\n    import empirical.data.load\n"
    )
    assert imported_rooms(source) == {"sqrtd", "empirical"}


def test_no_file_is_longer_than_400_lines():
    files = [file for room in (*MAY_IMPORT, "tests") for file in (ROOT / room).rglob("*.py")]
    assert [file for file in files if len(file.read_text().splitlines()) > 400] == []
