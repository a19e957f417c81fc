"""The twin with its paths, the books on them, the sample's decision, and the handles.

Pixels stand on the left, the logit on the right, a chosen pixel's paths in colour. Both twins have
their neurons at the same places, and the strided one shows which ones it leaves out, so that
switching between them moves nothing.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction

from htpy import Element, Node, figcaption, figure, p

from evidence.intervals import Interval
from evidence.levels import STRICT_LESSON_ERROR
from teaching.lesson import Reader
from teaching.lessons.averages import sample
from teaching.lessons.averages.instance import Instance, Twin, named
from teaching.lessons.averages.sample import CANDIDATES, PAIRS
from teaching.lessons.averages.settings import REPLACED
from teaching.pictures import svg
from teaching.pictures.handles import another_sample, part, rows
from teaching.words import Words
from theory.graph.layers import DagError
from theory.networks.strided_twins import kept_neuron
from theory.paths.weighted_paths import WeightedPath

TEXT = Words.beside(__name__)
COLUMNS = {"input": 0, "convolution 0": 1, "pooling 0": 2, "convolution 1": 3, "pooling 1": 4,
           "logit": 5}  # fmt: skip
FIRST, LAST, TOP = 22.0, 396.0, 66.0
ROWS = {2: 46.0, 3: 33.0, 4: 26.0}
"""Units between two pixels, by n."""

RADIUS, SIDE, BEND = 8.0, 11.0, 9.0

Place = tuple[float, float]


def picture(instance: Instance, reader: Reader, interval: Interval | None) -> Node:
    """Draw the twin, and keep the books on its paths."""
    copied = instance.copied is not None and instance.settings.shown == "averaged"
    return figure[
        _twin(instance),
        figcaption[TEXT("caption.picture", x=instance.x + 1), copied and TEXT("caption.copied")],
        _books(instance, reader),
        _decision(instance, reader, interval),
    ]


def handles(instance: Instance) -> Node:
    """Return what is replaced, what is drawn, what is sampled, and the assumptions."""
    settings, paths = instance.settings, len(instance.chosen_paths)
    return [
        TEXT.handle(settings, "n"),
        TEXT.handle(settings, "replaced"),
        TEXT.handle(settings, "shown"),
        paths > 1
        and TEXT.handle(
            settings, "path", at=(instance.chosen_path + 1, 1, paths),
            shown=TEXT("says.path", path=instance.chosen_path + 1, paths=paths),
        ),
        TEXT.handle(settings, "networks", shown=f"{PAIRS * settings.networks:,}"),
        another_sample(settings),
        TEXT.group(
            "assumptions",
            *(TEXT.handle(settings, name) for name in ("padding", "wider", "pooling", "relu")),
        ),
    ]  # fmt: skip


def _twin(instance: Instance) -> Element:
    dag, settings = instance.shown.dag, instance.settings
    places = {node: _place(instance, *named(node)) for node in dag.nodes}
    curves = _curves(instance, places)
    own = sorted({edge for path in instance.chosen_paths for edge in path.edges})
    chosen = instance.chosen_paths[instance.chosen_path]
    pooled = [named(head)[0].startswith("pooling") for _, head in dag.edges()]
    copied = instance.copied if settings.shown == "averaged" else None
    return svg.canvas(
        _heads(instance),
        svg.path(".grid", d=" ".join(curves)),
        svg.g(".one")[
            [
                svg.g(data_link="paths average" if pooled[edge] else "paths")[
                    svg.path(".curve", d=curves[edge])
                ]
                for edge in own
            ]
        ],
        [
            svg.g(data_link=f"factor-{place}")[svg.path(".edge.chosen", d=curves[edge])]
            for place, edge in enumerate(chosen.edges)
        ],
        copied and _copied(copied, curves),
        _left_out(instance),
        [_node(instance, *named(node), place) for node, place in places.items()],
        label=TEXT(
            "caption.label", d=instance.d, x=instance.x + 1, paths=len(instance.chosen_paths)
        ),
        height=TOP + (instance.d - 1) * ROWS[settings.n] + 26,
    )


def _place(instance: Instance, layer: str, number: int) -> Place:
    """Return where a neuron stands: a strided one where its twin keeps it."""
    settings = instance.settings
    n, d = settings.n, instance.d
    column = COLUMNS[layer]
    across = FIRST + column * (LAST - FIRST) / 5
    chosen = () if settings.shown == "strided" else REPLACED[settings.replaced]
    spacing = n ** {0: 0, 1: 0, 2: 1, 3: 1, 4: 2, 5: 2}[column]
    row = number * spacing + (spacing - 1) / 2
    if layer.startswith("convolution") and int(layer[-1]) not in chosen:
        row = (number * n + kept_neuron(instance.kernel)) * spacing + (spacing - 1) / 2
    return across, TOP + min(row, d - 1) * ROWS[n]


def _curves(instance: Instance, places: Mapping[Hashable, Place]) -> list[str]:
    curves, seen = [], dict[tuple[Hashable, Hashable], int]()
    for ends in instance.shown.dag.edges():
        # Parallel edges: a pixel that one filter sees twice.
        apart = BEND * seen.setdefault(ends, 0)
        seen[ends] += 1
        curves.append(svg.smooth([places[end] for end in ends], apart=apart))
    return curves


def _copied(pair: Sequence[WeightedPath], curves: Sequence[str]) -> Node:
    return [
        svg.g(class_=kind, data_link="copied")[
            [svg.path(".curve.dashed", d=curves[edge]) for edge in path.edges]
        ]
        for kind, path in zip(("three", "four"), pair, strict=True)
    ]


def _left_out(instance: Instance) -> Node:
    """Draw the neurons that strided convolutions leave out."""
    settings = instance.settings
    chosen = () if settings.shown == "strided" else REPLACED[settings.replaced]
    ghosts: list[Node] = []
    for layer, spacing in ((0, 1), (1, settings.n)):
        if layer in chosen:
            continue
        across = FIRST + COLUMNS[f"convolution {layer}"] * (LAST - FIRST) / 5
        for number in range(instance.d // spacing):
            if number % settings.n == kept_neuron(instance.kernel):
                continue
            down = TOP + (number * spacing + (spacing - 1) / 2) * ROWS[settings.n]
            ghosts.append(svg.disc(across, down, RADIUS, class_="grid dashed"))
    return ghosts


def _node(instance: Instance, layer: str, number: int, place: Place) -> Node:
    x, y = place
    if layer != "input":
        return svg.disc(x, y, RADIUS, class_="node")
    is_chosen = number == instance.x
    box = svg.square(x, y, SIDE, class_="node chosen" if is_chosen else "node")
    return part(
        [box, svg.words(x, y + 5, str(number + 1), kind="small")],
        "x",
        str(number + 1),
        label=TEXT("caption.pixel", x=number + 1),
        chosen=is_chosen,
    )


def _heads(instance: Instance) -> Node:
    settings = instance.settings
    n = settings.n
    chosen = () if settings.shown == "strided" else REPLACED[settings.replaced]
    heads = [(TEXT("says.pixels"), "")]
    for layer in (0, 1):
        replaced = layer in chosen
        pooling = TEXT(f"says.{settings.pooling}"), TEXT("says.of", n=n)
        heads.append((TEXT("says.convolution"), TEXT("says.stride", n=1 if replaced else n)))
        heads.append(pooling if replaced else ("", ""))
    heads.append((TEXT("says.logit"), ""))
    return [
        [
            svg.words(x, 18, name, kind="small strong", anchor=anchor),
            svg.words(x, 37, note, kind="small faint"),
        ]
        for (name, note), x, anchor in zip(
            heads,
            [4.0, *(FIRST + column * (LAST - FIRST) / 5 for column in range(1, 5)), svg.WIDTH - 4],
            ["start", *["middle"] * 4, "end"],
            strict=True,
        )
    ]


def _books(instance: Instance, reader: Reader) -> Node:
    x = instance.x

    lines = [
        _line(TEXT("says.paths_of"), instance, lambda twin: Fraction(len(twin.paths_from(x)))),
        _line(TEXT("says.variance"), instance, lambda twin: twin.paths_from(x)[0].gated_square),
    ]
    if reader.answered:
        lines.append(_line(TEXT("says.moment"), instance, lambda twin: twin.moments[x]))
    pooled = TEXT(f"says.{'pooled' if instance.settings.pooling == 'maximum' else 'averaged'}")
    return rows(["", TEXT("says.strided"), pooled, ""], lines, title=TEXT("caption.books", x=x + 1))


def _line(name: str, instance: Instance, of: Callable[[Twin], Fraction]) -> list[Node]:
    before = of(instance.before)
    try:
        after = of(instance.after)
    except DagError:
        return [name, str(before), TEXT("says.no_value"), "–"]
    if before == after:
        return [name, str(before), str(after), "="]
    factor = f"× {after / before}" if after > before else f"÷ {before / after}"
    return [name, str(before), str(after), factor]


def _decision(instance: Instance, reader: Reader, interval: Interval | None) -> Node:
    if not reader.answered:
        return p(".note")[TEXT("caption.hidden")]
    if interval is None:
        return p(".note")[TEXT("caption.draw" if instance.layers else "caption.same")]
    title = TEXT("caption.decision", pairs=interval.samples, level=f"{STRICT_LESSON_ERROR:g}")
    return [
        sample.line(interval),
        rows(
            [TEXT("says.divisor"), TEXT("says.verdict")],
            [
                [words, TEXT(f"says.{sample.against(interval, words).outcome.name}")]
                for words in CANDIDATES
            ],
            title=title,
        ),
    ]
