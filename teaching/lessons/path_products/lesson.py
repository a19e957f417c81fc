"""The lesson on Lemmas 9 and 10: path-products decorrelate."""

from collections.abc import Sequence

from teaching.lesson import Lesson, Question, Reader, View
from teaching.lessons.path_products.controls import handles
from teaching.lessons.path_products.counterexamples import counterexample
from teaching.lessons.path_products.figure import picture
from teaching.lessons.path_products.proof import steps
from teaching.lessons.path_products.puzzle import puzzle
from teaching.lessons.path_products.settings import EVENTS, Settings, at_hand, check
from teaching.lessons.path_products.terms import OMEGA, OMEGA_PRIME, expected, plain
from teaching.pictures.mathml import formula
from theory.paths import weight_laws


def _question() -> Question:
    start = Settings()
    net = at_hand(start)
    one, other = net.product(start.p), net.product(start.q)
    value = weight_laws.average(net.law, one + other)
    square = weight_laws.average(net.law, ["a", "a"])
    top = weight_laws.second_moment(net.law, one[-1], other[-1])
    return Question(
        text=[
            f"At first, p is {' → '.join(start.p)} and p′ is {' → '.join(start.q)}. The first "
            "layer is a convolution, so both use the same weight a: ",
            formula(OMEGA, "=", *plain(one)), " and ", formula(OMEGA_PRIME, "=", *plain(other)),
            ". The expectation of their product, ", formula(expected(OMEGA, OMEGA_PRIME)), ", is",
        ],
        options=[
            "positive, as a occurs in both and E[a²] > 0",
            "zero",
            "negative",
            "not to be told without the distribution of the weights",
        ],
        right=0 if value > 0 else 1 if value == 0 else 2,
        because=f"E[a²] = {square} is a factor of it. But so is E[{one[-1]}{other[-1]}] = {top}: "
        f"{one[-1]} and {other[-1]} are two weights of one neuron, o. The product is {value}.",
    )  # fmt: skip


def _view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    net = at_hand(settings)
    return View(
        figure=picture(settings, net, reader),
        handles=handles(settings, net),
        counterexample=counterexample(settings, net),
        steps=steps(settings, net),
        puzzle=puzzle(settings, net),
    )


LESSON: Lesson[Settings, None] = Lesson(
    title="Path-products decorrelate",
    place="Lemma 9, Appendix A.1, and Lemma 10, Appendix A.2",
    lead=[
        "The weights along a path multiply to its path-product ",
        formula(OMEGA),
        ". Two paths can "
        "have weights in common, and still their products need not be correlated. Choose two paths "
        "and follow the proof on them.",
    ],
    settings=Settings,
    question=_question,
    view=_view,
    events=EVENTS,
    check=check,
)
