"""What a student moves: sliders, choices, switches, buttons, and parts of a picture.

Each carries the name of its event and what it sets; the script in the page knows no more than
that. An element that is replaced keeps the keyboard's focus by its id, which is made here.

Switches, sliders and choices share their

Parameters
----------
settings, name : the lesson's settings, and which of them is set.
words : what it sets; of a switch, what is so while it is on.
note : a second line on what it means.
"""

import re
from collections.abc import Mapping, Sequence

from htpy import (
    Element,
    Node,
    button,
    caption,
    div,
    fieldset,
    fragment,
    label,
    legend,
    output,
    span,
    table,
    tbody,
    td,
    th,
    thead,
    tr,
)
from htpy import input as input_element
from markupsafe import Markup

from teaching.fields import MOST_SAMPLES, fields_of
from teaching.pictures.svg import g


def identity(name: str, text: str = "") -> str:
    """Return the id of the element that sets `name` to `text`, legible in CSS and addresses."""
    return "set-" + re.sub(r"[^A-Za-z0-9_-]", lambda c: f"-{ord(c[0]):x}-", f"{name}-{text}")


def press(
    words: Node,
    name: str,
    text: str = "",
    *,
    disabled: bool = False,
    kind: str = "",
    key: str = "",
) -> Element:
    """Return a button that sends an event.

    Parameters
    ----------
    words : on the button.
    name, text : the event.
    disabled : whether there is nothing to do now. It keeps the focus and says so.
    kind : further classes: "main" for what most students do next.
    key : stands for the text in its id where pressing it changes the text: so it keeps the focus.
    """
    return button(
        class_=kind or None,
        id=identity(name, key or text),
        type="button",
        data_send=name,
        data_text=text,
        aria_disabled="true" if disabled else None,
    )[words]


def switch(settings: object, name: str, words: Node, *, note: Node = None) -> Element:
    """Return a switch for a flag."""
    on = bool(getattr(settings, name))
    return div(".handle")[
        label(".switch")[
            input_element(
                id=identity(name),
                type="checkbox",
                checked=on,
                data_send=name,
                data_text="" if on else "1",
            ),
            span[words],
        ],
        _note(note),
    ]


def slider(
    settings: object,
    name: str,
    words: Node,
    *,
    at: tuple[int, int, int] | None = None,
    shown: Node = None,
    spoken: str = "",
    note: Node = None,
) -> Element:
    """Return a slider over whole numbers, with what it stands at beside it.

    Parameters
    ----------
    at : where it stands and where it ends; those of the setting if None. A setting that grows by
        factors is moved by its exponent.
    shown : what the value means; the value itself if empty.
    spoken : the same for a screen reader.
    """
    value, low, high = at or (getattr(settings, name), *fields_of(type(settings))[name].ends)
    return div(".handle")[
        label(for_=identity(name))[
            words, " ", output(for_=identity(name))[str(value) if shown is None else shown]
        ],
        input_element(
            id=identity(name),
            type="range",
            min=str(low),
            max=str(high),
            step="1",
            value=str(value),
            data_send=name,
            aria_valuetext=spoken or None,
        ),
        _note(note),
    ]


def choose(
    settings: object,
    name: str,
    words: Node,
    options: Mapping[str, Node] | Sequence[str],
    *,
    value: str = "",
    note: Node = None,
) -> Element:
    """Return radio buttons for one of a few values.

    Parameters
    ----------
    options : by value, the words beside it; or values that stand for themselves.
    value : the one that is chosen now; the setting's if empty.
    """
    chosen = value or str(getattr(settings, name))
    if not isinstance(options, Mapping):
        options = {option: option for option in options}
    return fieldset(".handle.choice")[
        legend[words],
        [
            label[
                input_element(
                    id=identity(name, option),
                    type="radio",
                    name=name,
                    value=option,
                    checked=option == chosen,
                    data_send=name,
                    data_text=option,
                ),
                span[shown],
            ]
            for option, shown in options.items()
        ],
        _note(note),
    ]


def another_sample(settings: object) -> Element:
    """Return what draws another sample, for settings with a field `sample`, and its seed."""
    seed = getattr(settings, "sample")  # noqa: B009  (a field that lessons have by agreement)
    return div(".handle.sample")[
        span(".note")[f"Sample {seed}. Its number is its seed: the same one gives the same draws."],
        press("Another sample", "sample", str((seed + 1) % MOST_SAMPLES), key="another"),
    ]


def part(
    contents: Node,
    name: str,
    text: str,
    *,
    label: str,
    link: str = "",
    chosen: bool | None = None,
    key: str = "",
) -> Element:
    """Return a part of a picture that can be pressed, by mouse or keyboard.

    Parameters
    ----------
    contents : elements of SVG.
    name, text : the event.
    label : what pressing it does, in words. What is read in the part comes first.
    link : as in `teaching.pictures.mathml.row`.
    chosen : whether it is one of the chosen ones; None where nothing is chosen.
    key : stands for the text in its id where several parts send the same.
    """
    return g(
        ".part",
        id=identity(name, key or text),
        role="button",
        tabindex="0",
        data_send=name,
        data_text=text,
        data_link=link or None,
        aria_label=_named(contents, label),
        aria_pressed=None if chosen is None else str(chosen).lower(),
    )[contents]


def knob(contents: Node, name: str, *, label: str, value: str) -> Element:
    """Return a part of a picture that is dragged, or moved by the arrow keys.

    A drag sends the pointer's place "x,y" in the picture's units; an arrow key sends "left",
    "right", "up" or "down". The lesson has an event of this name that takes either.

    Parameters
    ----------
    contents : elements of SVG.
    name : the event.
    label : what it moves.
    value : where it stands, in words.
    """
    return g(
        ".part.knob",
        id=identity(name),
        role="slider",
        tabindex="0",
        data_drag=name,
        aria_label=label,
        aria_valuetext=value,
        aria_valuenow="0",
    )[contents]


def group(words: Node, *contents: Node) -> Element:
    """Return handles that belong together, such as the assumptions, under a heading."""
    return fieldset(".group")[legend[words], contents]


def rows(heads: Sequence[Node], lines: Sequence[Sequence[Node]], *, title: Node) -> Element:
    """Return a table of figures, its first column heading the rows."""
    return div(".wide")[
        table[
            caption[title],
            thead[tr[[th(scope="col")[head] if head else td for head in heads]]],
            tbody[[tr[th(scope="row")[one[0]], [td[cell] for cell in one[1:]]] for one in lines]],
        ]
    ]


def _named(contents: Node, label: str) -> str:
    """Return a label that has what is read in a part, so that it can be told by that, too."""
    text = Markup(fragment[contents]).striptags()  # noqa: S704  (made by htpy, which escapes)
    return label if text in label else f"{text}: {label}"


def _note(words: Node) -> Node:
    return span(".note")[words] if words else None
