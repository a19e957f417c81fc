"""Lemma 7, line by line, on the network at hand; the question, and the puzzle."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from fractions import Fraction
from operator import lt

from htpy import Node, p

from teaching.lesson import (
    Check,
    Question,
    Reader,
    Step,
    Verdict,
    View,
    compared,
    not_yet,
)
from teaching.lessons.random_walk.picture import CERTAINTY, handles, picture
from teaching.lessons.random_walk.settings import EVENTS, INPUTS, NETWORK, O, Settings
from teaching.lessons.random_walk.walkers import Walk, sampling
from teaching.pictures.mathml import Term, formula, fraction, rational, row, sub, total, words
from teaching.words import Words
from theory.paths import enumerated_paths

TEXT = Words.beside(__name__)
MOST_TERMS = 12
"""Paths that are written out in a formula."""

WIDEST = 0.05
"""What an interval may reach to either side of the share seen, for the crowd to be enough."""

WANTED = dict(zip(INPUTS, (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)), strict=True))
"""The puzzle's shares."""


def question() -> Question:
    """Ask for a share in the network at the start."""
    shares = Walk(Settings()).walked
    return TEXT.question(right=1, x2=str(shares["x2"]), shares=_listed(shares[x] for x in INPUTS))


def view(settings: Settings, reader: Reader, pieces: Sequence[Counter[Hashable]]) -> View:
    """Show the network at hand."""
    walk = Walk(settings, pieces)
    return View(
        figure=picture(walk, reader),
        handles=handles(walk),
        counterexample=_counterexample(walk),
        steps=_steps(walk),
        puzzle=TEXT.puzzle(lambda: _judge(walk)),
        dropped=["no dead ends"] * bool(walk.dead_ends)
        + ["in-degrees"] * (settings.degrees == "out"),
    )


def _counterexample(walk: Walk) -> Node:
    found = []
    if walk.dead_ends:
        left = walk.inputs_share(walk.walked)
        found.append(TEXT("counterexample.dead", ends=_listed(walk.dead_ends), left=left))
    if walk.settings.degrees == "out":
        wrong = walk.inputs_share(walk.swept)
        found.append(
            TEXT("counterexample.chance") if wrong == 1 else TEXT("counterexample.out", wrong=wrong)
        )
    return [p[each] for each in found]


def _steps(walk: Walk) -> list[Step]:
    x, d = walk.settings.end, len(INPUTS)
    terms = enumerated_paths.edge_path_products(walk.dag, x, O, walk.degrees)
    paths = " ".join(f"path-{number}" for number in range(len(terms)))
    sums = walk.inputs_share(walk.listed), walk.inputs_share(walk.swept), Fraction(1)
    return [
        _paths(walk, terms),
        TEXT.step(
            "crowd",
            formula(fraction(words(TEXT("says.frequency")), words(TEXT("says.all"))), "→",
                    row("P", "(", "x", ")", link="inputs")),
            _crowd(walk),
        ),
        _ends(walk),
        TEXT.step(
            "inputs",
            formula(
                row(words(TEXT("says.ends_at")), "v", link="ends"), "⇒",
                row("v", words(TEXT("says.is_input")), link="inputs"),
            ),
            not walk.dead_ends,
            ends=_listed(walk.dead_ends),
        ),
        TEXT.step(
            "sum",
            formula(
                row(total("∑", "x"), link="inputs"),
                row(total("∑", row("p", "∈", "P", "(", "x", ",", "o", ")")), link=paths),
                total("∏", row("v", "∈", "p", "∖", "x")),
                row(fraction(1, sub("d", "v")), link="weights"), "=", 1,
            ),
            sums,
        ),
        TEXT.step(
            "mean",
            formula(
                fraction(1, "d"), row(total("∑", "x"), link="inputs"), "P", "(", "x", ")", "=",
                fraction(1, "d"),
            ),
            [each / d for each in sums],
            d=d,
        ),
    ]  # fmt: skip


def _paths(walk: Walk, terms: Sequence[Fraction]) -> Step:
    """Compare three ways at every node, and the terms as they are written, too."""
    x, written = walk.settings.end, sum(terms, Fraction(0))
    swept = {**walk.walked, **walk.swept}
    ways = {node: (walk.listed[node], swept[node], share) for node, share in walk.walked.items()}
    if written != ways[x][0]:
        ways[x] = written, *ways[x][1:]
    wrong = [node for node in (x, *ways) if len(set(ways[node])) > 1]
    at = wrong[0] if wrong else x
    shown: list[Term] = []
    for number, value in enumerate(terms[:MOST_TERMS]):
        shown += ["+"] * bool(number) + [row(rational(value), link=f"path-{number}")]
    if len(terms) > MOST_TERMS:
        shown += ["+", words(TEXT("says.number", paths=len(terms)))]
    return TEXT.step(
        "path", formula(row("P", "(", x, ")", link="chosen"), "=", *(shown or [0])), not wrong,
        x=x, at=str(at), nodes=len(walk.walked), written=ways[at][0], swept=ways[at][1],
        walked=ways[at][2],
    )  # fmt: skip


def _crowd(walk: Walk) -> Check | None:
    """Hold where a crowd ended against the shares that the first line claims."""
    if not walk.seen:
        return None
    walks = f"{next(iter(walk.seen.values())).samples:,}"
    missed = [
        TEXT("says.share", end=str(end), low=found.low, high=found.high, share=walk.swept[end])
        for end, found in walk.seen.items()
        if not found.low <= walk.swept[end] <= found.high
    ]
    if missed:
        return compared(False, TEXT("says.missed", walks=walks, missed="; ".join(missed)))
    widest = max(
        max(found.estimate - found.low, found.high - found.estimate) for found in walk.seen.values()
    )
    says = TEXT("says.agree", walks=walks, widest=widest, certainty=CERTAINTY)
    if widest > WIDEST:
        return not_yet(says + TEXT("says.more", wanted=WIDEST))
    return compared(True, says)


def _ends(walk: Walk) -> Step:
    dag = walk.dag
    walks = (path for end in dag.inputs for path in enumerated_paths.edge_paths(dag, end, O))
    longest = max((len(path) for path in walks), default=0)
    edges = dag.edge_lists
    levels = edges.levels[dag.position(O)]
    return TEXT.step(
        "ends",
        formula(row("o", link="o"), "→", "…", "→", row(words(TEXT("says.no_edge")), link="ends")),
        longest == levels and all(map(lt, edges.tails, edges.heads)),
        edges=len(edges.tails), steps=longest, levels=levels,
    )  # fmt: skip


def _judge(walk: Walk) -> Verdict:
    edges = walk.settings.edges
    if walk.dead_ends:
        return TEXT.unsolved("dead", ends=_listed(walk.dead_ends))
    for edge in edges:
        if edges.count(edge) > 1:
            tail, head = (NETWORK.names[end] for end in edge)
            return TEXT.unsolved("doubled", tail=tail, head=head)
    sums = walk.dag.path_sums(O)
    for x, wanted in WANTED.items():
        if sums[x] != wanted:
            name = "more" if sums[x] > wanted else "less"
            return TEXT.unsolved(name, x=x, share=sums[x], wanted=wanted)
    return TEXT.solved()


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


LESSON = TEXT.lesson(
    settings=Settings, question=question, view=view, events=EVENTS, sampling=sampling
)
