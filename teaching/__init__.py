"""The lessons on the proofs, and the machinery that serves them to a browser.

    from teaching import CONTENTS, load

    lesson = load(CONTENTS[0].slug)

`CONTENTS` lists the lessons, `load` imports one, a `Lesson` turns a student's state into a page,
and `application` serves them all. `sqrtd teach` opens them.
"""

from typing import TYPE_CHECKING

from evidence.faces import lazy_face

if TYPE_CHECKING:
    from teaching.contents import CONTENTS, load
    from teaching.lesson import Lesson
    from teaching.serving.server import application

__all__ = ["CONTENTS", "Lesson", "application", "load"]

__getattr__, __dir__ = lazy_face(
    __name__,
    {
        "teaching.contents": "CONTENTS load",
        "teaching.lesson": "Lesson",
        "teaching.serving.server": "application",
    },
)
