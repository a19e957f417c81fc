"""Formulas as MathML, which browsers draw by themselves.

Words, numbers and signs are written plainly: `row("‖", sub("∂", "x"), "L", "‖")`. A term with a
`link` lights up together with all else on the page that has the same link, and the reverse.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from htpy import Element

Term: TypeAlias = str | int | Fraction | Element

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_UPRIGHT = frozenset("∂∇∞")

_math, _mrow, _mi, _mn, _mo, _mtext = (
    Element(name) for name in ("math", "mrow", "mi", "mn", "mo", "mtext")
)
_mfrac, _msub, _msup, _msubsup = (Element(name) for name in ("mfrac", "msub", "msup", "msubsup"))
_msqrt, _munder = Element("msqrt"), Element("munder")


def formula(*terms: Term, block: bool = False) -> Element:
    """Return a whole formula; a block stands on a line of its own."""
    return _math(display="block" if block else "inline")[_each(terms)]


def row(*terms: Term, link: str = "") -> Element:
    """Put terms side by side.

    Parameters
    ----------
    terms : strings are split into numbers, words of letters, and signs.
    link : names, separated by spaces, of what lights up together with this term. A linked term
        takes the keyboard's focus.
    """
    if not link:
        return _mrow[_each(terms)]
    return _mrow(".term", data_link=link, tabindex="0")[_each(terms)]


def words(text: str) -> Element:
    """Return words inside a formula, set upright."""
    return _mtext[text]


def fraction(above: Term, below: Term) -> Element:
    """Return above / below, one over the other."""
    return _mfrac[_one(above), _one(below)]


def sub(base: Term, below: Term) -> Element:
    """Return a term with an index."""
    return _msub[_one(base), _one(below)]


def sup(base: Term, above: Term) -> Element:
    """Return a term with an exponent."""
    return _msup[_one(base), _one(above)]


def subsup(base: Term, below: Term, above: Term) -> Element:
    """Return a term with an index and an exponent."""
    return _msubsup[_one(base), _one(below), _one(above)]


def root(term: Term) -> Element:
    """Return a square root."""
    return _msqrt[_one(term)]


def total(sign: str, below: Term) -> Element:
    """Return a large sign such as ∑, ∏ or max with what stands below it."""
    return _munder[_mo(movablelimits="false")[sign], _one(below)]


def rational(value: Fraction | int) -> Element:
    """Return a whole number or a fraction of two."""
    value = Fraction(value)
    if value.denominator == 1:
        return _one(int(value))
    size = _mfrac[_mn[str(abs(value.numerator))], _mn[str(value.denominator)]]
    return size if value > 0 else _mrow[_mo["−"], size]


def _each(terms: Sequence[Term]) -> list[Element]:
    return [_one(term) for term in terms]


def _one(term: Term) -> Element:
    if isinstance(term, Element):
        return term
    if isinstance(term, (int, Fraction)):
        return rational(term) if isinstance(term, Fraction) else _mn[str(term).replace("-", "−")]
    parts = [_atom(part) for part in _split(term)]
    return parts[0] if len(parts) == 1 else _mrow[parts]


def _split(text: str) -> list[str]:
    return re.findall(rf"{_NUMBER.pattern}|[^\W\d_]+|[^\w\s]|_", text)


def _atom(part: str) -> Element:
    if _NUMBER.fullmatch(part):
        return _mn[part]
    if part in _UPRIGHT:
        return _mi(mathvariant="normal")[part]
    if _WORD.fullmatch(part):
        return _mi[part]
    return _mo(stretchy="false")[part] if part in "‖|()[]{}" else _mo[part]
