"""The lesson on Theorems 3 and 4 and Corollary 5."""

from collections.abc import Sequence
from fractions import Fraction

from htpy import Node, p

from teaching.lesson import Lesson, Question, Reader, View
from teaching.lessons.square_root import network
from teaching.lessons.square_root.figure import handles, picture
from teaching.lessons.square_root.proof import exact_steps
from teaching.lessons.square_root.puzzle import puzzle
from teaching.lessons.square_root.scaling import Piece, collected, sampling, scaling_steps
from teaching.lessons.square_root.settings import Settings
from theory import moment_comparisons
from theory.equation_8 import DenseLogit

ASKED, OTHER = (8, 4, 3, 1), (8, 2, 5, 1)


def _question() -> Question:
    asked, other = (moment_comparisons.moments(network.dense_network(*n)) for n in (ASKED, OTHER))
    options = [
        "12/8: one share for each of the 4 · 3 paths",
        "1/96, as 8 · 4 · 3 = 96",
        "1/8",
        "2/8, as He's weights have variance 2/in-degree",
    ]
    return Question(
        text="A dense network has 8 inputs, hidden layers of 4 and 3 neurons and one logit f. "
        "Weights have variance 2/in-degree, and a ReLU after each neuron, f too, is open half of "
        "the time. What is E[(∂ₓf)²] for one input x?",
        options=options,
        right=next(
            n for n, words in enumerate(options)
            if Fraction(words.replace(",", ":").split(":")[0]) == asked[0]
        ),
        because=f"All {len(asked)} inputs have {asked[0]}. With hidden layers of {OTHER[1]} and "
        f"{OTHER[2]} neurons they have {other[0]}: more paths, each one smaller by as much.",
    )  # fmt: skip


def _view(settings: Settings, reader: Reader, pieces: Sequence[Piece]) -> View:
    grown = collected(pieces)
    return View(
        figure=picture(settings, reader, grown),
        handles=handles(settings),
        counterexample=_counterexample(settings),
        steps=[*exact_steps(settings), *scaling_steps(settings, grown)],
        puzzle=puzzle(settings),
    )


def _counterexample(settings: Settings) -> Node:
    dag = network.dag_of(settings)
    o, d = dag.outputs[0], settings.inputs
    moments = list(dag.second_moments(o).values())
    length = sum(moments)
    found = []
    if settings.linear:
        halved = dag.path_sums(o)[dag.inputs[settings.chosen]]
        found.append(
            f"Without a ReLU on the logit, x{settings.chosen + 1} has "
            f"{moments[settings.chosen]}, twice the {halved} of H1. The power of d stays."
        )
    zeros = moment_comparisons.is_zero_padded(network.drawn(settings))
    if zeros and network.has_he_only(settings):
        found.append(
            "Beside the zeros, neurons have fewer edges than 2/fan-in reckons with: "
            f"E[‖∂ₓf‖²] = {length}."
        )
    symmetry = dag.is_symmetric(o)
    if symmetry.witnesses:
        one, other = (dag.position(x) for x in symmetry.witnesses)
        found.append(
            f"(S) fails: x{one + 1} has {moments[one]}, x{other + 1} has {moments[other]}; "
            f"1/d = {Fraction(1, d)}. All together: {length}."
        )
    if settings.printed and settings.is_dense:
        case = DenseLogit(network.dense_sizes(settings), dag)
        if case.size_of_all_layers != case.paths:
            found.append(
                f"As printed, Equation 8 counts {case.size_of_all_layers} paths from an input to "
                f"f1; there are {case.paths}."
            )
    return [p[words] for words in found]


LESSON = Lesson(
    title="From paths to 1/√d",
    place="Theorems 3 and 4, Corollary 5; Equations 7, 8, 9 and 13",
    lead="A gradient adds up paths. Squares of paths add up to the same share for every input, "
    "whatever lies between: follow the proof equality by equality, then let d grow.",
    settings=Settings,
    question=_question,
    view=_view,
    check=network.check,
    sampling=sampling,
)
