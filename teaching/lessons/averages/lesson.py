"""The lesson on strided convolutions and averages: Theorem 6."""

from collections.abc import Sequence
from fractions import Fraction

from htpy import Node, p

from teaching.lesson import Lesson, Question, Reader, Sampling, View, nearest
from teaching.lessons.averages import sample
from teaching.lessons.averages.figure import handles, picture
from teaching.lessons.averages.instance import Instance, Twin
from teaching.lessons.averages.proof import UNDEFINED, steps
from teaching.lessons.averages.puzzle import puzzle
from teaching.lessons.averages.sample import Piece
from teaching.lessons.averages.settings import EVENTS, REPLACED, Settings
from theory.networks import strided_twins

ASKED = 4
"""The question's n."""

OPTIONS = (4, 2, 16, 1)


def _question() -> Question:
    before, after = (
        Twin(strided_twins.strided_twin(ASKED, ASKED, replaced=replaced)).moments
        for replaced in (REPLACED["none"], REPLACED["first"])
    )
    factor = sum(before) / sum(after)
    return Question(
        text="A convolution of stride 4 keeps 1 neuron of n = 4. It gives way to one of stride 1 "
        "and an average over each 4 neurons. By what is the typical size of a gradient divided?",
        options=[str(option) if option > 1 else "1: not at all" for option in OPTIONS],
        right=nearest([option**2 for option in OPTIONS], float(factor)),
        because=f"The mean square is divided by n = {factor}: there are 4 times as many paths, "
        "each with 1/16 of the variance. The size is its root. (For n, look at the print of "
        "Theorem 6; for √n, at its proof.)",
    )


def _view(settings: Settings, reader: Reader, pieces: Sequence[Piece]) -> View:
    instance = Instance(settings)
    interval = sample.gamma(settings, pieces)
    return View(
        figure=picture(instance, reader, interval),
        handles=handles(instance),
        counterexample=_counterexample(instance),
        steps=steps(instance, interval),
        puzzle=puzzle(instance),
    )


def _counterexample(instance: Instance) -> Node:
    settings = instance.settings
    found = []
    if settings.pooling == "maximum":
        sampled = " You can still draw a sample." if instance.layers else ""
        found.append(f"No proof: {UNDEFINED}.{sampled}")
    elif settings.padding != "circular":
        found.append(_padded(instance))
    found += _uneven(instance)
    if settings.relu == "real":
        found.append(
            "A real ReLU knows the weights, and meets one filter at several places: the sample's γ "
            "may be a little off the exact 1/2."
        )
    return [p[words] for words in found]


def _uneven(instance: Instance) -> list[str]:
    """Say where the pixels are not alike, before or after."""
    averaged = instance.layers and instance.settings.pooling == "average"
    twins = {"Before": instance.before, **({"After": instance.after} if averaged else {})}
    for when, twin in twins.items():
        low, high = min(twin.moments), max(twin.moments)
        if low < high:
            periodic = instance.settings.padding == "circular"
            sure = " Only their sum is sure to be divided by n." if periodic else ""
            return [f"{when}, the pixels are not alike: E[(∂ₓf)²] goes from {low} to {high}.{sure}"]
    return []


def _padded(instance: Instance) -> str:
    if not (instance.layers or instance.settings.wider):
        return (
            "Strides alone reach nothing beyond the border. But the last line replaces both "
            "convolutions, and then the padding counts."
        )
    before, after = sum(instance.before.moments), sum(instance.after.moments, Fraction(0))
    factor = f"The mean square goes from {before} to {after}, wanted: 1/{instance.times}."
    if instance.settings.padding == "zeros":
        return (
            f"Zeros carry no edges: {instance.missing_paths} paths are missing at the border. "
            f"{factor}"
        )
    if instance.copied is None:
        return f"Here no copy meets its original over one weight, so Lemma 10 holds. {factor}"
    one, other = instance.copied
    return (
        f"The padding copies neurons at the border. So two paths from pixel {one.start + 1} (green "
        f"and purple) take the same weights: E[ω ω'] = {one.covariance(other)}, not 0. {factor}"
    )


def _sampling(settings: Settings) -> Sampling[Piece] | None:
    if not REPLACED[settings.replaced]:
        return None
    key = (
        settings.n, settings.wider, settings.padding, settings.pooling, settings.replaced,
        settings.relu, settings.draw,
    )  # fmt: skip
    return Sampling(
        key=key, wanted=settings.networks, draw=lambda number: sample.draw(settings, number)
    )


LESSON = Lesson(
    title="Strides and averages",
    place="Theorem 6, Lemma 10, Section 3.3, Appendix A.2",
    lead="A stride keeps one neuron of n. An average over all n looks safer: more paths, each much "
    "weaker. Keep the books, and find out what Theorem 6 should have printed.",
    settings=Settings,
    question=_question,
    view=_view,
    events=EVENTS,
    sampling=_sampling,
)
