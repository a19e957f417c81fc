"""Figures as a student reads them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teaching.pictures.numbers import number


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"), (1, "1"), (0.12345, "0.123"), (-2.5, "−2.5"), (999.4, "999"), (999.6, "1,000"),
        (16384, "16,384"), (0.001, "0.001"), (1e-4, "10⁻⁴"), (-4.87e-5, "−4.87·10⁻⁵"),
        (9.999e-5, "10⁻⁴"), (2.5e7, "2.5·10⁷"), (math.inf, "∞"), (-math.inf, "−∞"),
    ],
)  # fmt: skip
def test_figures_are_short(value, written):
    assert number(value) == written


def test_more_digits_where_asked():
    assert number(1.23456, digits=4) == "1.235"


@given(st.floats(1e-9, 1e12))
def test_what_is_written_is_the_value_to_three_digits(value):
    mantissa, _, power = number(value).partition("·10")
    if not power and mantissa.startswith("10") and mantissa[2:3] in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹" and mantissa[2:]:
        mantissa, power = "1", mantissa[2:]
    plain = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    read = float(mantissa.replace(",", "")) * 10.0 ** int(power.translate(plain) or "0")
    assert read == pytest.approx(value, rel=0.0051)
