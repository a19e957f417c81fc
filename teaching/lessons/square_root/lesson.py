"""The lesson on Theorems 3 and 4 and Corollary 5."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from htpy import Node, p

from teaching.lesson import Lesson, Question, Reader, View
from teaching.lessons.square_root import network, sample
from teaching.lessons.square_root.figure import handles, picture
from teaching.lessons.square_root.network import Instance
from teaching.lessons.square_root.proof import exact_steps
from teaching.lessons.square_root.puzzle import puzzle
from teaching.lessons.square_root.sample import Pieces
from teaching.lessons.square_root.scaling import scaling_steps
from teaching.lessons.square_root.settings import Settings
from theory.networks import small_networks

D = 8
ASKED, OTHER = (4, 3), (2, 5)
"""The question's inputs and hidden layers, and the layers of another network with its answer."""


def _question() -> Question:
    dags = (small_networks.dense_dag(D, widths=widths) for widths in (ASKED, OTHER))
    asked, other = (list(dag.second_moments(dag.outputs[0]).values()) for dag in dags)
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
        because=f"All {len(asked)} inputs have {asked[0]}. With hidden layers of {OTHER[0]} and "
        f"{OTHER[1]} neurons they have {other[0]}, too: fewer paths, each larger by as much.",
    )  # fmt: skip


def _view(settings: Settings, reader: Reader, pieces: Sequence[Pieces]) -> View:
    instance, grown = Instance(settings), sample.collected(pieces)
    return View(
        figure=picture(instance, reader, grown),
        handles=handles(settings),
        counterexample=_counterexample(instance),
        steps=[*exact_steps(instance), *scaling_steps(settings, reader, grown)],
        puzzle=puzzle(instance),
    )


def _counterexample(instance: Instance) -> Node:
    settings, dag = instance.settings, instance.dag
    chosen, d = settings.chosen, settings.inputs
    moments = list(instance.moments.values())
    length = sum(moments)
    found = []
    if settings.linear:
        as_in_h1 = Instance(replace(settings, linear=False)).moments[instance.x]
        found.append(
            f"Without a ReLU on the logit, x{chosen + 1} has {moments[chosen]}, with one "
            f"{as_in_h1}: half as much. The power of d stays."
        )
    if instance.lacks_edges:
        found.append(
            "Beside the zeros, neurons have fewer edges than 2/fan-in reckons with: "
            f"E[‖∂ₓf‖²] = {length}."
        )
    if instance.symmetry.witnesses:
        one, other = (dag.position(x) for x in instance.symmetry.witnesses)
        found.append(
            f"(S) fails: x{one + 1} has {moments[one]}, x{other + 1} has {moments[other]}; "
            f"1/d = {Fraction(1, d)}. All together: {length}."
        )
    if settings.printed and settings.is_dense:
        case = instance.dense_logit
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
    sampling=sample.sampling,
)
