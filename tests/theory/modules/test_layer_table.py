"""The table of a module's layers: which are followed exactly, and why others are not."""

import pytest
import torch
from hypothesis import given, settings
from torch import nn

from theory.graph.layers import DagError
from theory.modules.layer_table import layer_table
from theory.modules.predictions import predict_second_moments
from theory.strategies import networks


def test_each_layer_behind_one_that_is_not_exact_is_still_told():
    module = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.GELU(), nn.BatchNorm2d(2), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(2, 4), nn.Softmax(dim=1), nn.Linear(4, 2),
    )  # fmt: skip
    rows = layer_table(module, (1, 4, 4))
    assert [(row.path, row.kind) for row in rows] == [
        (path, type(module[int(path)]).__name__) for path in "0123567"
    ]
    assert [row.path for row in rows if row.reason] == ["1", "3", "6"]
    assert "takes a maximum" in rows[3].reason
    assert all("\n" not in row.reason for row in rows)


def test_calls_of_the_module_itself_have_no_path():
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(2, 2), nn.Linear(2, 1)

        def forward(self, x):
            return self.b(torch.tanh(x + self.a(x)))

    rows = layer_table(Residual(), (2,))
    assert [row.path for row in rows] == ["a", "", "", "b"]
    assert [row.operators for row in rows][1:3] == [("add",), ("tanh",)]


@settings(max_examples=40, deadline=None)
@given(networks())
def test_all_layers_are_exact_where_there_is_a_prediction(drawn):
    module, shape = drawn
    exact = not any(row.reason for row in layer_table(module, shape))
    try:
        predict_second_moments(module, shape)
    except DagError:
        assert not exact
    else:  # a maximum may be beside the way
        assert exact or all(
            "maximum" in row.reason for row in layer_table(module, shape) if row.reason
        )


def test_a_module_that_does_not_run_is_refused():
    with pytest.raises(DagError, match=r"'0' \(Linear\) does not run on what arrives"):
        layer_table(nn.Linear(3, 2), (4,))
