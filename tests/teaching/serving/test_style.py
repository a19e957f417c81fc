"""The style sheet: colours that can be told apart, computed from its variables."""

import re

import pytest

from teaching.serving.server import STATIC

STYLE = "".join((STATIC / f"{name}.css").read_text() for name in ("lessons", "presenter"))


def colours(selector):
    """Return the variables of the first rule of a selector."""
    start = STYLE.index(f"{selector} {{")
    rule = STYLE[start : STYLE.index("}", start)]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", rule))


THEMES = {
    "light": colours(":root"),
    "dark": colours(':root[data-theme="dark"]'),
    "dark by the system": colours(':root:not([data-theme="light"])'),
}


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read(theme):
    colour = THEMES[theme]
    grounds = ["paper", "card", "soft", "good-ground", "bad-ground", "lit-ground"]
    pairs = [(text, ground) for text in ("ink", "faint") for ground in grounds]
    pairs += [
        (mark, "card") for mark in ("main", "good", "bad", "lit", "one", "two", "three", "four")
    ]
    pairs += [
        ("good", "good-ground"),
        ("bad", "bad-ground"),
        ("on-main", "main"),
        ("main", "paper"),
    ]
    pairs += [("lit", "lit-ground")]
    weak = {pair: contrast(*(colour[name] for name in pair)) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_what_can_be_pressed_has_a_rim_that_is_seen(theme):
    colour = THEMES[theme]
    assert contrast(colour["rim"], colour["card"]) >= 3
    assert contrast(colour["lit"], colour["paper"]) >= 3


def test_the_dark_theme_is_one_and_has_every_colour():
    assert THEMES["dark"] == THEMES["dark by the system"]
    assert THEMES["dark"].keys() == THEMES["light"].keys()


def test_every_variable_that_is_used_is_there():
    used = set(re.findall(r"var\(--([\w-]+)", STYLE)) - {"mark", "edge", "above"}
    assert used <= THEMES["light"].keys()


def test_nothing_comes_from_elsewhere():
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "http" not in STYLE
