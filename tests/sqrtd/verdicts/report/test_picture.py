"""The picture of what rests on what: boxes that stand apart, and the arrows that count."""

import itertools
import re
import xml.etree.ElementTree as ET

import networkx as nx
import pytest
from small_ledger import claim, small_verification

from sqrtd.ledgers.paper import LEDGER
from sqrtd.verdicts.certainty import Certainty
from sqrtd.verdicts.claims import Ledger, Verdict
from sqrtd.verdicts.concordance import by_section
from sqrtd.verdicts.dependencies import dependencies
from sqrtd.verdicts.judge import Result
from sqrtd.verdicts.report.columns import BOX, PITCH, WIDTH, _filled, columns
from sqrtd.verdicts.report.picture import BORDERS, FILLS, PROOF, STATEMENT, claims_picture

SVG = "{http://www.w3.org/2000/svg}"


def parts(picture, name):
    return ET.fromstring(picture).iter(f"{SVG}{name}")


def boxes(picture):
    """By claim: link, title, frame."""
    return {
        a.get("id"): (a.get("href"), a.find(f"{SVG}title").text, a.find(f"{SVG}rect"))
        for a in parts(picture, "a")
    }


def arrows(picture):
    return [path for path in parts(picture, "path") if path.get("class")]


def unchecked(*claims):
    ledger = Ledger(source="paper", title="…", claims=claims)
    results = [Result(claim=one, verdict=Verdict.NOT_CHECKED, reason="…") for one in claims]
    return claims_picture(ledger, results)


@pytest.fixture(scope="module")
def picture():
    return small_verification().picture()


def test_the_same_run_gives_the_same_picture(picture):
    assert small_verification().picture() == picture


def test_each_claim_is_a_box_that_links_to_its_row(picture):
    checked = small_verification()
    found = boxes(picture)
    assert list(found) == [result.claim.id for result in checked.results]
    assert found["eq-1"][0] == "../../paper_checks.md#eq-1"
    assert found["eq-1"][1] == (
        "eq-1: holds, misprint mended (tested exactly). If it fell, these would lose their "
        "support: lemma-1, theorem-3, lemma-1-more, eq-7."
    )


def test_the_border_tells_the_verdict_and_the_fill_how_certain(picture):
    found = {name: frame for name, (_, _, frame) in boxes(picture).items()}
    for result in small_verification().results:
        colour, dashes = BORDERS[result.verdict]
        frame = found[result.claim.id]
        assert (frame.get("stroke"), frame.get("stroke-dasharray") or "") == (colour, dashes)
    fills = {
        name: found[name].get("fill") for name in ("definition-1", "eq-1", "lemma-1", "section-6")
    }
    assert list(fills.values()) == [
        FILLS[how] for how in (Certainty.PROVED, Certainty.EXACT, Certainty.SAMPLED, None)
    ]
    assert len(set(BORDERS.values())) == len(Verdict)
    assert len(set(FILLS.values())) == len(Certainty) + 1


def test_the_legend_explains_what_occurs(picture):
    words = {text.text for text in parts(picture, "text")}
    assert set(Verdict) | set(Certainty) <= words
    assert Verdict.FAILS not in {text.text for text in parts(unchecked(claim("eq-1")), "text")}


def test_fills_get_darker_as_certainty_grows():
    """So that they can be told apart without colour."""
    light = [sum(bytes.fromhex(FILLS[how][1:])) for how in (None, *Certainty)]
    assert light == sorted(light, reverse=True)
    assert all(brighter - darker > 20 for brighter, darker in itertools.pairwise(light))


def test_statements_have_solid_arrows_and_proofs_dashed_ones():
    lemma, other = claim("lemma-1"), claim("lemma-2")
    theorem = claim("theorem-3", rests_on=("lemma-1",), proof_rests_on=("lemma-1", "lemma-2"))
    solid, dashed = sorted(arrows(unchecked(lemma, other, theorem)), key=lambda a: a.get("class"))
    assert (solid.get("stroke"), solid.get("stroke-dasharray")) == (STATEMENT, None)
    assert dashed.get("stroke") == PROOF
    assert dashed.get("stroke-dasharray")


def test_arrows_that_others_replace_are_left_out():
    """What rests on what is the same all the same."""
    chain = [
        claim("lemma-1"),
        claim("lemma-2", rests_on=("lemma-1",)),
        claim("theorem-3", rests_on=("lemma-1", "lemma-2")),
    ]
    drawn = [arrow.get("class") for arrow in arrows(unchecked(*chain))]
    assert sorted(drawn) == ["lemma-1", "lemma-1 lemma-2"]


def test_pointing_at_a_claim_leaves_the_arrows_to_what_falls(picture):
    checked = small_verification()
    graph = dependencies(checked.ledger.claims)
    reduced = nx.transitive_reduction(graph)
    for name in graph:
        assert f"svg:has(#{name}:hover) path[class]:not(.{name}){{opacity:.1}}" in picture
        left = sum(name in arrow.get("class").split() for arrow in arrows(picture))
        below = {name, *nx.descendants(graph, name)}
        assert left == sum(tail in below for tail, _ in reduced.edges)


def test_the_papers_boxes_stand_apart_in_a_width_of_1280():
    sections = by_section(LEDGER.claims)
    drawn = columns(sections, 0.0)
    assert len(drawn.boxes) == len(LEDGER.claims)
    for (one, x, y), (other, u, v) in itertools.combinations(drawn.boxes.values(), 2):
        assert abs(y - v) >= PITCH - 1e-9 if one == other else abs(x - u) > drawn.width
    assert max(x for _, x, _ in drawn.boxes.values()) + drawn.width < WIDTH
    assert max(y for _, _, y in drawn.boxes.values()) + BOX / 2 <= drawn.bottom
    order = [
        drawn.boxes[claims[0].id][:1] + drawn.boxes[claims[0].id][2:]
        for claims in sections.values()
    ]
    assert order == sorted(order)


def test_arrows_do_not_run_through_boxes():
    """One that passes a column is level there, between two boxes."""
    drawn = columns(by_section(LEDGER.claims), 0.0)
    last = max(column for column, _, _ in drawn.boxes.values())
    ends = [[name for name, box in drawn.boxes.items() if box[0] == column] for column in (0, last)]
    for tail, head in [*itertools.product(*ends), *itertools.product(*ends[::-1])]:
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", drawn.way(tail, head))]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))[::3]
        assert len(points) == 2 * last
        for (x, y), (u, v) in zip(points[1:-1:2], points[2:-1:2], strict=True):
            column = next(c for c, left, _ in drawn.boxes.values() if abs(left - min(x, u)) < 0.1)
            assert y == v
            heights = [h for c, _, h in drawn.boxes.values() if c == column]
            assert min(abs(y - height) for height in heights) > BOX / 2


@pytest.mark.parametrize("most", [1, 2, 3, 9])
def test_columns_are_as_low_as_can_be(most):
    """Beside a slow reference: all ways to cut the sections, in order, into so many columns."""
    sizes = [3, 1, 4, 1, 5]
    sections = {name: [claim("x")] * size for name, size in zip("abcde", sizes, strict=True)}

    def height(columns):
        return max(sum(len(sections[name]) + 34 / PITCH for name in column) for column in columns)

    ways = [
        ["abcde"[a:b] for a, b in itertools.pairwise((0, *cuts, 5))]
        for number in range(most)
        for cuts in itertools.combinations(range(1, 5), number)
    ]
    found = _filled(sections, most)
    assert [name for column in found for name in column] == list("abcde")
    assert len(found) <= most
    assert height(found) == pytest.approx(min(map(height, ways)))
