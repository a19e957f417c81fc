"""Theorem 6 and Lemma 10, line by line, on the twins at hand; the question, and the puzzle."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from htpy import div, p

from evidence.intervals import Interval
from evidence.levels import STRICT_LESSON_ERROR
from teaching.lesson import Check, Question, Reader, Step, Verdict, View, compared, nearest, not_yet
from teaching.lessons.averages import sample
from teaching.lessons.averages.instance import Instance, Twin, named
from teaching.lessons.averages.picture import handles, picture
from teaching.lessons.averages.sample import MARGIN, Piece
from teaching.lessons.averages.settings import EVENTS, REPLACED, Settings
from teaching.pictures.mathml import Term, formula, fraction, root, row, sub, sup, total, words
from teaching.words import Words
from theory.graph.layers import DagError
from theory.networks import strided_twins

TEXT = Words.beside(__name__)
ASKED, OPTIONS = 4, (4, 2, 16, 1)
"""The question's n, and the divisors to choose from."""

WANTED = 4
"""The puzzle's divisor."""


def question() -> Question:
    """Ask by what an average divides the typical size of a gradient."""
    before, after = (
        Twin(strided_twins.strided_twin(ASKED, ASKED, replaced=replaced)).moments
        for replaced in (REPLACED["none"], REPLACED["first"])
    )
    factor = sum(before) / sum(after)
    right = nearest([option**2 for option in OPTIONS], float(factor))
    return TEXT.question(right=right, factor=factor)


def view(settings: Settings, reader: Reader, pieces: Sequence[Piece]) -> View:
    """Show the twins at hand."""
    instance = Instance(settings)
    interval = sample.gamma(settings, pieces)
    uneven = _uneven(instance)
    return View(
        figure=picture(instance, reader, interval),
        handles=handles(instance),
        counterexample=[p[each] for each in _counterexample(instance, uneven)],
        steps=_steps(instance, interval),
        puzzle=TEXT.puzzle(lambda: _judge(instance), wanted=WANTED),
        dropped=["periodic border"] * (settings.padding != "circular")
        + ["averages"] * (settings.pooling == "maximum")
        + ["leaving weights"] * (settings.pooling == "average" and instance.copied is not None)
        + ["S"] * bool(uneven),
    )


def _counterexample(instance: Instance, uneven: str) -> list[str]:
    settings = instance.settings
    found = []
    if settings.pooling == "maximum":
        found.append(TEXT("counterexample.maximum"))
    elif settings.padding != "circular":
        found.append(_padded(instance))
    if uneven:
        found.append(uneven)
    if settings.relu == "real":
        found.append(TEXT("counterexample.real"))
    return found


def _uneven(instance: Instance) -> str:
    """Say where the pixels are not alike, before or after; nothing where they are."""
    settings = instance.settings
    averaged = instance.layers and settings.pooling == "average"
    for when, twin in {
        "before": instance.before,
        **({"after": instance.after} if averaged else {}),
    }.items():
        low, high = min(twin.moments), max(twin.moments)
        if low < high:
            sure = TEXT("says.sure") if settings.padding == "circular" else ""
            return TEXT(f"counterexample.{when}", low=low, high=high, sure=sure)
    return ""


def _padded(instance: Instance) -> str:
    if not (instance.layers or instance.settings.wider):
        return TEXT("counterexample.inside")
    before, after = sum(instance.before.moments), sum(instance.after.moments, Fraction(0))
    factor = TEXT("says.factor", before=before, after=after, times=instance.times)
    if instance.settings.padding == "zeros":
        return TEXT("counterexample.zeros", missing=instance.missing_paths, factor=factor)
    if instance.copied is None:
        return TEXT("counterexample.no_copy", factor=factor)
    one, other = instance.copied
    return TEXT(
        "counterexample.copied", x=one.start + 1, covariance=one.covariance(other), factor=factor
    )


def _steps(instance: Instance, interval: Interval | None) -> Sequence[Step]:
    k, d = instance.layers, instance.d
    more, fewer = (row(_power(k), link="paths"), row(_power(2 * k), link="average"))
    mean_square = row("E", "[", sup(row("(", sub("∂", "x"), "f", ")"), 2), "]")
    omega = {each: sub("ω", each) for each in "pq"}
    return [
        TEXT.step(
            "strides",
            formula(words(TEXT("says.strides")), total("∑", "x"), mean_square, "=", 1),
            _tried(_strides, instance),
        ),
        TEXT.step(
            "paths",
            formula(words(TEXT("says.after")), "=", more, "·", words(TEXT("says.before"))),
            _tried(_paths, instance),
        ),
        TEXT.step(
            "variances",
            [
                div[formula(omega["p"], "=", *_factors(instance))],
                div[formula("E", "[", sup(omega["p"], 2), "]", words(TEXT("says.divided")), fewer)],
            ],
            _tried(_variances, instance),
        ),
        TEXT.step(
            "pairs",
            formula("E", "[", row(omega["p"], omega["q"], link="copied"), "]", "=", 0,
                    words(TEXT("says.unequal"))),
            _tried(_pairs, instance),
        ),
        TEXT.step(
            "together",
            formula(total("∑", "x"), mean_square, "=", more, "·", fraction(1, fewer), "=",
                    fraction(1, _power(k))),
            _tried(_together, instance),
        ),
        TEXT.step(
            "size",
            formula(words(TEXT("says.size")), root(_power(k)),
                    *[words(TEXT("says.not")), _power(k)] * bool(k)),
            _tried(_size, instance),
            times=instance.times, square=instance.times**2,
        ),
        TEXT.step(
            "each",
            formula(mean_square, "=", fraction(1, row("d", "·", _power(k))),
                    words(TEXT("says.each"))),
            _tried(_each, instance),
        ),
        TEXT.step(
            "sample", formula("γ", "=", fraction(1, 2)), _sampled(instance, interval),
            margin=MARGIN, level=f"{STRICT_LESSON_ERROR:g}",
        ),
        TEXT.step(
            "one_pixel",
            formula("d", total("∑", "x"), mean_square, "=", 1, words(TEXT("says.strided_d"))),
            _tried(_one_pixel, instance),
            d=d,
        ),
    ]  # fmt: skip


def _tried(
    find: Callable[[Instance], Sequence[Fraction]], instance: Instance
) -> Check | Sequence[Fraction]:
    try:
        return find(instance)
    except DagError:
        return compared(False, TEXT("says.undefined"))


def _strides(instance: Instance) -> Sequence[Fraction]:
    twin = instance.before
    sweep = sum(twin.dag.path_sums(twin.dag.outputs[0]).values(), Fraction(0))
    return [*twin.sizes, sweep, Fraction(1)]


def _paths(instance: Instance) -> Sequence[Fraction]:
    before, after = instance.before, instance.after
    found = (sum(after.counts), len(after.paths), instance.times * sum(before.counts))
    return [Fraction(count) for count in (*found, instance.times * len(before.paths))]


def _variances(instance: Instance) -> Sequence[Fraction]:
    squares = {path.square for path in instance.after.paths}
    walked = sum((same for _, same in instance.after.pair_sums), Fraction(0))
    wanted = instance.before.paths[0].square / instance.times**2
    return [max(squares), min(squares), walked / len(instance.after.paths), wanted]


def _pairs(instance: Instance) -> Sequence[Fraction]:
    ways = (instance.after.pair_sums, instance.after.listed_pair_sums)
    unequal = [sum((every - same for every, same in way), Fraction(0)) for way in ways]
    return [*unequal, Fraction(instance.copied is not None), Fraction(0)]


def _together(instance: Instance) -> Sequence[Fraction]:
    return [*instance.after.sizes, Fraction(1, instance.times)]


def _size(instance: Instance) -> Sequence[Fraction]:
    sizes = zip(instance.before.sizes, instance.after.sizes, strict=True)
    return [
        *(one / other if other else Fraction(0) for one, other in sizes),
        Fraction(instance.times),
    ]


def _each(instance: Instance) -> Sequence[Fraction]:
    d, times = instance.d, instance.times
    before, after = instance.before, instance.after
    found = [d * end(before.moments) for end in (min, max)]
    found += [d * times * end(after.moments) for end in (min, max)]
    return [*found, d * times * max(after.listed_moments), Fraction(1)]


def _one_pixel(instance: Instance) -> Sequence[Fraction]:
    strided, averaged = instance.before.sizes, instance.down_to_one_pixel.sizes
    return [*(instance.d * one for one in averaged), *strided, Fraction(1)]


def _sampled(instance: Instance, interval: Interval | None) -> Check:
    if interval is None:
        return not_yet(TEXT("says.to_draw" if instance.layers else "says.same"))
    found = sample.against(interval, TEXT("says.root"))
    says = TEXT("says.found", estimate=found.estimate, low=found.low, high=found.high,
                pairs=found.samples)  # fmt: skip
    return Check(outcome=found.outcome, says=says)


def _factors(instance: Instance) -> list[Term]:
    """Write the chosen path's product, a factor for each edge from the pixel to the logit."""
    edges = list(instance.shown.dag.edges())
    factors: list[Term] = []
    number = 0
    for place, edge in enumerate(instance.chosen_paths[instance.chosen_path].edges):
        layer, _ = named(edges[edge][1])
        factor: Term
        if layer.startswith("pooling"):
            averaging = instance.settings.pooling == "average"
            factor = fraction(1, instance.settings.n) if averaging else words(TEXT("says.gate"))
        else:
            number += 1
            factor = sub("w", number)
        factors += [*["·"] * bool(place), row(factor, link=f"factor-{place}")]
    return factors


def _power(exponent: int) -> Term:
    """Write a power of n."""
    if exponent < 2:
        return "n" if exponent else 1
    return sup("n", exponent)


def _judge(instance: Instance) -> Verdict:
    try:
        before = sum(instance.before.moments, Fraction(0))
        after = sum(instance.after.moments, Fraction(0))
    except DagError:
        return TEXT.unsolved("maximum")
    n, times = instance.settings.n, instance.times
    if not instance.layers:
        return TEXT.unsolved("nothing")
    if before == WANTED**2 * after:
        return TEXT.solved(before=before, after=after, wanted=WANTED)
    factor = before / after
    shown = str(factor) if factor.denominator == 1 else f"({factor})"
    places: dict[str, Fraction | str] = {
        "factor": factor,
        "root": shown,
        "size": f"{math.sqrt(factor):.3g}",
    }
    if factor != times:
        return TEXT.unsolved("padding", **places)
    if times == WANTED:
        return TEXT.unsolved("printed", **places, times=times)
    return TEXT.unsolved("one" if instance.layers == 1 else "both", **places, n=n, times=times)


LESSON = TEXT.lesson(
    settings=Settings, question=question, view=view, events=EVENTS, sampling=sample.sampling
)
