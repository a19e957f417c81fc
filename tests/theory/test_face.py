"""The room's public face: what it offers, and that it is light."""

import subprocess
import sys

import pytest

import theory


@pytest.mark.parametrize("name", theory.__all__)
def test_every_public_name_is_there(name):
    assert getattr(theory, name) is not None
    assert name in dir(theory)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'theory' has no attribute 'dags'"):
        theory.dags  # noqa: B018


def test_importing_the_room_loads_none_of_its_libraries():
    script = (
        "import sys, theory;"
        "print(sorted({'torch', 'scipy', 'sympy', 'networkx', 'hypothesis'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
