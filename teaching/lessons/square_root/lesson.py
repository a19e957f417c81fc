"""The lesson on Theorems 3 and 4 and Corollary 5."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from htpy import p

from teaching.lesson import Question, Reader, Verdict, View
from teaching.lessons.square_root import network, sample
from teaching.lessons.square_root.network import Instance
from teaching.lessons.square_root.picture import handles, picture
from teaching.lessons.square_root.proof import exact_steps
from teaching.lessons.square_root.sample import Pieces
from teaching.lessons.square_root.scaling import scaling_steps
from teaching.lessons.square_root.settings import Settings
from teaching.words import Words
from theory.networks import small_networks

TEXT = Words.beside(__name__)
D = 8
ASKED, OTHER = (4, 3), (2, 5)
"""The question's inputs and hidden layers, and the layers of another network with its answer."""

OPTIONS = (Fraction(12, 8), Fraction(1, 96), Fraction(1, 8), Fraction(2, 8))
"""The question's answers."""

WANTED = Fraction(5, 18)
"""The puzzle's second moment of some input."""


def question() -> Question:
    """Ask for a second moment in a dense network."""
    dags = (small_networks.dense_dag(D, widths=widths) for widths in (ASKED, OTHER))
    asked, other = (list(dag.second_moments(dag.outputs[0]).values()) for dag in dags)
    right = OPTIONS.index(asked[0])
    return TEXT.question(right=right, inputs=len(asked), share=asked[0], other=other[0])


def view(settings: Settings, reader: Reader, pieces: Sequence[Pieces]) -> View:
    """Show the network at hand, and what larger ones showed."""
    instance, grown = Instance(settings), sample.collected(pieces)
    return View(
        figure=picture(instance, reader, grown),
        handles=handles(settings),
        counterexample=[p[words] for words in _counterexample(instance)],
        steps=[*exact_steps(instance), *scaling_steps(settings, reader, grown)],
        puzzle=TEXT.puzzle(lambda: _judge(instance), wanted=WANTED),
        dropped=["H1"] * settings.linear
        + ["H3"] * instance.lacks_edges
        + ["S"] * bool(instance.symmetry.witnesses),
    )


def _counterexample(instance: Instance) -> list[str]:
    settings, dag = instance.settings, instance.dag
    moments = list(instance.moments.values())
    length = sum(moments)
    found = []
    if settings.linear:
        as_in_h1 = Instance(replace(settings, linear=False)).moments[instance.x]
        found.append(
            TEXT("counterexample.linear", x=settings.chosen + 1, without=moments[settings.chosen],
                 with_one=as_in_h1)
        )  # fmt: skip
    if instance.lacks_edges:
        found.append(TEXT("counterexample.zeros", length=length))
    if instance.symmetry.witnesses:
        one, other = (dag.position(x) for x in instance.symmetry.witnesses)
        found.append(
            TEXT("counterexample.symmetry", one=one + 1, moment=moments[one], other=other + 1,
                 other_moment=moments[other], share=Fraction(1, settings.inputs), length=length)
        )  # fmt: skip
    if settings.printed and settings.is_dense:
        case = instance.dense_logit
        if case.size_of_all_layers != case.paths:
            found.append(
                TEXT("counterexample.printed", printed=case.size_of_all_layers, paths=case.paths)
            )
    return found


def _judge(instance: Instance) -> Verdict:
    moments = list(instance.moments.values())
    length, listed = sum(moments), ", ".join(map(str, moments))
    if instance.settings.linear:
        return TEXT.unsolved("linear", length=length)
    if length != 1:
        return TEXT.unsolved("length", length=length)
    if instance.symmetry:
        return TEXT.unsolved("symmetric", share=moments[0])
    if WANTED not in moments:
        return TEXT.unsolved("none", moments=listed, wanted=WANTED)
    which = ", ".join(f"x{n}" for n, value in enumerate(moments, 1) if value == WANTED)
    return TEXT.solved(which=which, moments=listed, wanted=WANTED)


LESSON = TEXT.lesson(
    settings=Settings, question=question, view=view, check=network.check, sampling=sample.sampling
)
