"""The picture: a mark a kind of network, on axes of one's choice; tables, and the handles."""

from collections.abc import Sequence

from htpy import Node, br, figcaption, figure, p, span

from empirical.measures.trained import Cell, TrainedNetwork
from teaching.lessons.after_training.marks import legend, look, mark
from teaching.lessons.after_training.settings import NAMES, Settings
from teaching.lessons.after_training.shown import Shown
from teaching.pictures import svg
from teaching.pictures.handles import part, press, rows
from teaching.pictures.plot import Axis, Plot
from teaching.words import Words
from theory.attacks import attack_growth

TEXT = Words.beside(__name__)
LAWS = {0.5: TEXT("says.root"), 0.0: TEXT("says.level")}
"""Laws of growth that are drawn: the words beside each, by its exponent of d."""

MEANS = ("norm", "vulnerability", "accuracy")
"""Columns of the tables."""

ROOM = 1.6
"""Room on a logarithmic axis: its end is this many times as far out as the last mark."""

FEW = 8
"""Marks that leave each other room to be pressed with a finger."""

POINTS = 5.0
"""Room on an axis of accuracies, in percentage points."""


def picture(shown: Shown) -> Node:
    """Draw the kinds of networks, and the single networks of those chosen."""
    x, y = shown.settings.x, shown.settings.y
    plot = Plot(x=_axis(shown, x), y=_axis(shown, y, law=_law_ends(shown, 0.5)), height=350)
    sweep = shown.record.sweep
    return figure[
        plot.canvas(
            _pooling_names(plot, shown),
            _laws(plot, shown),
            [_line(plot, shown, line) for line in shown.visible],
            [_networks(plot, shown, cell) for cell in shown.chosen],
            label=TEXT("caption.label", y=plot.y.label, x=plot.x.label),
        ),
        len(shown.lines) > 1 and legend(shown),
        figcaption[
            TEXT(
                "caption.picture", networks=len(sweep.networks),
                data=sweep.data.partition(" in ")[0], folder=shown.record.folder.name,
                epsilon=f"{sweep.epsilon:g}",
            ),
            shown.settings.shows_damage and TEXT("caption.damage"),
        ],
    ]  # fmt: skip


def handles(settings: Settings) -> Node:
    """Return what is seen, how the sentences are read, and which assumption is dropped."""
    return [
        TEXT.handle(settings, "figure"),
        TEXT.handle(settings, "y"),
        TEXT.handle(settings, "x", own=TEXT(f"says.own_{settings.figure}")),
        TEXT.handle(settings, "corrected"),
        settings.figure == "3" and TEXT.group("assumptions", TEXT.handle(settings, "wrong_dual")),
        settings.figure == "2" and TEXT.group("assumptions", TEXT.handle(settings, "unscaled")),
    ]


def chosen_kinds(shown: Shown) -> Node:
    """Return the figures of the kinds chosen, and of each network of the last one."""
    if not shown.chosen:
        return p(".note")[TEXT("caption.none")]
    heads = [TEXT(f"says.{name}") for name in MEANS]
    last = shown.chosen[0]
    place = shown.numbers[last]
    networks: list[list[Node]] = [
        [
            span(data_link=f"net-{place}-{network.index}", tabindex="0")[str(network.index + 1)],
            *(f"{values(network)[name]:.3g}" for name in MEANS),
        ]
        for network in shown.record.sweep.of(last)
    ]
    return [
        rows([TEXT("says.kind"), *heads], [_cells_of(shown, cell) for cell in shown.chosen],
             title=TEXT("caption.kinds")),
        rows([TEXT("says.network"), *heads], networks,
             title=TEXT("caption.networks", kind=shown.name(last))),
        press(TEXT("caption.clear"), "clear"),
    ]  # fmt: skip


def _cells_of(shown: Shown, cell: Cell) -> list[Node]:
    number = shown.numbers[cell]
    strength = shown.strength(cell)
    name = shown.name(cell).removesuffix(f", {strength}")
    cells: list[Node] = [
        span(data_link=f"cell-{number}", tabindex="0")[name, strength and [br, strength]]
    ]
    for measure in MEANS:
        found = shown.interval(cell, measure)
        cells.append(
            TEXT("says.nothing")
            if found is None
            else [f"{found.estimate:.3g}", br, f"({found.low:.3g}–{found.high:.3g})"]
        )
    return cells


def values(network: TrainedNetwork) -> dict[str, float]:
    """Return a network's means over the images by their names; of shares in percent."""
    summary = network.measures.summary()
    return {
        "norm": summary.gradient_norm,
        "norm2": summary.gradient_norm_l2,
        "vulnerability": 100 * summary.vulnerability,
        "accuracy": 100 * summary.accuracy,
        "damage": summary.increase,
    }


def _axis(shown: Shown, name: str, *, law: Sequence[tuple[float, float]] = ()) -> Axis:
    """Fit an axis to all lines, so that it stays when some are filtered out, and to the law."""
    figure, is_own = shown.settings.figure, name == "own"
    label = TEXT(f"caption.own_{figure}" if is_own else f"caption.{name}_axis")
    if is_own and figure == "3":
        return Axis(label=label, low=0.5, high=len(shown.lines) + 0.5, ticks=[])
    if is_own and figure == "2" and shown.settings.unscaled:
        label = TEXT("caption.own_unscaled")
    found = [at for cell in shown.cells if (at := shown.at(cell, name)) is not None and at > 0]
    found += [value for _, value in law]
    low, high = (min(found), max(found)) if found else (1.0, 1.0)
    if name == "accuracy":
        return Axis(label=label, low=max(low - POINTS, 0.0), high=high + POINTS)
    return Axis(label=label, low=low / ROOM, high=high * ROOM, log=True)


def _line(plot: Plot, shown: Shown, line: str) -> Node:
    colour, shape = look(line)
    places = [(cell, _place(plot, shown, cell)) for cell in shown.lines[line]]
    through = [place for _, place in places if place is not None]
    dashes = "curve dashed" if shape == "circle" else "curve"
    return svg.g(class_=colour, data_link=f"line-{line}")[
        len(through) > 1
        and svg.polygonal(through, class_=dashes, opacity="0.45", pointer_events="none"),
        [_kind(plot, shown, cell, place, shape) for cell, place in places if place is not None],
    ]


def _place(plot: Plot, shown: Shown, cell: Cell) -> tuple[float, float] | None:
    x, y = (shown.at(cell, name) for name in (shown.settings.x, shown.settings.y))
    if x is None or y is None:
        return None
    # A logarithmic axis has no 0, such as the ε of plain training: it stands at the axis' end.
    return plot.at(max(x, plot.x.low), max(y, plot.y.low))


def _kind(plot: Plot, shown: Shown, cell: Cell, place: tuple[float, float], shape: str) -> Node:
    number, chosen = shown.numbers[cell], cell in shown.chosen
    is_crowded = sum(map(len, shown.visible.values())) > FEW
    return part(
        [
            svg.disc(*place, 6 if is_crowded else 13, class_="hit"),
            chosen and svg.disc(*place, 12, class_="edge chosen"),
            _bars(plot, shown, cell, place),
            mark(shape, *place),
        ],
        "cell", str(number), link=f"cell-{number}", chosen=chosen,
        label=TEXT("caption.drop" if chosen else "caption.choose", kind=shown.name(cell)),
    )  # fmt: skip


def _bars(plot: Plot, shown: Shown, cell: Cell, place: tuple[float, float]) -> Node:
    """Draw the intervals along both axes, as far as the axes reach."""
    (x, y), ways = place, []
    if shown.settings.x != "own" and (found := shown.interval(cell, shown.settings.x)):
        ends = [min(max(end, plot.x.low), plot.x.high) for end in (found.low, found.high)]
        left, right = (plot.at(end, plot.y.low)[0] for end in ends)
        ways.append(f"M{left:.1f},{y:.1f} H{right:.1f}")
    if found := shown.interval(cell, shown.settings.y):
        ends = [min(max(end, plot.y.low), plot.y.high) for end in (found.low, found.high)]
        below, above = (plot.at(plot.x.low, end)[1] for end in ends)
        ways.append(f"M{x:.1f},{below:.1f} V{above:.1f}")
    # A bar across another mark is not to be pressed in its place.
    return ways and svg.path(".curve", d=" ".join(ways), opacity="0.4", pointer_events="none")


def _networks(plot: Plot, shown: Shown, cell: Cell) -> Node:
    """Draw the single networks of a chosen kind as small dots."""
    if not any(cell in cells for cells in shown.visible.values()):
        return None
    colour, _ = look(shown.line_of(cell))
    dots = []
    for network in shown.record.sweep.of(cell):
        own = {"own": shown.own(cell), **values(network)}
        x, y = own[shown.settings.x], own[shown.settings.y]
        place = plot.at(max(x, plot.x.low), max(y, plot.y.low))
        link = f"net-{shown.numbers[cell]}-{network.index}"
        dots.append(svg.g(data_link=link)[svg.disc(*place, 2.8, class_="dot")])
    return svg.g(class_=colour)[dots]


def _law_ends(shown: Shown, exponent: float) -> list[tuple[float, float]]:
    """Return the ends of a line d^exponent; none where the picture is not of growth (Figure 1)."""
    x, y = shown.settings.x, shown.settings.y
    if shown.settings.figure != "1" or x != "own" or y == "accuracy":
        return []
    placed = [(shown.own(cell), at) for cell in shown.cells if (at := shown.at(cell, y))]
    if len(placed) < 2:
        return []
    start, (last, _) = min(placed), max(placed)
    return [start, (last, attack_growth.power_law(exponent, last, through=start))]


def _laws(plot: Plot, shown: Shown) -> Node:
    laws = [
        (f"law-{exponent:g}", words, _law_ends(shown, exponent)) for exponent, words in LAWS.items()
    ]
    laws.append(("damage", "", _first_order(plot, shown)))
    return [
        [
            svg.g(data_link=link)[
                svg.polygonal([plot.at(*end) for end in ends], class_="edge dashed")
            ],
            plot.note(*ends[1], words, kind="small", anchor="end"),
        ]
        for link, words, ends in laws
        if ends
    ]


def _first_order(plot: Plot, shown: Shown) -> list[tuple[float, float]]:
    """Return the damage that Lemma 1 lets expect, over all of an axis of norms."""
    if not shown.settings.shows_damage:
        return []
    of_one = (1.0, shown.record.sweep.epsilon)
    return [(x, attack_growth.power_law(1.0, x, through=of_one)) for x in (plot.x.low, plot.x.high)]


def _pooling_names(plot: Plot, shown: Shown) -> Node:
    """Name the poolings along the axis, where Figure 3 is drawn over them."""
    if shown.settings.figure != "3" or shown.settings.x != "own":
        return None
    return [
        svg.words(*_below(plot, number), NAMES.get(line, line), kind="small")
        for number, line in enumerate(shown.lines, 1)
    ]


def _below(plot: Plot, x: float) -> tuple[float, float]:
    across, down = plot.at(x, plot.y.low)
    return across, down + 18
