"""Norms of ten million coordinates lose nothing to float32."""

import pytest
import torch

from simulations.engine.gradient_norms import NORMS, norms_of_sums, scaled_sums_

D = 10_000_000


@pytest.mark.parametrize("law", ["normal", "lognormal"])
def test_chunked_sums_keep_seven_digits(law):
    rows = torch.randn(1, 1, D, generator=torch.Generator().manual_seed(0))
    if law == "lognormal":
        rows = rows.mul_(2).exp_()
    exact = [float(torch.linalg.vector_norm(rows.double(), q)) for q in NORMS]
    sums, _ = scaled_sums_(rows.clone())
    assert norms_of_sums(sums.double())[0, 0].tolist() == pytest.approx(exact, rel=1e-6)
