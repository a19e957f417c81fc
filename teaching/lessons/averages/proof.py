"""Theorem 6 and Lemma 10, line by line, on the twins at hand."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from htpy import div

from evidence.intervals import Interval
from evidence.levels import STRICT_LESSON_ERROR
from teaching.lesson import Check, Step, all_equal, checked, compared, not_yet, proved
from teaching.lessons.averages import sample
from teaching.lessons.averages.instance import Instance, Twin, neuron
from teaching.lessons.averages.sample import MARGIN
from teaching.pictures.mathml import Term, formula, fraction, root, row, sub, sup, total, words
from theory.graph.layers import DagError

UNDEFINED = "which neuron a maximum takes depends on all weights: (H) gives no second moment"


def steps(instance: Instance, interval: Interval | None) -> Sequence[Step]:
    """Return the lines of the proof."""
    k, d = instance.layers, instance.d
    more = _power(k)
    square: Term = sup(row("(", sub("∂", "x"), "f", ")"), 2)
    mean_square = row("E", "[", square, "]")
    return [
        proved(
            formula=formula(words("strided:\u00a0"), total("∑", "x"), mean_square, "=", 1),
            reason="Strides alone: by Lemma 7 the mean over the pixels is 1/d, with any stride. "
            "Strides do not help.",
            check=_tried(lambda: _strides(instance)),
        ),
        proved(
            formula=formula(
                words("paths after"), "=", row(more, link="paths"), "·", words("paths before")
            ),
            reason="A replaced convolution has n neurons where it had one, so n times as many "
            "paths. No edge may be lost at the border.",
            check=_tried(lambda: _paths(instance)),
        ),
        proved(
            formula=[
                div[formula(sub("ω", "p"), "=", *_factors(instance))],
                div[
                    formula(
                        "E", "[", sup(sub("ω", "p"), 2), "]", words("\u00a0is divided by\u00a0"),
                        row(_power(2 * k), link="average"),
                    )
                ],
            ],
            reason="An average has fixed weights 1/n. Each divides every path-product by n, so "
            "its variance by n².",
            check=_tried(lambda: _variances(instance)),
        ),
        proved(
            formula=formula(
                "E", "[", row(sub("ω", "p"), sub("ω", "q"), link="copied"), "]", "=", 0,
                words("\u00a0for p ≠ q"),
            ),
            reason="Lemma 10. Two paths from one pixel first differ behind a common neuron: they "
            "leave it over two weights, which are uncorrelated (H5). If the padding copies a "
            "pixel, both can be the same weight: then it fails.",
            check=_tried(lambda: _pairs(instance)),
        ),
        proved(
            formula=formula(
                total("∑", "x"), mean_square, "=", row(more, link="paths"), "·",
                fraction(1, row(_power(2 * k), link="average")), "=", fraction(1, more),
            ),
            reason="So the squares of the paths add up (Equation 13): more paths, each with less "
            "variance.",
            check=_tried(lambda: _together(instance)),
        ),
        proved(
            formula=formula(
                words("size ÷\u00a0"), root(more), *[words(", not ÷\u00a0"), more] * bool(k)
            ),
            reason="A size is the root of a mean square. Theorem 6 prints the factor without the "
            "root; its own proof has it.",
            check=_tried(lambda: _size(instance)),
        ),
        proved(
            formula=formula(
                mean_square, "=", fraction(1, row("d", "·", more)), words("\u00a0for each x")
            ),
            reason="Under (S), before and after, all pixels are alike, so each has the mean.",
            check=_tried(lambda: _each(instance)),
        ),
        checked(
            formula=formula("γ", "=", fraction(1, 2)),
            reason="Your own sample: sizes are divided by n to the power γ, for each replaced "
            f"convolution. Within {MARGIN} counts as equal; error level {STRICT_LESSON_ERROR:g}.",
            check=_sampled(instance, interval),
        ),
        proved(
            formula=formula(
                "d", total("∑", "x"), mean_square, "=", 1, words("\u00a0(strided: d)")
            ),
            reason="Both replaced: averages down to one pixel. Up to a constant, the left side is "
            f"the square of the size of ‖∂ₓf‖₁. It is 1 whatever d is: here {d}, choose another n. "
            "So more pixels do not make the network more vulnerable to l∞-attacks, at first order. "
            "With the printed n the size would even fall like 1/√d.",
            check=_tried(lambda: _one_pixel(instance)),
        ),
    ]  # fmt: skip


def _tried(find: Callable[[], Check]) -> Check:
    try:
        return find()
    except DagError:
        return compared(False, UNDEFINED)


def _strides(instance: Instance) -> Check:
    twin = instance.before
    sweep = sum(twin.dag.path_sums(twin.dag.outputs[0]).values())
    walked, listed = sum(twin.moments), sum(twin.listed_moments)
    return compared(
        walked == listed == sweep == 1,
        f"by a walk over pairs of paths: {walked}; path by path: {listed}; Lemma 7's sum: {sweep}",
    )


def _paths(instance: Instance) -> Check:
    before, after = instance.before, instance.after
    swept = sum(before.counts), sum(after.counts)
    listed = len(before.paths), len(after.paths)
    return compared(
        swept == listed and swept[1] == instance.times * swept[0],
        f"from all pixels: {listed[0]} before, {listed[1]} after; counted all at once: {swept[0]}, "
        f"{swept[1]}; wanted after: {instance.times * swept[0]}",
    )


def _variances(instance: Instance) -> Check:
    before = {path.square for path in instance.before.paths}
    after = {path.square for path in instance.after.paths}
    walked = sum(same for _, same in instance.after.pair_sums)
    one, divided = before.pop(), after.pop()
    listed = divided * len(instance.after.paths)
    wanted = one / instance.times**2
    return compared(
        not before and not after and divided == wanted and listed == walked,
        f"E[ω²] of every path: {one} before, {divided} after, wanted {wanted}; of all "
        f"{len(instance.after.paths)} paths: {listed}, by a walk: {walked}",
    )


def _pairs(instance: Instance) -> Check:
    walked, listed = instance.after.pair_sums, instance.after.listed_pair_sums
    every, same = (sum(sums) for sums in zip(*walked, strict=True))
    return compared(
        walked == listed and every == same and instance.copied is None,
        f"Σ E[ω ω'] over all pairs: {every}; over equal pairs alone: {same}; path by path: "
        f"{sum(one for one, _ in listed)}, {sum(one for _, one in listed)}",
    )


def _together(instance: Instance) -> Check:
    walked, listed = sum(instance.after.moments), sum(instance.after.listed_moments)
    wanted = Fraction(1, instance.times)
    return all_equal(
        {"by a walk over pairs of paths": walked, "path by path": listed, "wanted": wanted}
    )


def _size(instance: Instance) -> Check:
    before, after = sum(instance.before.moments), sum(instance.after.moments)
    listed = sum(instance.before.listed_moments), sum(instance.after.listed_moments)
    times = instance.times
    return compared(
        listed == (before, after) and before == times * after,
        f"the mean square goes from {before} to {after}: divided by "
        f"{before / after if after else 'nothing'}. The proof wants {times}"
        + (f"; the print would need {times**2}." if instance.layers else "."),
    )


def _each(instance: Instance) -> Check:
    wanted = Fraction(1, instance.d), Fraction(1, instance.d * instance.times)
    walked = list(zip(instance.before.moments, instance.after.moments, strict=True))
    listed = list(zip(instance.before.listed_moments, instance.after.listed_moments, strict=True))
    other = next((x for x, pair in enumerate(walked) if pair != wanted), None)
    shown = 0 if other is None else other
    return compared(
        other is None and listed == walked,
        f"{'all pixels, such as' if other is None else 'not'} pixel {shown + 1}: "
        f"{walked[shown][0]} before, {walked[shown][1]} after; path by path: "
        f"{listed[shown][0]}, {listed[shown][1]}; wanted: {wanted[0]}, {wanted[1]}",
    )


def _sampled(instance: Instance, interval: Interval | None) -> Check:
    if interval is None:
        says = (
            "draw pairs of networks with the slider" if instance.layers else "nothing is replaced"
        )
        return not_yet(says)
    found = sample.against(interval, "√n")
    return Check(
        outcome=found.outcome,
        says=f"γ = {found.estimate:.3f}, between {found.low:.3f} and {found.high:.3f}, from "
        f"{found.samples:,} pairs",
    )


def _one_pixel(instance: Instance) -> Check:
    def size(twin: Twin) -> tuple[Fraction, Fraction]:
        return instance.d * sum(twin.moments, Fraction(0)), instance.d * sum(
            twin.listed_moments, Fraction(0)
        )

    strided, averaged = size(instance.before), size(instance.down_to_one_pixel)
    return compared(
        set(strided) == {instance.d} and set(averaged) == {1},
        f"averaged: {averaged[0]}, path by path {averaged[1]}; strided: {strided[0]}, path by "
        f"path {strided[1]}; d = {instance.d}",
    )


def _factors(instance: Instance) -> list[Term]:
    """Write the chosen path's product, a factor for each edge from the pixel to the logit."""
    dag = instance.shown.dag
    factors: list[Term] = []
    number = 0
    for place, edge in enumerate(instance.chosen_paths[instance.chosen_path].edges):
        layer, _ = neuron(dag, dag.edge_lists.heads[edge])
        factor: Term
        if layer.startswith("pooling"):
            averaging = instance.settings.pooling == "average"
            factor = fraction(1, instance.settings.n) if averaging else words("0 or 1")
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
