"""What is measured of a block, whatever batches it is computed in."""

import numpy as np
import pytest
import torch

from simulations.engine import ensemble as ensembles
from simulations.engine.ensemble import Ensemble, gradient_batches, measure_block, plan
from simulations.engine.gradient_norms import NORMS, norms_of_sums, scaled_sums_

BATCHES = (1, 2, 3, 7, 64)
DENSE = (("logits", 3), ("widths", (9, 5)))
ENSEMBLES = [
    Ensemble(network="dense", size=11, options=DENSE),
    Ensemble(network="dense", size=2500, options=DENSE),
    Ensemble(network="dense", size=37, options=DENSE, inputs="smooth", relu="masks"),
    Ensemble(network="dense", size=6, options=DENSE, weights="rademacher"),
    Ensemble(network="dense", size=5, options=(("logits", 1), ("widths", ()))),
    Ensemble(network="strided", size=8, options=(("logits", 4), ("widths", (3, 5)))),
    Ensemble(network="residual", size=8, relu="masks"),
]


pytestmark = pytest.mark.usefixtures("one_thread")


def batches_of(ensemble, networks, monkeypatch, **options):
    monkeypatch.setattr(ensembles, "NUMBERS_IN_A_BATCH", networks * plan(ensemble).activations)
    monkeypatch.setattr(ensembles, "LEAST_IN_A_BATCH", 1)
    return list(gradient_batches(ensemble, 4, range(64), "cpu", **options))


@pytest.mark.parametrize("ensemble", ENSEMBLES, ids=str)
def test_a_network_is_the_same_in_every_batch(ensemble, monkeypatch):
    rows = "logits" if ensemble.size == 11 else "logit and loss"
    found = {size: batches_of(ensemble, size, monkeypatch, rows=rows) for size in BATCHES}
    assert [len(found[size]) for size in BATCHES] == [-(-64 // size) for size in BATCHES]
    whole = found[64][0]
    for batches in found.values():
        assert torch.equal(torch.cat([batch.rows for batch in batches]), whole.rows)
        assert torch.equal(torch.cat([batch.logits for batch in batches]), whole.logits)
    assert not torch.equal(whole.rows[0], whole.rows[1])


@pytest.mark.parametrize("ensemble", ENSEMBLES[:2] + ENSEMBLES[5:6], ids=str)
def test_a_block_is_the_same_whatever_its_batches(ensemble, monkeypatch):
    whole = measure_block(ensemble, 4, 1, "cpu")
    for networks in (1, 3, 50):
        numbers = networks * plan(ensemble).numbers
        monkeypatch.setattr(ensembles, "NUMBERS_IN_A_BATCH", numbers)
        block = measure_block(ensemble, 4, 1, "cpu")
        for name in ("norms", "factors", "squares"):
            assert np.array_equal(getattr(block, name), getattr(whole, name)), name


@pytest.mark.parametrize("ensemble", ENSEMBLES, ids=str)
def test_the_first_networks_of_a_block_are_those_of_the_whole(ensemble):
    whole = measure_block(ensemble, 4, 1, "cpu")
    few = measure_block(ensemble, 4, 1, "cpu", networks=3)
    assert np.array_equal(few.norms, whole.norms[:3])
    assert np.array_equal(few.factors, whole.factors[:3])
    assert few.counts.tolist() == [3]
    assert measure_block(ensemble, 4, 0, "cpu", networks=3).counts.tolist() == [1, 1, 1]
    assert few.squares.sum() == pytest.approx((few.norms[:, 0, 1] ** 2).sum(), rel=1e-5)
    assert whole.counts.sum() == len(whole.norms)


@pytest.mark.parametrize("ensemble", ENSEMBLES[:2] + ENSEMBLES[4:6], ids=str)
def test_a_block_measures_its_gradients(ensemble):
    block = measure_block(ensemble, 2, 0, "cpu")
    networks = range(ensembles.networks_in_a_block(ensemble))
    found = list(gradient_batches(ensemble, 2, networks, "cpu"))
    rows = torch.cat([gradients.rows for gradients in found]).double().numpy()
    logits = torch.cat([gradients.logits for gradients in found]).double()
    for index, q in enumerate(NORMS):
        norms = np.linalg.norm(rows, q, axis=2)
        np.testing.assert_allclose(block.norms[:, :, index], norms, rtol=1e-5)
    label = torch.nn.functional.one_hot(torch.zeros(len(logits)).long(), logits.shape[1])
    factors = (logits.softmax(1) - label).square().sum(1)
    np.testing.assert_allclose(block.factors, factors, atol=1e-12)
    parts = (rows[:, 0] ** 2).reshape(len(block.squares), -1, rows.shape[2]).sum(1)
    np.testing.assert_allclose(block.squares, parts, rtol=1e-4)


def test_norms_of_tiny_rows_do_not_vanish():
    rows = torch.tensor([[[3e-30, 4e-30], [0, 0]]])
    sums, squares = scaled_sums_(rows)
    norms = norms_of_sums(sums.double())
    np.testing.assert_allclose(norms[0, 0], [7e-30, 5e-30, 337**0.25 * 1e-30, 4e-30], rtol=1e-5)
    assert norms[0, 1].tolist() == [0] * 4
    assert squares.shape == (1, 2)


def test_ensembles_of_one_size_share_their_inputs_numbers():
    real, masks = (
        next(
            gradient_batches(
                Ensemble(network="dense", size=11, options=DENSE, relu=relu), 4, range(5), "cpu"
            )
        )
        for relu in ("real", "masks")
    )
    wider = Ensemble(network="dense", size=11, options=(("logits", 3), ("widths", (9, 6))))
    other = next(gradient_batches(wider, 4, range(5), "cpu"))
    assert not torch.equal(real.rows, masks.rows)
    assert real.rows.shape == other.rows.shape
