"""Assumption (S) and Lemma 8, line by line, on the network at hand; question and puzzle."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from htpy import Node, div

from teaching.lesson import Check, Question, Reader, Step, Verdict, View, compared
from teaching.lessons.path_degrees.degrees import Found, Multisets, O, found, written
from teaching.lessons.path_degrees.picture import board, handles, picture
from teaching.lessons.path_degrees.settings import (
    INPUTS,
    PUZZLE,
    Settings,
    check,
    chosen,
    network,
)
from teaching.pictures.mathml import formula, fraction, row, sub, total, words
from teaching.words import Words
from theory.paths import enumerated_paths, path_polynomial

TEXT = Words.beside(__name__)
ASKED = Settings(size=6, layers=1, kernel=3, stride=2, padding="circular")
OFFERED = {"on": ("x1", "x3", "x5"), "between": ("x2", "x4", "x6"), "middle": ("x3", "x4")}


def question() -> Question:
    """Ask which inputs a strided convolution sees most often."""
    asked = found(network(ASKED))
    paths = {str(x): multiset.total() for x, multiset in asked.multisets.items()}
    most = tuple(x for x in paths if paths[x] == max(paths.values()))
    return TEXT.question(
        right=[tuple(paths), *OFFERED.values()].index(most),
        all=TEXT("says.all"),
        on=TEXT("says.on", inputs=_listed(OFFERED["on"])),
        between=TEXT("says.between", inputs=_listed(OFFERED["between"])),
        middle=TEXT("says.middle"),
        paths=_listed(paths.values()),
        sums=_listed(asked.sums.values()),
        holds=TEXT("says.holds" if asked.symmetry else "says.fails"),
    )


def view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    """Show the architecture at hand."""
    shown = found(network(settings))
    return View(
        figure=picture(shown, settings),
        handles=handles(settings),
        counterexample=_counterexample(shown, settings),
        steps=_steps(shown, chosen(settings)),
        puzzle=TEXT.puzzle(lambda: _judge(settings), handles=board(settings)),
        dropped=["S"] * bool(shown.symmetry.witnesses),
        hidden=["figure", "steps"],
    )


def _counterexample(shown: Found, settings: Settings) -> Node:
    if shown.symmetry.witnesses is None:
        return None
    one, other = shown.symmetry.witnesses
    sums = shown.sums
    return div[
        TEXT("counterexample.head"),
        _polynomials(shown.multisets, one, other),
        TEXT(
            "counterexample.sums", one=sums[one], other=sums[other], d=len(sums),
            printed=_printed(shown, settings),
        ),
    ]  # fmt: skip


def _printed(shown: Found, settings: Settings) -> str:
    """Say where the paper would have (S) hold, or be alleviated."""
    if settings.kind == "dense":
        return ""
    if settings.padding == "circular" and settings.size % settings.stride**settings.layers == 0:
        return TEXT("counterexample.kernel", kernel=settings.kernel)
    if settings.stride == 1 and settings.padding == "reflect":
        zeros = network(replace(settings, padding="zeros")).path_sums(O)
        ratios = [max(sums.values()) / min(sums.values()) for sums in (shown.sums, zeros)]
        return TEXT("counterexample.mirror", reflected=ratios[0], zeros=ratios[1])
    return ""


def _steps(shown: Found, x: str) -> Sequence[Step]:
    counted = shown.multisets
    terms = " ".join(f"term-{number}" for number in range(len(counted[x])))
    over_paths, degree = row(total("∑", "p"), link=terms), row(sub("d", "v"), link="degrees")
    product = total("∏", row("v", "∈", "p", "∖", "x"))
    g, g_prime = row(sub("G", "x"), link="sum"), row(sub("G", row("x", "′")), link="sums")
    return [
        _definition(
            shown, x,
            [
                formula(sub("G", "x"), "=", over_paths, product, sub("t", degree)), " ",
                formula(sub("G", x), "=", written(counted[x], linked=True)),
            ],
        ),
        TEXT.step(
            "symmetry",
            formula("(", "S", ")", ":", g, "=", g_prime, words(TEXT("says.for_all"))),
            _symmetry(shown),
        ),
        _values(
            shown, x,
            formula(
                over_paths, product, fraction(1, degree), "=",
                sub("G", "x"), "(", sub("t", "n"), "=", fraction(1, "n"), ")",
            ),
        ),
        _equal(
            shown,
            formula(
                sub("G", "x"), "=", sub("G", row("x", "′")), "⇒",
                row(words(TEXT("says.equal_sums")), link="sums"),
            ),
        ),
        _lemma_8(
            shown,
            formula(
                row(total("∑", row("p", "∈", "P", "(", "x", ",", "o", ")")), link=terms),
                product, fraction(1, degree), "=", row(fraction(1, "d"), link="sum"),
            ),
        ),
    ]  # fmt: skip


def _definition(shown: Found, x: str, line: Node) -> Step:
    dag, counted = shown.dag, shown.multisets
    listed = {each: enumerated_paths.enumerated_path_degrees(dag, each, O) for each in counted}
    wrong = [each for each in counted if counted[each] != listed[each]]
    if Counter(enumerated_paths.edge_path_degrees(dag, x, O)) != counted[x]:
        wrong.insert(0, x)
    at = wrong[0] if wrong else x
    return TEXT.step(
        "definition", line, not wrong, at=str(at), listed=listed[at].total(),
        counted=counted[at].total(),
    )  # fmt: skip


def _symmetry(shown: Found) -> Check:
    at_points, counted = shown.symmetry, shown.multisets
    whole = path_polynomial.same_path_degrees(shown.dag, O)
    if bool(at_points) != whole:
        kinds = {True: TEXT("says.equal"), False: TEXT("says.different")}
        says = TEXT("says.disagree", whole=kinds[whole], points=kinds[bool(at_points)])
        return compared(False, says)
    if at_points.witnesses is None:
        return compared(True, TEXT("says.agree"))
    one, other = at_points.witnesses
    name = "said" if counted[one] == counted[other] else "differ"
    return compared(False, TEXT(f"says.{name}", one=str(one), other=str(other)))


def _values(shown: Found, x: str, line: Node) -> Step:
    sums = shown.sums
    values = {
        each: enumerated_paths.sum_of_products(multiset)
        for each, multiset in shown.multisets.items()
    }
    wrong = [each for each in values if values[each] != sums[each]]
    at = wrong[0] if wrong else x
    return TEXT.step("values", line, not wrong, at=str(at), value=values[at], sum=sums[at])


def _equal(shown: Found, line: Node) -> Step:
    """Hold inputs of one multiset against each other, also where (S) fails."""
    sums, classes = shown.sums, shown.classes
    pairs = [(inputs[0], x) for inputs in classes for x in inputs if sums[x] != sums[inputs[0]]]
    first, x = pairs[0] if pairs else (classes[0][0],) * 2
    each = (TEXT("says.share", sum=sums[inputs[0]], inputs=_listed(inputs)) for inputs in classes)
    return TEXT.step(
        "equal", line, not pairs, each="; ".join(each), one=str(first), other=str(x),
        first=sums[first], second=sums[x],
    )  # fmt: skip


def _lemma_8(shown: Found, line: Node) -> Step:
    dag, sums = shown.dag, shown.sums
    share = Fraction(1, len(dag.inputs))
    listed = {x: enumerated_paths.enumerated_sum(dag, x, O, dag.in_degree) for x in dag.inputs}
    added = sum(listed.values(), Fraction(0))
    wrong = [x for x in sums if not sums[x] == listed[x] == share]
    at = wrong[0] if wrong else dag.inputs[0]
    return TEXT.step(
        "lemma-8", line, not wrong and added == 1, total=added, share=share, wrong=str(at),
        sum=sums[at],
    )  # fmt: skip


def _judge(settings: Settings) -> Verdict:
    dag = PUZZLE.dag(settings.edges)
    for name in PUZZLE.names[PUZZLE.inputs :]:
        degree = dag.in_degree(name)
        if degree < 2 and any(dag.paths(name, PUZZLE.o)):
            edges = TEXT("says.one_edge" if degree else "says.no_edge")
            return TEXT.unsolved("degree", name=name, edges=edges)
    sums: Mapping[Hashable, Fraction] = dag.path_sums(PUZZLE.o)
    equal = [pair for pair in combinations(INPUTS, 2) if sums[pair[0]] == sums[pair[1]] != 0]
    if not equal:
        listed = _listed(TEXT("says.has", x=x, sum=sums[x]) for x in INPUTS)
        return TEXT.unsolved("unequal", sums=listed)
    multisets = path_polynomial.path_polynomials(dag, PUZZLE.o)
    different = [pair for pair in equal if multisets[pair[0]] != multisets[pair[1]]]
    one, other = (different or equal)[0]
    both = _polynomials(multisets, one, other)
    if different:
        return TEXT.solved(one=one, other=other, sum=sums[one], both=both)
    return TEXT.unsolved("multiset", one=one, other=other, sum=sums[one], both=both)


def _polynomials(multisets: Multisets, *inputs: Hashable) -> Node:
    return [div(".formula")[formula(sub("G", str(x)), "=", written(multisets[x]))] for x in inputs]


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


LESSON = TEXT.lesson(
    settings=Settings, question=question, view=view, events=PUZZLE.events, check=check
)
