"""Arrays are those that were wanted, or refused before they take memory."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from running.arrays import MOST_BYTES, Kind, read_arrays, require_kinds, require_positive

WANTED = {"a": Kind("f", (None, 2)), "b": Kind("U", (1,)), "c": Kind("i", ())}
TRUE = {"a": np.ones((3, 2)), "b": np.array(["x"]), "c": np.array(4)}


def npz(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def test_what_was_written_is_read_and_fits():
    read = read_arrays(npz(**TRUE))
    require_kinds(read, WANTED)
    require_positive(read, "a", "c")
    assert all((read[name] == TRUE[name]).all() for name in TRUE)


@pytest.mark.parametrize(
    "change",
    [
        {"a": np.ones((3, 3))},
        {"a": np.ones(2)},
        {"a": np.full((3, 2), np.nan)},
        {"a": np.full((3, 2), -np.inf)},
        {"a": np.ones((3, 2), int)},
        {"a": np.ones((3, 2), complex)},
        {"a": np.full((3, 2), "1.0")},
        {"b": np.array(["x", "y"])},
        {"b": np.array([1.0])},
        {"c": np.array(4.0)},
        {"c": np.array(True)},
        {"d": np.array(0)},
    ],
)
def test_other_arrays_are_refused(change):
    with pytest.raises(ValueError, match=r"\w"):
        require_kinds(TRUE | change, WANTED)


@pytest.mark.parametrize("name", TRUE)
def test_missing_arrays_are_refused(name):
    with pytest.raises(ValueError, match="it holds"):
        require_kinds({other: array for other, array in TRUE.items() if other != name}, WANTED)


def test_numbers_below_0_are_refused():
    with pytest.raises(ValueError, match="below 0"):
        require_positive({"a": np.array([1.0, -1e-300])}, "a")


@given(st.binary(max_size=60))
def test_other_bytes_are_refused(content):
    with pytest.raises(Exception, match=r"\w"):
        read_arrays(content)


def test_objects_are_not_unpickled():
    with pytest.raises(ValueError, match="pickle"):
        read_arrays(npz(a=np.array([{}], dtype=object)))


def test_arrays_that_take_too_much_are_refused_before_they_do():
    """The size that the archive tells is changed: it need not hold so much to be believed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.npy", b"")
        packed.filelist[0].file_size = MOST_BYTES + 1
    with pytest.raises(ValueError, match="would take"):
        read_arrays(file.getvalue())
