"""Files are whole or not there, and what cannot be written is one line."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from evidence.errors import UserError
from running.files import explained, replacing


class OtherError(UserError):
    """As a room derives one."""


def test_a_file_is_replaced_at_the_end_of_the_block(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("old")
    with replacing(file) as temporary:
        temporary.write_text("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_a_block_that_raises_leaves_the_old_file(tmp_path, error):
    file = tmp_path / "a.txt"
    file.write_text("old")

    def interrupted():
        with replacing(file) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        interrupted()
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_writers_of_one_file_do_not_meet(tmp_path):
    file = tmp_path / "a.txt"
    with replacing(file) as one, replacing(file) as other:
        assert one != other
        one.write_text("one")
        other.write_text("other")
    assert file.read_text() == "one"  # left last


def test_files_of_one_stack_are_moved_in_reverse_order_or_not_at_all(tmp_path):
    names = ["last", "middle", "first"]

    def write(interruption=None):
        with ExitStack() as moves:
            for name in names:
                moves.enter_context(replacing(tmp_path / name)).write_text(str(interruption))
            if interruption:
                raise interruption

    with pytest.raises(KeyboardInterrupt):
        write(KeyboardInterrupt())
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "middle").mkdir()  # cannot be replaced by a file
    with pytest.raises(UserError, match=r"cannot write '.*middle': Is a directory$"):
        write()
    assert sorted(place.name for place in tmp_path.iterdir()) == ["first", "middle"]


@pytest.mark.parametrize("error", [UserError, OtherError])
def test_a_folder_that_is_not_there_is_one_line(tmp_path, error):
    file = tmp_path / "nowhere" / "a.txt"
    message = rf"^cannot write '{file}': No such file or directory$"
    with pytest.raises(error, match=message), replacing(file, error=error) as temporary:
        temporary.write_text("new")


def test_other_errors_pass():
    with pytest.raises(ValueError, match=r"^broken$"), explained(Path("a")):
        raise ValueError("broken")
