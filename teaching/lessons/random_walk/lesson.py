"""The lesson on the random walk of Lemma 7's proof."""

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
from htpy import Node, p

from simulations.random_walks import ends_of_walks
from teaching.lesson import Lesson, Question, Reader, Sampling, View
from teaching.lessons.random_walk.figure import handles, picture
from teaching.lessons.random_walk.network import INPUTS, START, O, network, out_degree_sums
from teaching.lessons.random_walk.proof import steps
from teaching.lessons.random_walk.puzzle import puzzle
from teaching.lessons.random_walk.settings import EVENTS, Settings

WALKS = 100
"""Of a crowd, in one piece of the sample."""


def _question() -> Question:
    dag, _ = network(START, bias=False)
    shares = [str(dag.path_sums(O)[x]) for x in dag.inputs]
    options = ["1/3, as there are three inputs", "5/12", "1/2", "it can be anything up to 1"]
    return Question(
        text="At first, the network is the one drawn here. A walker starts at the output o and "
        "climbs: at each node it takes one of the incoming edges, all equally likely. What is the "
        "probability that it ends at x2?",
        options=options,
        right=next(n for n, words in enumerate(options) if words.split(",")[0] == shares[1]),
        because=f"The three inputs have {', '.join(shares)}: different shares, whose sum is 1.",
    )


def _view(settings: Settings, reader: Reader, pieces: Sequence[Counter[Hashable]]) -> View:  # noqa: ARG001
    return View(
        figure=picture(settings, pieces),
        handles=handles(settings),
        counterexample=_counterexample(settings),
        steps=steps(settings),
        puzzle=puzzle(settings),
    )


def _counterexample(settings: Settings) -> Node:
    dag, dead = network(settings.edges, bias=settings.bias)
    found = []
    if dead:
        sums = dag.path_sums(O)
        left = sum(sums[x] for x in dag.inputs[:INPUTS])
        found.append(
            f"Walks end at {', '.join(dead)}, too: the inputs' shares add to {left}, not to 1."
        )
    if settings.degrees == "out":
        wrong = sum(list(out_degree_sums(dag).values())[:INPUTS])
        found.append(f"Weighed by out-degrees, the paths add to {wrong}: no walk has these odds.")
    return [p[words] for words in found]


def _sampling(settings: Settings) -> Sampling[Counter[Hashable]]:
    def draw(piece: int) -> Counter[Hashable]:
        dag, _ = network(settings.edges, bias=settings.bias)
        return ends_of_walks(dag, O, WALKS, np.random.default_rng([4, 1, piece]))

    return Sampling(key=(settings.edges, settings.bias), wanted=settings.crowd, draw=draw)


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
