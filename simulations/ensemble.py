"""An ensemble of random networks, and what is measured of a block of them."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from simulations.draws import Draws
from simulations.families import build
from simulations.input_laws import draw_inputs
from simulations.many_networks import Gradients, Relu, WeightLaw, sample_gradients
from simulations.network_plan import NetworkPlan, plan_network

Option: TypeAlias = int | str | bool | tuple[int, ...]

NORMS = (1.0, 2.0, 4.0, float("inf"))
"""The q of the norms that are measured."""

MOST_IN_A_BLOCK = 256
NUMBERS_IN_A_BLOCK = 2**24
"""A block is what is stored, resumed and sent to workers: about half a second of work."""

NUMBERS_IN_A_BATCH = 2**21
"""Floats of a batch (8 MiB), so that what a layer writes is still in the cache for the next."""

MOST_MAPPED = 3 * 128**2
"""Inputs up to which the squares of single coordinates are kept."""


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """Everything that decides the law of a random network's input gradients.

    Network i of one size is given the same random numbers in every ensemble, so that ensembles
    which draw the same weights in the same order are paired, network by network.

    Attributes
    ----------
    network : a built-in family, or FILE.py:factory.
    size : what the factory is called with: the input dimension d, or the pixels of an edge.
    options : further keyword arguments of the factory, sorted by name.
    inputs : "noise", "smooth", "constant" or "images:PATH".
    relu : "real" or "masks".
    weights : "gaussian", "rademacher" or "uniform".
    source : fingerprint of the files that the ensemble reads, empty if it reads none.
    """

    network: str
    size: int
    options: tuple[tuple[str, Option], ...] = ()
    inputs: str = "noise"
    relu: Relu = "real"
    weights: WeightLaw = "gaussian"
    source: str = ""

    def key(self) -> str:
        """Return a name that equal ensembles share, on every machine."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Block:
    """What is kept of a block of networks.

    Attributes
    ----------
    norms : ‖row‖_q for the rows of `Gradients` and q in `NORMS`, shape (networks, rows, 4).
    factors : (1 - q_c)² + Σ_{k≠c} q_k² of the label c = 0 (proof of Theorem 3), shape (networks,).
    squares : the sum over the networks of (∂_x f_0)², shape (d,); empty for d > `MOST_MAPPED`.
    """

    norms: NDArray[np.float64]
    factors: NDArray[np.float64]
    squares: NDArray[np.float32]


@lru_cache(maxsize=64)
def plan(ensemble: Ensemble) -> tuple[nn.Module, tuple[int, ...], NetworkPlan]:
    """Build an ensemble's module, its input shape, and the plan to sample it.

    The module is on the meta device, without memory, unless it has a body that needs its values.
    """
    with torch.device("meta"):
        module, shape = build(ensemble.network, ensemble.size, ensemble.options)
    found = plan_network(module, shape)
    if found.has_body or ensemble.weights != "gaussian":
        module, shape = build(ensemble.network, ensemble.size, ensemble.options)
        module.eval()
    return module, shape, found


def networks_in_a_block(ensemble: Ensemble) -> int:
    """Return how many networks make a block, a power of 2 that depends on the ensemble alone."""
    numbers = plan(ensemble)[2].numbers
    return 2 ** int(np.log2(np.clip(NUMBERS_IN_A_BLOCK // numbers, 1, MOST_IN_A_BLOCK)))


def measure_block(ensemble: Ensemble, seed: int, block: int, device: torch.device | str) -> Block:
    """Sample the networks of a block and measure their input gradients.

    Parameters
    ----------
    ensemble, seed, block : decide every number.
    device : where it is computed. Each kind of device has its own numbers.
    """
    networks = networks_in_a_block(ensemble)
    *_, shape, _ = plan(ensemble)
    d = int(np.prod(shape))
    squares = np.zeros(d if d <= MOST_MAPPED else 0, dtype=np.float32)
    norms, factors = [], []
    for gradients in gradient_batches(
        ensemble, seed, range(block * networks, (block + 1) * networks), device
    ):
        rows = gradients.rows
        norms.append(torch.stack([_norms(rows, q) for q in NORMS], dim=2))
        q = gradients.logits.double().softmax(1)
        factors.append((1 - q[:, 0]) ** 2 + q[:, 1:].square().sum(1))
        for row in rows[:, 0] if squares.size else ():
            squares += row.square().cpu().numpy()
    return Block(
        norms=torch.cat(norms).cpu().numpy(),
        factors=torch.cat(factors).cpu().numpy(),
        squares=squares,
    )


def gradient_batches(
    ensemble: Ensemble, seed: int, networks: range, device: torch.device | str
) -> Iterator[Gradients]:
    """Sample the input gradients of some networks, a batch at a time.

    Yields
    ------
    As many networks as fit the cache, in order; their number changes no figure.
    """
    module, shape, found = plan(ensemble)
    batch = max(1, NUMBERS_IN_A_BATCH // found.numbers)
    for start in range(networks.start, networks.stop, batch):
        indices = range(start, min(start + batch, networks.stop))
        draws = Draws(seed, f"networks of size {ensemble.size}", indices, device=device)
        yield sample_gradients(
            module,
            found,
            draw_inputs(ensemble.inputs, shape, draws),
            draws,
            relu=ensemble.relu,
            weights=ensemble.weights,
        )


def _norms(rows: torch.Tensor, q: float) -> torch.Tensor:
    """‖row‖_q in doubles, shape (networks, rows); q = 4 without slow powers."""
    if q == 4:
        return rows.square().square_().sum(2).double().sqrt().sqrt()
    return torch.linalg.vector_norm(rows, q, dim=2).double()
