"""The lesson on path-degrees, assumption (S) and Lemma 8."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from htpy import Node, div

from teaching.lesson import Lesson, Question, Reader, View
from teaching.lessons.path_degrees.figure import O, handles, picture
from teaching.lessons.path_degrees.polynomial import written
from teaching.lessons.path_degrees.proof import steps
from teaching.lessons.path_degrees.puzzle import puzzle
from teaching.lessons.path_degrees.settings import EVENTS, Settings, check, network
from teaching.mathml import formula, sub
from theory.dag import Dag

ASKED = Settings(size=6, layers=1, kernel=3, stride=2, padding="circular")


def _question() -> Question:
    dag = network(ASKED)
    paths = {str(x): dag.path_degrees(x, O).total() for x in dag.inputs}
    most = [str(x) for x in dag.inputs if paths[str(x)] == max(paths.values())]
    options = {
        tuple(paths): "all the same: 6 is a multiple of 2, and there is no border",
        ("x1", "x3", "x5"): "x1, x3, x5, on which the kernel is centred",
        ("x2", "x4", "x6"): "x2, x4, x6, between them",
        ("x3", "x4"): "x3 and x4, in the middle",
    }
    options.setdefault(tuple(most), ", ".join(most))
    sums = dag.path_sums(O)
    holds = "holds" if dag.is_symmetric(O) else "fails"
    return Question(
        text="One convolution with kernel 3 and stride 2 reads 6 inputs that are arranged in a "
        "ring (circular padding); an output reads all of its neurons. Which inputs have the most "
        "paths to the output?",
        options=list(options.values()),
        right=list(options).index(tuple(most)),
        because=f"Paths from x1 to x6: {', '.join(str(n) for n in paths.values())}; sums: "
        f"{', '.join(str(value) for value in sums.values())}. So (S) {holds}. The paper has it "
        "for strided layers whose size is a multiple of the stride; their kernel must be one, too.",
    )


def _view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    dag = network(settings)
    return View(
        figure=picture(dag, settings),
        handles=handles(settings),
        counterexample=_counterexample(dag, settings),
        steps=steps(dag, settings),
        puzzle=puzzle(settings),
    )


def _counterexample(dag: Dag, settings: Settings) -> Node:
    witnesses = dag.is_symmetric(O).witnesses
    if witnesses is None:
        return None
    sums = dag.path_sums(O)
    one, other = witnesses
    return div[
        "(S) fails:",
        [
            div(".formula")[formula(sub("G", str(x)), "=", written(dag.path_degrees(x, O)))]
            for x in witnesses
        ],
        f"Their sums are {sums[one]} and {sums[other]}; 1/d is 1/{len(dag.inputs)}.",
        _printed(settings),
    ]


def _printed(settings: Settings) -> str:
    """Say where the paper would have (S) hold, or be alleviated."""
    if settings.kind == "dense":
        return ""
    if settings.stride == 2 and settings.size % 2 == 0:
        return f" And yet the size, {settings.size}, is a multiple of the stride."
    if settings.stride == 1 and settings.padding == "reflect":
        ratios = [
            _largest_over_smallest(network(each).path_sums(O))
            for each in (settings, replace(settings, padding="zeros"))
        ]
        return f" The largest sum is {ratios[0]} times the smallest, {ratios[1]} with zero padding."
    return ""


def _largest_over_smallest(sums: Mapping[Hashable, Fraction]) -> Fraction:
    return max(sums.values()) / min(sums.values())


LESSON = Lesson(
    title="Path-degrees and symmetry",
    place="Assumption (S), Section 3.2; Lemma 8, Appendix A.1",
    lead="A path from an input to the output meets neurons, and each has an in-degree. If all "
    "inputs meet the same in-degrees, equally often, each of them has exactly the share 1/d.",
    settings=Settings,
    question=_question,
    view=_view,
    events=EVENTS,
    check=check,
)
