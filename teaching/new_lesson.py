"""A new lesson from the skeleton: `sqrtd teach --new NAME`."""

import re
import shutil
from keyword import iskeyword
from pathlib import Path

from evidence.errors import UserError
from teaching.course import course
from teaching.serving.home import course_pages

ROOM = Path(__file__).parent
LONGEST = 40
TAKEN = frozenset({"index", *course_pages({})})
"""Names of the course's own pages, at the server and in an export."""


def new_lesson(name: str, room: Path = ROOM) -> Path:
    """Copy the skeleton to `lessons/NAME`, and add it to the end of the course.

    Parameters
    ----------
    name : as in an address: lower-case letters, digits and single hyphens.
    room : the folder of `teaching`.

    Returns
    -------
    The lesson's folder.

    Raises
    ------
    UserError : a name that is none, is taken or is a keyword of Python, or a folder that cannot be
        written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or len(name) > LONGEST:
        raise UserError(
            f"{name!r} names no lesson; take up to {LONGEST} letters from a to z, digits and "
            "hyphens, such as max-pooling"
        )
    package = name.replace("-", "_")
    folder = room / "lessons" / package
    if name in TAKEN or iskeyword(package):
        of = "a page of the course" if name in TAKEN else "a word of Python"
        raise UserError(f"{name} is {of} already; take another name")
    if name in course()["lessons"] or folder.exists():
        raise UserError(f"there is a lesson {name} already; take another name")
    title = name.replace("-", " ").capitalize()
    try:
        folder.mkdir()
        for file in sorted((room / "skeleton").glob("*.[pt]*")):
            text = file.read_text("utf-8").replace(
                "teaching.skeleton", f"teaching.lessons.{package}"
            )
            text = text.replace('title = "Skeleton"', f'title = "{title}"')
            (folder / file.name).write_text(text, "utf-8")
        (folder / "__init__.py").write_text(f'"""{title}."""\n', "utf-8")
        with (room / "course.toml").open("a", encoding="utf-8") as contents:
            contents.write(f'{name} = "{title}"\n')
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise UserError(
            f"cannot write {folder}: {error.strerror}; work in a clone of sqrtd"
        ) from None
    return folder
