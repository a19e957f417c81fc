"""The parts of a lesson that its words make: question, proof lines, handles, puzzle.

    TEXT = Words.beside(__name__)  # reads text.toml in the lesson's package

    TEXT("caption.walker", node="h1", share="1/2")
    TEXT.step("sum", formula=..., check=...)
    TEXT.handle(settings, "crowd")

`docs/lessons.md` shows the file; `teaching.texts` reads it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

from htpy import Element, Node

from teaching.fields import Field, fields_of
from teaching.lesson import (
    Check,
    Exercise,
    Lesson,
    Mark,
    Puzzle,
    Question,
    Reader,
    Step,
    Verdict,
    View,
    all_equal,
    compared,
    not_yet,
    solved,
    unsolved,
)
from teaching.pictures.handles import choose, group, slider, switch
from teaching.texts import FILE, Value, WordsError, filled, read_texts

S = TypeVar("S")

CHECKED = ("reason", "says", "holds", "fails", "open")
"""A line's texts, which share their places."""


@dataclass(frozen=True)
class Words:
    """The words of a lesson, and the parts that they make.

    All methods take the values of the `{name}` places as further arguments, and raise `WordsError`
    for a name or a place that code and file do not have in common.

    Attributes
    ----------
    package : the lesson's.
    texts : what its file holds.
    """

    package: str
    texts: Mapping[str, Any]

    @staticmethod
    def beside(module: str) -> "Words":
        """Return the words in the package of a module, which is given by its `__name__`."""
        return _words(module.rpartition(".")[0])

    def __call__(self, name: str, /, **places: Value) -> str:
        """Return a text, such as "caption.walker"; it is markup where elements fill it."""
        table, _, key = name.partition(".")
        return self._filled(name, [self._entry(table, key)], places)[0]

    def question(self, *, right: int, **places: Value) -> Question:
        """Return the question; `right` is the index of the answer that the library computes."""
        said = self.texts["question"]
        text, because, *options = self._filled(
            "question", [said["text"], said["because"], *said["options"]], places
        )
        return Question(text=text, options=options, right=right, because=because)

    def step(
        self,
        name: str,
        /,
        formula: Node,
        check: Check | bool | Sequence[Fraction | int] | None = None,
        **places: Value,
    ) -> Step:
        """Return the line of the proof that the file calls `line.NAME`.

        Parameters
        ----------
        name, formula : the line's.
        check : whether it holds here, said by the line's `holds` or `fails`, or in either case by
            its `says`; None says its `open` if it has one: not decided yet. Or values that should
            be equal, told apart by the line's `sides`. Or the check itself.
        """
        said = self._entry("line", name)
        texts = {key: said[key] for key in CHECKED if key in said}
        texts = dict(
            zip(texts, self._filled(f"line.{name}", [*texts.values()], places), strict=True)
        )
        if isinstance(check, Sequence):
            sides = self._entry("line", name, "sides")
            check = all_equal(dict(zip(sides, check, strict=True)))
        elif isinstance(check, bool):
            key = "says" if "says" in said else "holds" if check else "fails"
            self._entry("line", name, key)
            check = compared(check, texts[key])
        elif check is None and "open" in texts:
            check = not_yet(texts["open"])
        return Step(
            formula=formula,
            reason=texts["reason"],
            mark=Mark[said["mark"].upper()],
            check=check,
            uses=self._uses(name),
            claims=said.get("claims", ()),
            code=said.get("code", ""),
        )

    def handle(
        self,
        settings: object,
        name: str,
        /,
        *,
        at: tuple[int, int, int] | None = None,
        shown: Node = None,
        spoken: str = "",
        value: str = "",
        **places: Value,
    ) -> Element:
        """Return what moves a setting: a switch, a slider, or radio buttons, as its field is.

        Parameters
        ----------
        settings, name : the settings, and the field or event that is set; `handle.NAME` has the
            words: `label`; `note`, a second line; `options`, the words beside each value;
            `notes`, the second line by the value that is chosen.
        at, shown, spoken : of a slider (see `teaching.pictures.handles.slider`).
        value : of radio buttons, the one that is chosen; the setting's if empty.
        """
        said = self._entry("handle", name)
        names, notes = said.get("options", {}), said.get("notes", {})
        label, note, *texts = self._filled(
            f"handle.{name}",
            [said["label"], said.get("note", ""), *names.values(), *notes.values()],
            places,
        )
        options = dict(zip(names, texts, strict=False))
        noted = dict(zip(notes, texts[len(names) :], strict=True))
        field = fields_of(type(settings)).get(name)
        current = value or str(getattr(settings, name, ""))
        note = note or noted.get(current, "")
        if isinstance(getattr(settings, name, None), bool):
            return switch(settings, name, label, note=note)
        if at or (field and field.ends):
            return slider(settings, name, label, at=at, shown=shown, spoken=spoken, note=note)
        self._check_options(name, field, options, noted)
        return choose(
            settings, name, label, options or (field.options if field else ()), value=current,
            note=note,
        )  # fmt: skip

    def group(self, name: str, /, *handles: Node, **places: Value) -> Element:
        """Return handles that belong together, under the heading `group.NAME`."""
        return group(self(f"group.{name}", **places), *handles)

    def puzzle(
        self, judge: Callable[[], Verdict], *, handles: Node = None, **places: Value
    ) -> Puzzle:
        """Return the puzzle; `judge` answers with `solved` or `unsolved`."""
        said = self.texts["puzzle"]
        task, *hints = self._filled("puzzle", [said["task"], *said["hints"]], places)
        return Puzzle(task=task, judge=judge, hints=hints, handles=handles)

    def solved(self, **places: Value) -> Verdict:
        """Return the verdict on a right answer: `puzzle.solved`."""
        return solved(self("puzzle.solved", **places))

    def unsolved(self, name: str, /, **places: Value) -> Verdict:
        """Return the verdict on another answer: `verdict.NAME`."""
        return unsolved(self(f"verdict.{name}", **places))

    def lesson(
        self,
        *,
        settings: type[S],
        question: Callable[[], Question],
        view: Callable[[S, Reader, Sequence[Any]], View],
        **parts: Any,  # noqa: ANN401
    ) -> Lesson[S, Any]:
        """Return the lesson; `parts` are further attributes of `Lesson`."""
        said = self.texts
        texts = {name: said[name] for name in ("title", "place", "serves", "lead", "summary")}
        return Lesson(
            **texts,
            settings=settings,
            question=question,
            view=view,
            exercise=Exercise(**said["exercise"]),
            claims=said["claims"],
            assumptions=said.get("assumptions", {}),
            **parts,
        )

    def _entry(self, *keys: str) -> Any:  # noqa: ANN401
        found: Any = self.texts
        for key in keys:
            if key not in found:
                raise WordsError(f"{self.package}, {FILE}: {'.'.join(keys)} is missing")
            found = found[key]
        return found

    def _filled(self, name: str, texts: Sequence[str], places: Mapping[str, Value]) -> list[str]:
        try:
            return filled(name, texts, places)
        except WordsError as error:
            raise WordsError(f"{self.package}, {FILE}: {error}") from None

    def _uses(self, name: str) -> tuple[str, ...]:
        """Return the assumptions of a line, and of the lines that it follows from."""
        line = self._entry("line", name)
        inherited = (used for earlier in line.get("follows", ()) for used in self._uses(earlier))
        return tuple(sorted({*line.get("uses", ()), *inherited}))

    def _check_options(
        self, name: str, field: Field[Any] | None, *tables: Mapping[str, str]
    ) -> None:
        known = field.options if field else ()
        for table in tables:
            if table and known and set(table) != set(known):
                raise WordsError(
                    f"{self.package}, {FILE}: handle.{name} has words for {', '.join(table)}; the "
                    f"field's options are {', '.join(known)}"
                )


@cache
def _words(package: str) -> Words:
    return Words(package, read_texts(package))
