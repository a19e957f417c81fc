"""Pairs of twins: shared weights, reproducible, and with the second moments of the DAG."""

import numpy as np
import pytest

from evidence.moments import moment_interval
from simulations.small_samples.twin_gradients import COLOURS, twin_module, twin_squares
from theory.modules.predictions import predict_second_moments
from theory.networks.strided_twins import strided_twin

PADDINGS = ("circular", "zeros", "reflect", "replicate")


def test_a_network_depends_on_its_number_alone():
    def draw(networks):
        return twin_squares(2, 2, replaced=(0,), seed=3, networks=networks)

    together = draw(range(8))
    assert np.array_equal(np.concatenate([draw(range(3)), draw(range(3, 8))], axis=1), together)
    assert not np.array_equal(together[0], together[1])
    assert not np.array_equal(
        together, twin_squares(2, 2, replaced=(0,), seed=4, networks=range(8))
    )


def test_twins_share_their_weights():
    nothing, same = twin_squares(3, 3, replaced=(), seed=0, networks=range(8))
    assert np.array_equal(nothing, same)
    strided, averaged = twin_squares(3, 3, replaced=(0, 1), seed=0, networks=range(256))
    assert np.corrcoef(np.log(strided), np.log(averaged))[0, 1] > 0.3


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("wider", [0, 1])
def test_the_module_is_the_dag_with_channels(padding, wider):
    n, kernel = 3, 3 + wider
    for replaced in ((), (0,), (0, 1)):
        module = twin_module(n, kernel, replaced=replaced, padding=padding)
        predicted = predict_second_moments(module, (COLOURS, n * n))
        dag = strided_twin(n, kernel, replaced=replaced, padding=padding)
        exact = [float(moment) for moment in dag.second_moments(dag.outputs[0]).values()]
        # A linear logit doubles what a ReLU would halve; colours share the pixel's part.
        assert predicted.sum(axis=0) / 2 == pytest.approx(exact)


@pytest.mark.parametrize("pooling", ["average", "maximum"])
def test_means_are_the_exact_ones_under_h1(pooling):
    n, replaced = 2, (0, 1)
    squares = twin_squares(
        n, n, replaced=replaced, pooling=pooling, relu="masks", seed=0, networks=range(1500)
    )
    for row, chosen in zip(squares, ((), replaced), strict=True):
        if chosen and pooling == "maximum":
            assert row.mean() > squares[0].mean() / 2  # maxima hardly help
            continue
        exact = predict_second_moments(twin_module(n, n, replaced=chosen), (COLOURS, n * n)).mean()
        found = moment_interval(row, 1e-4)
        assert found.low < exact < found.high < 1.6 * exact
