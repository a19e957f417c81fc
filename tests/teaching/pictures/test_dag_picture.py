"""Pictures of networks: everything is in them, told apart, and inside the canvas."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from teaching.lessons.path_degrees.settings import PUZZLE
from teaching.lessons.random_walk.settings import Settings, dag_of
from teaching.pictures.dag_picture import Look, dag_picture
from teaching.pictures.edge_words import LINE, sampled, width, word_places
from teaching.pictures.svg import WIDTH
from theory.dag import Dag
from theory.networks.small_networks import convolutional_dag
from theory.strategies import dags

CURVE = re.compile(r'class="edge[^"]*" d="([^"]+)"')
WORDS = re.compile(r'<g><rect class="ground" x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)"')


def drawn(dag, words=None, **options):
    return str(
        dag_picture(
            dag,
            label="a network",
            node=options.pop("node", lambda name: Look(inside=str(name))),
            edge=lambda number: Look(inside=words and words(number)),
            **options,
        )
    )


def numbers(d):
    return [float(n) for n in re.findall(r"-?[\d.]+", d)]


@given(dags())
@settings(max_examples=40, deadline=None)
def test_every_node_and_edge_is_drawn_inside_the_canvas(dag):
    picture = drawn(dag)
    assert len(re.findall(r">([^<>]+)</text>", picture)) == len(dag.nodes)
    curves = CURVE.findall(picture)
    assert len(curves) == len(dag.tails)
    height = float(re.search(r'viewBox="0 0 \d+ ([\d.]+)"', picture)[1])
    for curve in curves:
        places = numbers(curve)
        ends = [*zip(places[0::2], places[1::2], strict=True)]
        assert all(0 <= x <= WIDTH for x, _ in ends)
        assert 0 <= ends[0][1] <= height
        assert 0 <= ends[-1][1] <= height
        assert ends[0][0] < ends[-1][0]


def test_parallel_edges_are_drawn_apart():
    dag = PUZZLE.dag(((0, 3), (0, 3), (0, 3), (3, 6)))
    assert len(set(CURVE.findall(drawn(dag)))) == 4


def test_inputs_are_squares_and_outputs_have_two_rims():
    dag = Dag(["x1", "h", "o"], np.array([0, 1]), np.array([1, 2]), inputs=1, outputs=[2])
    picture = drawn(dag)
    assert (picture.count('<rect class="node"'), picture.count('<circle class="node"')) == (1, 3)
    neuron = drawn(dag, node=lambda name: Look(inside=name, is_neuron=True))
    assert '<rect class="node"' not in neuron


def test_what_is_pressed_is_a_button_with_words():
    dag = PUZZLE.dag(((0, 3), (3, 6)))
    picture = drawn(
        dag, node=lambda name: Look(press=("node", name), says=f"press {name}", chosen=name == "x1")
    )
    assert 'id="set-node-x1" role="button" tabindex="0"' in picture
    assert 'aria-label="press h1" aria-pressed="false"' in picture
    assert picture.count('aria-pressed="true"') == 1


def test_places_are_given_to_what_is_drawn_on_top():
    seen = {}
    drawn(dag_of(Settings(bias=True)), extra=lambda places: seen.update(places))
    assert set(seen) == {"x1", "x2", "x3", "bias", "h1", "h2", "h3", "h4", "o"}


def boxes(picture):
    return [
        (float(x), float(y), float(x) + float(across), float(y) + LINE)
        for x, y, across in WORDS.findall(picture)
    ]


def overlapping(found):
    return [
        (a, b)
        for n, a in enumerate(found)
        for b in found[:n]
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1
    ]


def test_words_on_edges_do_not_cover_each_other():
    dag = dag_of(Settings())
    found = boxes(drawn(dag, lambda number: f"1/{dag.in_degrees[dag.heads[number]]}"))
    assert len(found) == len(dag.tails)
    assert not overlapping(found)


@given(st.integers(1, 6), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_words_stand_on_their_own_curves(edges, empty):
    curves = [sampled([(0.0, 30.0 * n), (200.0, 60.0)], 0.0) for n in range(edges)]
    words = ["" if n < empty else "1/2" for n in range(edges)]
    places = word_places(curves, words, [(0.0, 0.0, 17.0), (200.0, 60.0, 17.0)])
    for curve, place, shown in zip(curves, places, words, strict=True):
        if shown:
            assert np.min(np.abs(curve - np.array(place)).sum(axis=1)) < 1e-9
            assert width(shown) / 2 < place[0] < 200 - width(shown) / 2


def test_the_largest_network_of_a_lesson_fits_a_screen():
    dag = convolutional_dag(8, kernel=3, stride=1, padding="zeros", layers=2)
    height = float(re.search(r'viewBox="0 0 \d+ ([\d.]+)"', drawn(dag))[1])
    assert height < 1.6 * WIDTH
