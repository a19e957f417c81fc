"""What a lesson is made of: its settings, and a view of them that the library computes.

For instance, a line of a proof is a `Step` with a formula, a reason and a `Check`. A lesson only
describes its page with the classes of this file: `teaching.serving.page` turns the description into
HTML, and `teaching.state` moves from one state to the next. A lesson holds no state of its own.
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import Any, Generic, TypeVar

from htpy import Node

from evidence.findings import Outcome

S = TypeVar("S")
P = TypeVar("P")


class Mark(Enum):
    """How far a step of a proof is known to be true."""

    ASSUMED = "assumed"
    CHECKED = "checked on this instance"
    PROVED = "proved"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question to answer before the reveal.

    Attributes
    ----------
    text : the question, on a fixed instance that no handle changes.
    options : the answers to choose from.
    right : index of the right one, as the library computes it.
    because : said when it has been answered, with the library's figures.
    """

    text: Node
    options: Sequence[Node]
    right: int
    because: Node


def nearest(values: Sequence[float], value: float) -> int:
    """Return the index of the option whose value is nearest to the computed one."""
    return min(range(len(values)), key=lambda n: abs(values[n] - value))


@dataclass(frozen=True, kw_only=True)
class Check:
    """What the library finds when it checks a step on the instance at hand.

    Attributes
    ----------
    outcome : holds, fails, or undecided (sampled, and not yet enough).
    says : both sides, computed by functions of the library that share as little as they can.
    """

    outcome: Outcome
    says: Node


def compared(agree: bool, says: Node) -> Check:
    """Return the check of a line whose sides agree, or do not."""
    return Check(outcome=Outcome.HOLDS if agree else Outcome.FAILS, says=says)


def all_equal(sides: Mapping[str, Fraction | int]) -> Check:
    """Return the check of a line whose sides, by how they were computed, are equal or not."""
    return compared(
        len(set(sides.values())) == 1,
        "; ".join(f"{name}: {value}".replace(": -", ": −") for name, value in sides.items()),
    )


def not_yet(says: Node) -> Check:
    """Return the check of a line whose sample has not been drawn, with what is missing."""
    return Check(outcome=Outcome.UNDECIDED, says=says)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a proof.

    Attributes
    ----------
    formula : what is said, mathematics in MathML; its terms carry links to the picture.
    reason : why it follows from the line before, and which assumption that uses.
    mark : `PROVED` where the reason is a proof for all instances that satisfy the assumptions in
        `uses`, `CHECKED` where the page only computes both sides on this instance, `ASSUMED` where
        the line is one of the assumptions.
    check : on the instance at hand; None where there is nothing to compute.
    uses : names of the assumptions that the reason needs, such as "H3", those of the lines that it
        follows from included. While one of them is dropped, the page does not call it proved.
    claims : ids of the ledger's claims that say the same.
    code : the function that computes it, as "module:name"; empty where there is none.
    """

    formula: Node
    reason: Node
    mark: Mark
    check: Check | None = None
    uses: Sequence[str] = ()
    claims: Sequence[str] = ()
    code: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the library says of an answer to a puzzle: solved or not, and why."""

    solved: bool
    why: Node


def solved(why: Node) -> Verdict:
    """Return the verdict on a right answer."""
    return Verdict(True, why)


def unsolved(why: Node) -> Verdict:
    """Return the verdict on an answer that is not right, or not complete."""
    return Verdict(False, why)


@dataclass(frozen=True, kw_only=True)
class Puzzle:
    """A task that the library judges.

    Attributes
    ----------
    task : what is to be found.
    judge : called when the student asks for it; never raises for a state that can be reached.
    hints : from a nudge to all but the answer.
    handles : where the answer is given; empty where the lesson's own handles give it.
    """

    task: Node
    judge: Callable[[], Verdict]
    hints: Sequence[Node]
    handles: Node = None


@dataclass(frozen=True, kw_only=True)
class View:
    """What stands on a lesson's page.

    Attributes
    ----------
    figure : the picture, and below it in words what it shows.
    handles : what can be moved, the assumptions among it.
    counterexample : shown while an assumption is dropped: what fails, in figures.
    steps : the proof.
    puzzle : at the end.
    dropped : names of the assumptions that the settings drop, in the words of `Step.uses`.
    hidden : parts that would answer the question, such as "figure" and "steps": the page shows
        them when it has been answered.
    """

    figure: Node
    handles: Node
    counterexample: Node
    steps: Sequence[Step]
    puzzle: Puzzle
    dropped: Collection[str] = ()
    hidden: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Sampling(Generic[P]):
    """The sample that a view needs, drawn in pieces so that no click waits for it.

    Attributes
    ----------
    key : decides every piece, together with its number; pieces of another key are dropped.
    wanted : number of pieces.
    draw : draws piece number 0, 1, 2 ... in at most some 30 ms, on one thread.
    """

    key: Hashable
    wanted: int
    draw: Callable[[int], P]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What the student has done so far, as far as a view may depend on it.

    Attributes
    ----------
    answered : whether the question has been answered: before, nothing gives the answer away.
    steps : how many steps of the proof are shown.
    """

    answered: bool
    steps: int


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A task for the exercise sheet, with its solution, which stands on a sheet of its own."""

    task: str
    solution: str


@dataclass(frozen=True, kw_only=True)
class Lesson(Generic[S, P]):
    """A lesson.

    Attributes
    ----------
    title : as it stands above the lesson.
    place : where it stands in the paper.
    lead : two sentences on what there is to see.
    serves : one sentence: which step of the whole argument the lesson serves.
    summary : what has been learned, shown when the puzzle is solved.
    exercise : for the exercise sheet.
    claims : ids of the ledger's claims that it is about.
    assumptions : of its own, by name, in a sentence each, beside those of the course.
    settings : a frozen dataclass made of `teaching.fields`; its defaults are the lesson's start.
    question : asked before the reveal.
    view : of settings, what the student has done, and the pieces of the sample drawn so far.
    events : by name, what an event does beyond writing the field of that name; it returns new
        settings, and raises `AddressError` with one line for the student where it cannot be done.
    check : raises `AddressError` for settings whose fields do not go together.
    sampling : what the view wants to be drawn; None where it wants nothing.
    """

    title: str
    place: str
    lead: Node
    settings: type[S]
    question: Callable[[], Question]
    view: Callable[[S, Reader, Sequence[P]], View]
    events: Mapping[str, Callable[[S, str], S]] = field(default_factory=dict)
    check: Callable[[S], None] = lambda settings: None  # noqa: ARG005
    sampling: Callable[[S], Sampling[P] | None] = lambda settings: None  # noqa: ARG005
    serves: str = ""
    summary: str = ""
    exercise: Exercise | None = None
    claims: Sequence[str] = ()
    assumptions: Mapping[str, str] = field(default_factory=dict)


AnyLesson = Lesson[Any, Any]
