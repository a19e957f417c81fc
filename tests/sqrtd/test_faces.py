"""Faces of the rooms: every public name is there, and importing a room loads no library."""

import importlib
import subprocess
import sys

import pytest

ROOMS = ["evidence", "running", "theory", "simulations", "empirical", "teaching", "sqrtd"]
HEAVY = ["torch", "scipy", "sympy", "networkx", "matplotlib", "sklearn", "hypothesis", "numpy"]


def loaded_by(program):
    """The heavy libraries that a program has loaded at its end."""
    shown = f"\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program + shown], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1].split()


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_there(room):
    module = importlib.import_module(room)
    assert sorted(dir(module)) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        module.nothing  # noqa: B018


def test_importing_the_rooms_loads_no_library():
    assert loaded_by("\n".join(f"import {room}" for room in ROOMS)) == []


@pytest.mark.parametrize("arguments", [["claims"], ["--help"], ["simulate", "--help"]])
def test_what_only_prints_loads_no_library(arguments):
    program = (
        f"import sqrtd.cli\ntry:\n    sqrtd.cli.main({arguments!r})\nexcept SystemExit:\n    pass\n"
    )
    assert loaded_by(program) == []


def test_a_library_that_is_loaded_would_be_seen():
    assert "numpy" in loaded_by("import sqrtd\nsqrtd.simulate")


def test_help_is_a_page_that_names_all():
    import sqrtd

    for name in sqrtd.__all__:
        assert f"\n{name} : " in sqrtd.__doc__
