"""The files of words: every place and key is used, and what does not fit is said."""

import re
from fractions import Fraction
from importlib import import_module, resources
from pathlib import Path

import pytest
from htpy import strong

from teaching import texts
from teaching.contents import CONTENTS, load
from teaching.lesson import Mark
from teaching.texts import FILE, SAID, WordsError, filled, read_texts
from teaching.words import Words

PACKAGES = {entry.slug: f"teaching.lessons.{entry.slug.replace('-', '_')}" for entry in CONTENTS}
WORDED = [slug for slug in PACKAGES if resources.files(PACKAGES[slug]).joinpath(FILE).is_file()]

SMALL = {
    "title": "T", "place": "P", "serves": "S", "lead": "L", "summary": "In short",
    "claims": ["lemma-7"],
    "exercise": {"task": "Do", "solution": "Done"},
    "assumptions": {"odd": "d is odd."},
    "question": {"text": "{a}?", "options": ["{a}", "other"], "because": "it is {b}"},
    "line": {
        "one": {"mark": "assumed", "uses": ["odd"], "reason": "given {d:,}", "open": "wait"},
        "two": {"mark": "checked", "uses": ["H3"], "reason": "so", "sides": ["this", "that"]},
        "three": {"mark": "proved", "uses": ["H1"], "follows": ["one", "two"], "reason": "hence",
                  "holds": "all", "fails": "not {n}"},
    },
    "handle": {},
    "puzzle": {"task": "Find", "hints": ["Look"], "solved": "Yes"},
    "caption": {"is": "{x} is {y}"},
}  # fmt: skip


def changed(path, value):
    """The small file with one entry set, or removed if None."""
    *tables, key = path.split(".")
    copy = {**SMALL}
    place = copy
    for table in tables:
        place[table] = dict(place[table])
        place = place[table]
    if value is None:
        del place[key]
    else:
        place[key] = value
    return copy


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("lead", None, "lead is missing"),
        ("leed", "L", "leed is unknown; known are title, place"),
        ("lead", 3, "lead is to be a text"),
        ("claims", "lemma-7", "claims is to be a list"),
        ("question", "?", "question is to be a table"),
        ("question.because", None, "question.because is missing"),
        ("puzzle.hint", ["x"], "puzzle.hint is unknown"),
        ("line.two.mark", "shown", "line.two.mark: 'shown' is none of proved, checked, assumed"),
        ("line.two.uses", ["H6"], "line.two.uses: 'H6' is none of"),
        ("line.two.follows", ["three"], "line.two.follows: 'three' is none of one"),
        ("line.two.reasons", "so", "line.two.reasons is unknown"),
        ("handle.size", {"note": "n"}, "handle.size.label is missing"),
        ("caption.is", 3, "caption.is is to be a text"),
    ],
)
def test_a_file_that_is_not_as_it_should_be(path, value, message):
    texts._check(SMALL)
    with pytest.raises(WordsError, match=re.escape(message)):
        texts._check(changed(path, value))


def test_a_file_that_is_no_toml(tmp_path, monkeypatch):
    monkeypatch.setattr(texts, "files", lambda package: tmp_path)
    (tmp_path / FILE).write_text("title = ")
    with pytest.raises(WordsError, match=r"a\.lesson, text\.toml: "):
        read_texts("a.lesson")


def test_places_are_filled():
    assert filled("it", ["{d:,} of {d}", "{{x}}"], {"d": 1024}) == ["1,024 of 1024", "{x}"]
    assert filled("it", ["{share}"], {"share": Fraction(1, 3)}) == ["1/3"]
    (marked,) = filled("it", ["a < {b}"], {"b": strong["c"]})
    assert str(strong[marked]) == "<strong>a &lt; <strong>c</strong></strong>"


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("{a} {b}", {"a": 1}, "it has {b}, which the code does not fill"),
        ("{a}", {"a": 1, "b": 2, "c": 3}, "the code fills {b} and {c}, which it does not have"),
        ("{a", {"a": 1}, "a brace itself is written twice"),
    ],
)
def test_places_that_do_not_fit(text, values, message):
    with pytest.raises(WordsError, match=re.escape(message)):
        filled("it", [text], values)


WORDS = Words("small", SMALL)


def test_a_name_that_is_not_there():
    with pytest.raises(WordsError, match=r"small, text\.toml: caption\.was is missing"):
        WORDS("caption.was")


def test_a_line_uses_what_the_lines_use_that_it_follows_from():
    line = WORDS.step("three", "=", True, n=3)
    assert line.uses == ("H1", "H3", "odd")
    assert line.mark is Mark.PROVED


def test_what_a_line_says_of_its_check():
    assert WORDS.step("one", "=", d=1000).check.says == "wait"
    assert WORDS.step("one", "=", d=1000).reason == "given 1,000"
    assert WORDS.step("two", "=").check is None
    assert WORDS.step("two", "=", [1, 2]).check.says == "this: 1; that: 2"
    assert WORDS.step("three", "=", False, n=3).check.says == "not 3"
    with pytest.raises(WordsError, match=r"line\.two\.holds is missing"):
        WORDS.step("two", "=", True)


@pytest.mark.parametrize("slug", WORDED)
def test_every_text_of_a_lesson_is_used(slug):
    """A key that no code names is left over; f-strings name all keys that begin as they do."""
    package = PACKAGES[slug]
    folder = Path(str(resources.files(package)))
    source = "".join(file.read_text() for file in folder.glob("*.py"))
    found = read_texts(package)
    keys = [(f"{table}.{key}", key) for table in SAID[1:] for key in found.get(table, {})]
    keys += [(key, key) for table in ("line", "handle") for key in found[table]]
    unused = []
    for whole, key in keys:
        prefixes = re.findall(r'f"([a-z_.-]+)\{', source)
        is_built = any(whole.startswith(prefix) for prefix in prefixes)
        if not (is_built or f'"{whole}"' in source or f'"{key}"' in source):
            unused.append(whole)
    assert unused == []


@pytest.mark.parametrize("slug", WORDED)
def test_lines_name_code_that_is_there(slug):
    for line in read_texts(PACKAGES[slug])["line"].values():
        if "code" in line:
            module, _, name = line["code"].partition(":")
            assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("slug", WORDED)
def test_the_files_words_are_the_lessons(slug):
    lesson, found = load(slug), read_texts(PACKAGES[slug])
    assert (lesson.title, lesson.serves) == (found["title"], found["serves"])
    assert lesson.exercise.solution == found["exercise"]["solution"]
