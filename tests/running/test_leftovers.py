"""What killed processes leave is removed, and nothing else."""

import os
import socket
import subprocess
import sys

import pytest

from running.files import replacing
from running.leftovers import PARTIAL, RUNNING, remove_leftovers, temporary_name


@pytest.fixture
def ended():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def named(pid, ending, host=None):
    return f".x.{host or socket.gethostname()}~{pid}~0123{ending}"


@pytest.mark.parametrize("ending", [PARTIAL, RUNNING])
def test_those_of_ended_processes_go_and_all_else_stays(tmp_path, ended, ending):
    inside = tmp_path / "inside"
    inside.mkdir()
    stays = [
        inside / name
        for name in (
            named(os.getpid(), ending),
            named(1, ending),
            named(ended, ending, host="elsewhere"),
            named(ended, ".txt"),
            f"x.{ended}{ending}",
            "networks.npz",
        )
    ]
    for file in (*stays, inside / named(ended, ending), inside / named("no", ending)):
        file.touch()
    (inside / named(ended, ending).replace("0123", "4567")).mkdir()
    remove_leftovers(tmp_path)
    assert sorted(inside.iterdir()) == sorted(stays)


def test_a_folder_that_is_not_there_has_none(tmp_path):
    remove_leftovers(tmp_path / "nowhere")


def test_a_file_that_is_being_written_names_its_process(tmp_path):
    with replacing(tmp_path / "x") as temporary:
        temporary.write_text("")
        remove_leftovers(tmp_path)
        assert temporary.exists()
        assert f"~{os.getpid()}~" in temporary.name
    assert temporary_name("x", PARTIAL) != temporary_name("x", PARTIAL)
