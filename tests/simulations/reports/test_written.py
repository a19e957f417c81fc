"""Numbers as a person writes them."""

import math

import pytest

from evidence.intervals import Interval
from simulations.reports.quantities import quantities
from simulations.reports.written import latex_interval, latex_label, latex_text, with_ends
from simulations.reports.written import with_precision as written


def interval(estimate, low, high):
    return Interval(estimate=estimate, low=low, high=high, error=0.01, samples=9)


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((2.0, 1.9, 2.1), "2 ±5%"),
        ((2.0, 1.0, 2.1), "2 ±50%"),
        ((2.0, 0.0, 9.6), "2, at most ×4.8"),
        ((2.0, 0.0, math.inf), "2, no upper end"),
        ((0.0, 0.0, math.inf), "0, no upper end"),
        ((math.nan, 0.0, math.inf), "-"),
    ],
)
def test_a_wide_interval_is_no_percentage(ends, text):
    assert written(interval(*ends)) == text


def test_ends_that_are_infinite():
    assert with_ends(interval(0.5, -math.inf, math.inf)) == "0.500 [-∞, ∞]"
    assert latex_interval(interval(0.5, -0.0001, math.inf)) == r"$0.500\;[0.000, \infty]$"
    assert with_ends(None) == latex_interval(interval(math.nan, 0, 1)).replace("--", "-") == "-"


def test_labels_in_latex_have_no_sign_beyond_ascii():
    labels = [latex_label(one.label) for one in quantities(with_loss=True)]
    assert all(label.isascii() and label.count("$") == 2 for label in labels)
    assert len(set(labels)) == 21
    assert latex_label("typical rms ∂_x f") == r"typical rms $\partial_x f$"
    assert latex_text("50% of a_b") == r"50\% of a\_b"
