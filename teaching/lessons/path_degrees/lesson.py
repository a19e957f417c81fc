"""The lesson on path-degrees, assumption (S) and Lemma 8."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from htpy import Node, div

from teaching.lesson import Lesson, Question, Reader, View
from teaching.lessons.path_degrees.figure import handles, picture
from teaching.lessons.path_degrees.found import Found, O, found
from teaching.lessons.path_degrees.polynomial import written
from teaching.lessons.path_degrees.proof import steps
from teaching.lessons.path_degrees.puzzle import puzzle
from teaching.lessons.path_degrees.settings import PUZZLE, Settings, check, network
from teaching.pictures.mathml import formula, sub

ASKED = Settings(size=6, layers=1, kernel=3, stride=2, padding="circular")


def _question() -> Question:
    asked = found(network(ASKED))
    paths = {str(x): multiset.total() for x, multiset in asked.multisets.items()}
    most = tuple(x for x in paths if paths[x] == max(paths.values()))
    options = {
        tuple(paths): "all the same: 6 is a multiple of 2, and there is no border",
        ("x1", "x3", "x5"): "x1, x3, x5, on which the kernel is centred",
        ("x2", "x4", "x6"): "x2, x4, x6, between them",
        ("x3", "x4"): "x3 and x4, in the middle",
    }
    options.setdefault(most, ", ".join(most))
    holds = "holds" if asked.symmetry else "fails"
    return Question(
        text="One convolution with kernel 3 and stride 2 reads 6 inputs that are arranged in a "
        "ring (circular padding); an output reads all of its neurons. Which inputs have the most "
        "paths to the output?",
        options=list(options.values()),
        right=list(options).index(most),
        because=f"Paths from x1 to x6: {', '.join(map(str, paths.values()))}; sums: "
        f"{', '.join(map(str, asked.sums.values()))}. So (S) {holds}. The paper has it "
        "for strided layers whose size is a multiple of the stride; their kernel must be one, too.",
    )


def _view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    shown = found(network(settings))
    return View(
        figure=picture(shown, settings),
        handles=handles(settings),
        counterexample=_counterexample(shown, settings),
        steps=steps(shown, settings),
        puzzle=puzzle(settings),
    )


def _counterexample(shown: Found, settings: Settings) -> Node:
    witnesses, sums = shown.symmetry.witnesses, shown.sums
    if witnesses is None:
        return None
    one, other = witnesses
    return div[
        "(S) fails:",
        [
            div(".formula")[formula(sub("G", str(x)), "=", written(shown.multisets[x]))]
            for x in witnesses
        ],
        f"Their sums are {sums[one]} and {sums[other]}; 1/d is 1/{len(sums)}.",
        _printed(shown, settings),
    ]


def _printed(shown: Found, settings: Settings) -> str:
    """Say where the paper would have (S) hold, or be alleviated."""
    if settings.kind == "dense":
        return ""
    if settings.padding == "circular" and settings.size % settings.stride**settings.layers == 0:
        return (
            " And yet the size of each layer is a multiple of the stride. But the kernel, "
            f"{settings.kernel}, is not."
        )
    if settings.stride == 1 and settings.padding == "reflect":
        zeros = network(replace(settings, padding="zeros")).path_sums(O)
        ratios = [_largest_over_smallest(sums) for sums in (shown.sums, zeros)]
        return f" The largest sum is {ratios[0]} times the smallest, {ratios[1]} with zero padding."
    return ""


def _largest_over_smallest(sums: Mapping[Hashable, Fraction]) -> Fraction:
    return max(sums.values()) / min(sums.values())


LESSON = Lesson(
    title="Path-degrees and symmetry",
    place="Assumption (S), Section 3.2; Lemma 8, Appendix A.1",
    lead="A path from an input to the output meets neurons, and each has an in-degree. If the "
    "paths of all inputs meet the same in-degrees, each input has exactly the share 1/d.",
    settings=Settings,
    question=_question,
    view=_view,
    events=PUZZLE.events,
    check=check,
)
