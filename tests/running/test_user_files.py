"""Functions of users: how they are written, where their files are, and what is imported."""

import pytest

from running.user_files import UserFileError, UserFunction, parse_user_function


@pytest.mark.parametrize("place", ["mine.py", "a folder/mine.py", "C:/mine.py", "package.module"])
def test_what_is_written_is_read(place):
    function = parse_user_function(f"{place}:name", "a thing")
    assert function == UserFunction(place, "name")
    assert str(function) == f"{place}:name"


@pytest.mark.parametrize("text", ["mine.py", "mine.py:", ":name", "mine.py:not a name", ""])
def test_another_form_is_one_line(text):
    message = f"^{text!r} is not a thing; give FILE.py:function or package.module:function$"
    with pytest.raises(UserFileError, match=message):
        parse_user_function(text, "a thing")


def test_relative_files_and_modules_start_at_a_folder(tmp_path, monkeypatch):
    """As on a worker, whose current folder is another one."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "mine.py").write_text("def f(): return 3\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    for place in ("inner/mine.py", "inner.mine"):
        with pytest.raises(UserFileError, match=f"^there is no file {place}"):
            UserFunction(place, "f").located()
        located = UserFunction(place, "f").located(tmp_path)
        assert located == UserFunction(str(tmp_path / "inner" / "mine.py"), "f")
        assert located.located(tmp_path / "elsewhere") == located
        assert located.load()() == 3


def test_a_package_is_a_module_too(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").touch()
    assert UserFunction("mine", "f").file(tmp_path) == tmp_path / "mine" / "__init__.py"
