"""A lesson that has one of everything, shows what it was sent, and can be broken."""

from dataclasses import dataclass, replace

from htpy import p

from teaching.fields import AddressError, choice, custom, flag, whole
from teaching.lesson import (
    Lesson,
    Mark,
    Puzzle,
    Question,
    Sampling,
    Step,
    Verdict,
    View,
    compared,
)
from teaching.pictures import svg
from teaching.pictures.handles import choose, knob, part, press, slider, switch
from teaching.pictures.mathml import formula, row


def words(text):
    if not text.isascii():
        raise AddressError("only ASCII")
    return text


@dataclass(frozen=True)
class Settings:
    clicked: str = custom("", words, str)
    slid: int = whole(3, low=0, high=20)
    moves: int = whole(0, low=0, high=999)
    place: str = custom("100,60", words, str)
    switched: bool = flag()
    kind: str = choice("a", "b", "c")
    left: str = custom("pqr", words, str)
    wanted: int = whole(0, low=0, high=50)
    broken: bool = flag()


def slide(settings, text):
    if int(text) == 13:
        raise AddressError("13 is not to be had")
    return replace(settings, slid=int(text), moves=settings.moves + 1)


def move(settings, text):
    x, y = (float(number) for number in settings.place.split(","))
    steps = {"left": (-10, 0), "right": (10, 0), "up": (0, -10), "down": (0, 10)}
    x, y = (
        (x + steps[text][0], y + steps[text][1]) if text in steps else map(float, text.split(","))
    )
    return replace(settings, place=f"{x:.0f},{y:.0f}", moves=settings.moves + 1)


def switched(settings, text):
    if text and settings.kind == "c":
        raise AddressError("not with c")
    return replace(settings, switched=bool(text))


def view(settings, reader, pieces):
    if settings.broken:
        raise ZeroDivisionError("the view broke")
    x, y = settings.place.split(",")
    return View(
        figure=[
            svg.canvas(
                part(
                    svg.circle(".node", cx="40", cy="40", r="20"), "click", "x",
                    label="click x", link="term",
                ),
                knob(
                    svg.circle(".dot", cx=x, cy=y, r="14"), "move", label="the point",
                    value=settings.place,
                ),
                [
                    part(
                        svg.rect(".node", x=f"{n * 50 + 200}", y="20", width="30", height="30"),
                        "take", one, label=f"take {one}",
                    )
                    for n, one in enumerate(settings.left)
                ],
                label="a picture",
                height=120,
            ),
            p(id="shown")[
                f"clicked {settings.clicked}; slid {settings.slid} in {settings.moves} moves; "
                f"at {settings.place}; {len(pieces)} pieces"
            ],
        ],
        handles=[
            [press(f"Click {n}", "click", str(n)) for n in range(10)],
            slider(settings, "slide", "Slide", at=(settings.slid, 0, 20)),
            switch(settings, "switched", "On"),
            choose(settings, "kind", "Kind", {one: one for one in "abc"}),
            press("Break the view", "broken", "1"),
            press("Break the event", "break"),
        ],
        counterexample=settings.switched and p["It fails."],
        steps=[
            Step(
                formula=formula(row("x", link="term"), "=", "1"),
                reason="Because.",
                mark=Mark.PROVED,
                check=compared(True, "1 and 1"),
            ),
            Step(formula=formula("y", "=", "2"), reason="So.", mark=Mark.CHECKED),
        ],
        puzzle=Puzzle(
            task="Slide to 7.",
            judge=lambda: Verdict(solved=settings.slid == 7, why=f"It is at {settings.slid}."),
            hints=["Not 6.", "Not 8."],
        ),
    )  # fmt: skip


def sampling(settings):
    return Sampling(key="key", wanted=settings.wanted, draw=lambda piece: piece)


def break_event(settings, text):
    raise ZeroDivisionError("the event broke")


LESSON = Lesson(
    title="Tiny",
    place="Nowhere",
    lead="One of everything.",
    settings=Settings,
    question=lambda: Question(
        text="How much is 1 + 1?", options=["1", "2"], right=1, because="1 + 1 = 2."
    ),
    view=view,
    events={
        "click": lambda settings, text: replace(settings, clicked=settings.clicked + text),
        "slide": slide,
        "move": move,
        "switched": switched,
        "take": lambda settings, text: replace(settings, left=settings.left.replace(text, "")),
        "break": break_event,
    },
    sampling=sampling,
)
