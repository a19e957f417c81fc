"""What needs more memory than there is, is refused before it is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from empirical.data.load import DataError, load_data
from evidence.errors import UserError, require_whole_number, written
from running import memory
from running.memory import gigabytes, memory_of_machine, require_memory


def test_the_machine_has_some():
    assert 1e8 < memory_of_machine() < 1e15


@given(share=st.floats(0, 10))
def test_what_fits_is_let_through(share):
    there = memory_of_machine()
    if share <= 1:
        require_memory(share * there, "images", "take fewer")
    else:
        with pytest.raises(UserError, match=r"^images take .* GB of memory, .*: take fewer$"):
            require_memory(share * there, "images", "take fewer")


def test_images_that_do_not_fit_are_not_rendered(monkeypatch):
    monkeypatch.setattr(memory, "memory_of_machine", lambda: 1e6)
    with pytest.raises(DataError, match=r"100 images of 128 × 128 pixels take 0.0049 GB"):
        load_data("dead-leaves", seed=0, size=128, train=60, held_out=40)


def test_gigabytes_have_two_digits():
    assert [gigabytes(size) for size in (1.23e8, 2.5e9, 123e9)] == ["0.12 GB", "2.5 GB", "123 GB"]


@given(number=st.integers() | st.integers(1).map(lambda n: 10 ** (n % 5000)), least=st.integers())
def test_whole_numbers_lie_within_their_limits(number, least):
    if least <= number <= least + 10:
        require_whole_number("it", number, least=least, most=least + 10)
    else:
        with pytest.raises(UserError, match=r"^it must be from .*, not ") as error:
            require_whole_number("it", number, least=least, most=least + 10)
        assert len(str(error.value)) < 250


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-3, "-3"),
        (1025, "1,025"),
        (10**20, "about 10^20"),
        (-(10**20), "about -10^20"),
        (0.5, "0.5"),
        (1e300, "1e+300"),
    ],
)
def test_numbers_of_any_size_are_short(number, text):
    assert written(number) == text


def test_a_number_that_python_does_not_write_is_written():
    assert written(10**5000) == "about 10^5000"
