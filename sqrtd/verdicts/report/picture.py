"""The picture of what rests on what, as SVG.

A box is a claim and links to its row. Its border tells the verdict, its fill how certain that is.
An arrow leads from a claim to one that rests on it. It is left out where others lead the same way.
In a browser, pointing at a claim leaves only the arrows to what falls if it falls.
"""

import os
from collections.abc import Sequence

import networkx as nx
from htpy import Element, Node

from sqrtd.verdicts.certainty import Certainty, certainty
from sqrtd.verdicts.claims import Ledger, Verdict
from sqrtd.verdicts.concordance import by_section
from sqrtd.verdicts.dependencies import dependencies, fall
from sqrtd.verdicts.judge import Result
from sqrtd.verdicts.report.columns import BOX, MARGIN, WIDTH, Columns, columns
from sqrtd.verdicts.report.places import PICTURE
from sqrtd.verdicts.report.words import certain_headline

PANEL, INK = "#fcfcfa", "#1c2126"
STATEMENT, PROOF = "#3d4a57", "#a0620a"

# Colours of Okabe and Ito (2008), which the colour-blind tell apart; dashes help on grey paper.
BORDERS = {
    Verdict.HOLDS: ("#009e73", ""),
    Verdict.MISPRINT: ("#56b4e9", ""),
    Verdict.CONDITION: ("#0072b2", ""),
    Verdict.CONSTANT: ("#cc79a7", "9 2"),
    Verdict.FAILS: ("#d55e00", "9 2"),
    Verdict.NOT_REPRODUCED: ("#e69f00", "5 2"),
    Verdict.UNDECIDED: ("#1c2126", "2 2"),
    Verdict.NOT_CHECKED: ("#9aa3ab", "2 2"),
    Verdict.ERROR: ("#000000", ""),
}
FILLS = {
    None: PANEL,
    Certainty.SAMPLED: "#f3ecdb",
    Certainty.EXACT: "#cfe0f3",
    Certainty.PROVED: "#8fb8de",
}
LEGEND = 96.0
"""Height of the title and the legend above the columns."""

_svg, _a, _title, _style, _rect, _path, _text, _marker, _defs = (
    Element(name)
    for name in ("svg", "a", "title", "style", "rect", "path", "text", "marker", "defs")
)


def claims_picture(ledger: Ledger, results: Sequence[Result]) -> str:
    """Draw the claims of a run; the same results give the same text.

    Parameters
    ----------
    ledger : of the run.
    results : one a claim of the ledger.
    """
    graph = dependencies(ledger.claims)
    drawn = columns(by_section(ledger.claims), LEGEND)
    arrows = nx.transitive_reduction(graph).edges
    height = drawn.bottom + MARGIN
    document = _svg(
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:.0f} {height:.0f}",
        width=f"{WIDTH:.0f}",
        height=f"{height:.0f}",
        role="img",
        font_size="11",
        font_family="Helvetica, Arial, sans-serif",
    )[
        _title[f"What rests on what in the {ledger.source}"],
        _style[[_pointed_at(claim.id) for claim in ledger.claims]],
        _defs[_tip("statement", STATEMENT), _tip("proof", PROOF)],
        _rect(width="100%", height="100%", fill=PANEL),
        _words(MARGIN, 24, f"What rests on what in the {ledger.source}", font_size="15"),
        _legend(results),
        [_words(x, y, name, font_weight="bold") for name, (x, y) in drawn.names.items()],
        [_arrow(drawn, graph, tail, head) for tail, head in arrows],
        [_box(drawn, ledger, graph, result) for result in results],
    ]
    return f"{document}\n"


def _box(drawn: Columns, ledger: Ledger, graph: nx.DiGraph, result: Result) -> Element:
    id_ = result.claim.id
    _, x, y = drawn.boxes[id_]
    falling = fall(graph, id_).all
    told = f"If it fell, these would lose their support: {', '.join(falling)}." if falling else ""
    row = os.path.relpath(ledger.report, PICTURE.parent).replace(os.sep, "/")
    return _a(href=f"{row}#{id_}", id=id_)[
        _title[f"{id_}: {certain_headline(result)}. {told}".rstrip()],
        _frame(x, y, drawn.width, result.verdict, FILLS[certainty(result)]),
        _words(x + 7, y + 4, id_),
    ]


def _frame(x: float, y: float, width: float, verdict: Verdict, fill: str) -> Element:
    """Return the box of a verdict around a height, from x to the right."""
    colour, dashes = BORDERS[verdict]
    return _rect(
        x=f"{x:.1f}",
        y=f"{y - BOX / 2:.1f}",
        width=f"{width:.1f}",
        height=f"{BOX:g}",
        rx="4",
        fill=fill,
        stroke=colour,
        stroke_width="3" if verdict is Verdict.ERROR else "2",
        stroke_dasharray=dashes or None,
    )


def _arrow(drawn: Columns, graph: nx.DiGraph, tail: str, head: str) -> Element:
    kind = "statement" if graph.edges[tail, head]["statement"] else "proof"
    sources = sorted({tail, *nx.ancestors(graph, tail)})
    return _line(drawn.way(tail, head), kind, class_=" ".join(sources))


def _pointed_at(id: str) -> str:  # noqa: A002
    """Return the style that leaves only the arrows to what rests on a claim."""
    return f"svg:has(#{id}:hover) path[class]:not(.{id}){{opacity:.1}}"


def _line(d: str, kind: str, class_: str | None = None) -> Element:
    return _path(
        class_=class_,
        d=d,
        fill="none",
        stroke=STATEMENT if kind == "statement" else PROOF,
        stroke_opacity="0.6",
        stroke_width="1.2",
        stroke_dasharray=None if kind == "statement" else "5 3",
        marker_end=f"url(#{kind})",
    )


def _tip(kind: str, colour: str) -> Element:
    return _marker(
        id=kind, viewBox="0 0 8 8", refX="8", refY="4", markerWidth="7", markerHeight="7",
        orient="auto",
    )[_path(d="M0,0.8 L8,4 L0,7.2 z", fill=colour)]  # fmt: skip


def _legend(results: Sequence[Result]) -> Node:
    """Explain borders, fills and arrows, in two lines above the columns."""
    parts: list[Node] = [
        _words(MARGIN, 52, "Border: verdict"),
        _words(MARGIN, 80, "Fill: certainty"),
    ]
    x = MARGIN + 100
    for verdict in BORDERS:
        if any(result.verdict is verdict for result in results):
            parts += [_frame(x, 48, 26, verdict, PANEL), _words(x + 32, 52, verdict)]
            x += 52 + 5.8 * len(verdict)
    x = MARGIN + 100
    for how in Certainty:
        frame = _rect(
            x=f"{x:.1f}", y="66.5", width="26", height=f"{BOX:g}", rx="4", fill=FILLS[how]
        )
        parts += [frame, _words(x + 32, 80, how)]
        x += 52 + 5.8 * len(how)
    for kind, said in (
        ("statement", "to what rests on it"),
        ("proof", "to what only rests on it by its proof"),
    ):
        parts += [_line(f"M{x:.1f},76 H{x + 34:.1f}", kind), _words(x + 40, 80, said)]
        x += 62 + 5.6 * len(said)
    parts.append(_words(x, 80, "(left out where other arrows lead the same way)", fill=STATEMENT))
    return parts


def _words(x: float, y: float, words: str, **style: str) -> Element:
    return _text(x=f"{x:.1f}", y=f"{y:.1f}", **{"fill": INK} | style)[words]
