"""Freed memory is kept: what the kernel has zeroed once, it does not zero again."""

import ctypes
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from empirical.training.memory import keep_freed_memory

PROGRAM = """
import ctypes, resource, sys
from empirical.training.memory import keep_freed_memory

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]

def use(blocks, size):
    places = [libc.malloc(size) for _ in range(blocks)]
    for place in places:
        libc.memset(place, 1, size)
    for place in places:
        libc.free(place)

if sys.argv[1] == "keep":
    keep_freed_memory()
use(3, 40 << 20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
use(3, 40 << 20)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(how):
    run = [sys.executable, "-c", PROGRAM, how]
    root = Path(__file__).parents[3]
    return int(subprocess.run(run, cwd=root, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="says something to glibc only")
def test_freed_blocks_are_used_again():
    """120 MiB are 30720 pages of 4 KiB, and fewer where the kernel has larger ones."""
    assert page_faults("keep") < page_faults("return") / 10


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    keep_freed_memory()
