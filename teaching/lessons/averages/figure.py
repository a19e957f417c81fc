"""The picture with its bookkeeping, the sample's verdict, and the handles."""

from collections.abc import Callable
from fractions import Fraction

from htpy import Node, figcaption, figure, p

from evidence.findings import Outcome
from evidence.intervals import Interval
from evidence.levels import STRICT_LESSON_ERROR
from teaching.lesson import Reader
from teaching.lessons.averages import sample
from teaching.lessons.averages.drawing import twin_picture
from teaching.lessons.averages.instance import Instance, Twin
from teaching.lessons.averages.sample import CANDIDATES, PAIRS
from teaching.pictures.handles import choose, group, press, rows, slider, switch
from theory.graph.layers import DagError

VERDICTS = {
    Outcome.HOLDS: "✓ confirmed",
    Outcome.FAILS: "✗ refuted",
    Outcome.UNDECIDED: "? not decided yet",
}


def picture(instance: Instance, reader: Reader, interval: Interval | None) -> Node:
    """Draw the twin, and keep the books on its paths."""
    settings = instance.settings
    return figure[
        twin_picture(instance),
        figcaption[
            f"All paths from pixel {instance.x + 1} are blue, one is orange. Dashed neurons are "
            "left out by the stride. Press another pixel.",
            instance.copied is not None
            and settings.shown == "averaged"
            and " Green and purple, dashed: two paths over the same weights.",
        ],
        _books(instance, reader),
        _decision(instance, reader, interval),
    ]


def _books(instance: Instance, reader: Reader) -> Node:
    x = instance.x

    lines = [
        _line("paths", instance, lambda twin: Fraction(len(twin.paths_from(x)))),
        _line("variance", instance, lambda twin: twin.paths_from(x)[0].gated_square),
    ]
    if reader.answered:
        lines.append(_line("E[(∂ₓf)²]", instance, lambda twin: twin.moments[x]))
    return rows(
        ["", "strided", "pooled" if instance.settings.pooling == "maximum" else "averaged", ""],
        lines,
        title=f"Pixel {x + 1}. Variance: E[(ωσ)²] of a path, under (H)",
    )


def _line(name: str, instance: Instance, of: Callable[[Twin], Fraction]) -> list[Node]:
    before = of(instance.before)
    try:
        after = of(instance.after)
    except DagError:
        return [name, str(before), "undefined", "–"]
    if before == after:
        return [name, str(before), str(after), "="]
    factor = f"× {after / before}" if after > before else f"÷ {before / after}"
    return [name, str(before), str(after), factor]


def _decision(instance: Instance, reader: Reader, interval: Interval | None) -> Node:
    if not reader.answered:
        return p(".note")["Your own sample stands here when you have answered the question."]
    if interval is None:
        return p(".note")[
            "Nothing is replaced: there is nothing to compare."
            if not instance.layers
            else "Draw networks below: your own sample decides which power of n divides sizes."
        ]
    return [
        sample.line(interval),
        rows(
            ["sizes are divided by", "your sample says"],
            [
                [words, VERDICTS[sample.against(interval, words).outcome]]
                for words in CANDIDATES
            ],
            title=f"From {interval.samples:,} pairs of twins (seed {instance.settings.draw}), "
            f"error level {STRICT_LESSON_ERROR:g}",
        ),
    ]  # fmt: skip


def handles(instance: Instance) -> Node:
    """Return what is replaced, what is drawn, what is sampled, and the assumptions."""
    settings = instance.settings
    return [
        choose(settings, "n", "n", ("2", "3", "4")),
        choose(
            settings, "replaced", "Replaced convolutions:",
            {"first": "the first", "second": "the second", "both": "both", "none": "none"},
        ),
        choose(settings, "shown", "Draw the network", {"strided": "before", "averaged": "after"}),
        len(instance.chosen_paths) > 1
        and slider(
            settings, "path", "Path", at=(instance.chosen_path + 1, 1, len(instance.chosen_paths)),
            shown=f"{instance.chosen_path + 1} of {len(instance.chosen_paths)}",
        ),
        slider(settings, "networks", "Pairs of networks:", shown=f"{PAIRS * settings.networks:,}"),
        press("Draw another sample", "draw", str((settings.draw + 1) % 1000), key="others"),
        group(
            "Assumptions",
            choose(
                settings, "padding", "Beyond the border:",
                {"circular": "periodic", "zeros": "zeros", "reflect": "mirrored",
                "replicate": "repeated"},
            ),
            switch(
                settings, "wider", "a kernel of n + 1 instead of n",
                note="With strides, some pixels then have more paths than others: no (S).",
            ),
            choose(settings, "pooling", "Pool by", {"average": "average", "maximum": "maximum"}),
            choose(
                settings, "relu", "ReLUs of the sample:",
                {"masks": "random masks (H1)", "real": "real ones"},
            ),
        ),
    ]  # fmt: skip
