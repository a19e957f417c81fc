"""Drawings: valid, complete, readable, and the same every time."""

import itertools
import re
import xml.etree.ElementTree as ET
from collections import Counter

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from theory.dag import Dag
from theory.drawing import svg_picture
from theory.drawing.layered_layout import BEND_GAP, NODE_GAP, layered_layout
from theory.drawing.picture import MOST_EDGES
from theory.strategies import dags
from theory.strategies.dags_by_size import named_dag
from theory.strategies.random_modules import Residual

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture):
    return [text.text for text in ET.fromstring(picture).iter(f"{SVG}text")]


def curves(picture):
    return [
        path.get("d") for path in ET.fromstring(picture).iter(f"{SVG}path") if path.get("stroke")
    ]


@given(dags())
def test_every_node_and_every_edge_is_drawn_once(dag):
    picture = dag.svg()
    shown = Counter(texts(picture))
    assert all(shown[node] == 1 for node in dag.nodes)
    degrees = Counter(str(dag.in_degree(node)) for node in dag.nodes[dag.number_of_inputs :])
    assert all(shown[degree] == times for degree, times in degrees.items())
    drawn = curves(picture)
    assert len(drawn) == len(set(drawn)) == len(dag.tails)


@given(dags())
def test_the_same_dag_gives_the_same_text(dag):
    again = Dag.from_networkx(dag.to_networkx(), inputs=dag.inputs)
    if again.nodes == dag.nodes:
        assert again.svg() == dag.svg()
    assert dag.svg() == dag.svg()


@given(st.text(), st.text())
def test_any_name_gives_valid_xml(first, second):
    graph = nx.MultiDiGraph([(("x", first), ("h", second)), (("h", second), "o")])
    ET.fromstring(Dag.from_networkx(graph).svg().encode())


def test_names_are_escaped_and_long_ones_shortened():
    graph = nx.MultiDiGraph([("<a&b>", ("a long submodule name", 1, 2))])
    picture = Dag.from_networkx(graph).svg()
    assert "&lt;a&amp;b&gt;" in picture
    assert "a long s…name[1,2]" in texts(picture)
    assert "a long submodule name[1,2]: in-degree 1" in picture  # shown under the pointer


def test_inputs_outputs_and_fixed_weights_are_marked():
    module = nn.Sequential(
        nn.Conv1d(1, 1, 3, padding=1),
        nn.AvgPool1d(2),
        Residual(nn.Conv1d(1, 1, 1)),
        nn.MaxPool1d(2),
    )
    dag = Dag.from_module(module, (1, 4))
    groups = ET.fromstring(dag.svg()).iter(f"{SVG}g")
    marks = {group.find(f"{SVG}title").text: group for group in groups}

    def shapes(title):
        return [shape.tag.removeprefix(SVG) for shape in marks[title] if shape.get("stroke")]

    def words(title):
        return [text.text for text in marks[title].iter(f"{SVG}text")]

    assert shapes("input[0,0]: input") == ["rect"]
    assert shapes("0[0,0]: in-degree 2") == ["circle"]
    assert shapes("3[0,0]: in-degree 2") == ["rect", "rect"]  # the output
    assert words("1[0,0]: in-degree 2")[0] == "avg 2"
    assert words("2.add[0,0]: in-degree 2")[0] == "sum 2"
    assert words("3[0,0]: in-degree 2")[0] == "max 2"


def _luminance(colour):
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (svg_picture.INK, getattr(svg_picture, ground))
        for ground in ("PANEL", "INPUT", "NEURON", "OUTPUT", "FIXED")
    ]
    + [(svg_picture.LINE, svg_picture.PANEL)],
)
def test_contrast_is_that_of_wcag_whatever_the_page(ink, ground):
    """The drawing stands on an opaque panel, so that the page does not matter."""
    panel = next(ET.fromstring(named_dag(1, [[0]]).svg()).iter(f"{SVG}rect"))
    assert (panel.get("width"), panel.get("height")) == ("100%", "100%")
    assert panel.get("fill") == svg_picture.PANEL
    dark, light = sorted([_luminance(ink), _luminance(ground)])
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@settings(deadline=None)
@given(dags(max_inputs=6, max_neurons=10))
def test_nothing_overlaps(dag):
    """In each column nodes stand a row apart from nodes and edges, and edges half a row."""
    levels = [dag.backward_sweep.level(node) for node in range(len(dag.nodes))]
    edges = {*zip(dag.tails.tolist(), dag.heads.tolist(), strict=True)}
    layout = layered_layout(levels, edges)
    columns = {}
    for level, height in zip(levels, layout.heights, strict=True):
        columns.setdefault(level, []).append((height, True))
    for (tail, head), bends in layout.bends.items():
        assert len(bends) == levels[head] - levels[tail] - 1
        for step, height in enumerate(bends, 1):
            columns[levels[tail] + step].append((height, False))
    for column in columns.values():
        column.sort()
        for (above, is_node), (below, is_node_too) in itertools.pairwise(column):
            gap = NODE_GAP if is_node or is_node_too else BEND_GAP
            assert below - above >= gap - 1e-9


def test_inputs_stay_in_their_order():
    layout = layered_layout([0, 0, 0, 1, 1], [(0, 4), (1, 4), (2, 3)])
    assert layout.heights[0] < layout.heights[1] < layout.heights[2]
    assert layout.heights[4] < layout.heights[3]  # which uncrosses the edges


def test_a_large_module_is_drawn_layer_by_layer():
    module = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(108, 2))
    dag = Dag.from_module(module, (1, 8, 8))
    assert len(dag.tails) > MOST_EDGES
    words = texts(dag.svg())
    for expected in ("inputs", "64 inputs", "0", "108 neurons", "in-degree 9", "972", "216"):
        assert expected in words
    assert "more than 300 edges" in words[-1]


def _neurons(words):
    return sum(
        int(word.replace(",", "").split()[0]) for word in words if re.match(r"[\d,]+ neuron", word)
    )


@pytest.mark.parametrize(
    "dag",
    [
        named_dag(3, [[0, 1, 2]] * 2 + [[n, n + 1, n + 2] for n in range(2, 150)]),
        named_dag(150, [[0, 1]]),
        Dag.from_networkx(nx.empty_graph(150, create_using=nx.MultiDiGraph)),
        Dag.from_module(nn.Flatten(), (150,)),
        Dag.from_module(nn.Sequential(*(nn.Linear(8, 8) for _ in range(30))), (8,)),
        Dag.from_module(nn.Sequential(nn.Linear(40, 40), nn.ReLU(), nn.Linear(40, 1)), (40,)),
    ],
    ids=["deep", "unread inputs", "inputs only", "no layers", "many layers", "two layers"],
)
def test_boxes_hold_every_neuron_once(dag):
    words = texts(dag.svg())
    total = len(dag.nodes) - dag.number_of_inputs
    assert _neurons(words[1:]) == total
    assert len([word for word in words if word.startswith("in-degree")]) <= 11


def test_crowded_boxes_become_fewer():
    rng = np.random.default_rng(0)
    tails = [rng.integers(0, head, size=4).tolist() for head in range(30, 1030)]
    picture = named_dag(30, tails).svg()
    assert len(curves(picture)) <= 15
    assert _neurons(texts(picture)[1:]) == 1000
