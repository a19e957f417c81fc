"""The lesson on the random walk of Lemma 7's proof."""

from collections.abc import Sequence

from htpy import Node, p

from teaching.lesson import Lesson, Question, Reader, Sampling, View
from teaching.lessons.random_walk.crowd import Counts, intervals, piece
from teaching.lessons.random_walk.figure import handles, picture
from teaching.lessons.random_walk.network import INPUTS, START, O, counted_degrees, network
from teaching.lessons.random_walk.proof import dead_ends, steps
from teaching.lessons.random_walk.puzzle import puzzle
from teaching.lessons.random_walk.settings import EVENTS, Settings, dag_of
from theory.dag import Dag
from theory.paths import path_polynomial


def _question() -> Question:
    sums = network(START, bias=False).path_sums(O)
    return Question(
        text="At first, the network is the one drawn here. A walker starts at the output o and "
        "climbs: at each node it takes one of the incoming edges, all equally likely. What is the "
        "probability that it ends at x2?",
        options=[
            "1/3, as there are three inputs",
            str(sums["x2"]),
            "1/2",
            "it can be anything up to 1",
        ],
        right=1,
        because=f"The three inputs have {', '.join(str(sums[x]) for x in INPUTS)}: different "
        "shares, whose sum is 1.",
    )


def _view(settings: Settings, reader: Reader, pieces: Sequence[Counts]) -> View:
    dag = dag_of(settings)
    seen = intervals(dag, pieces)
    return View(
        figure=picture(dag, settings, reader, seen),
        handles=handles(dag, settings),
        counterexample=_counterexample(dag, settings),
        steps=steps(dag, settings, seen),
        puzzle=puzzle(settings),
    )


def _counterexample(dag: Dag, settings: Settings) -> Node:
    found = []
    if dead := dead_ends(dag):
        sums = dag.path_sums(O)
        left = sum(sums[x] for x in INPUTS)
        found.append(
            f"Walks end at {', '.join(dead)}, too: the inputs' shares add to {left}, not to 1."
        )
    if settings.degrees == "out":
        sums = path_polynomial.path_sums_with(dag, O, counted_degrees(dag, "out"))
        wrong = sum(sums[x] for x in INPUTS)
        found.append(
            f"With 1/out-degree, the paths add to {wrong}"
            + (
                ", here by chance: cut an edge."
                if wrong == 1
                else ": nobody walks with these odds."
            )
        )
    return [p[words] for words in found]


def _sampling(settings: Settings) -> Sampling[Counts]:
    return Sampling(
        key=(settings.edges, settings.bias),
        wanted=settings.crowd,
        draw=lambda number: piece(dag_of(settings), number),
    )


LESSON = Lesson(
    title="The random walk",
    place="Lemma 7, Appendix A.1",
    lead="A network hands out shares of its output to its inputs, path by path. Let a walker climb "
    "from the output, and the shares become probabilities, so they must add to 1.",
    settings=Settings,
    question=_question,
    view=_view,
    events=EVENTS,
    sampling=_sampling,
)
