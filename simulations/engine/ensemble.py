"""An ensemble of random networks, and what is measured of a block of them."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from running.draws import Draws
from simulations.engine.many_networks import (
    Gradients,
    Relu,
    Rows,
    WeightLaw,
    sample_dense_gradients,
    sample_gradients,
)
from simulations.engine.network_plan import ModuleError, NetworkPlan, plan_network
from simulations.networks.families import build
from simulations.networks.input_laws import draw_inputs
from simulations.networks.sources import SourceError, source_of

Option: TypeAlias = int | str | bool | tuple[int, ...]

MOST_IN_A_BLOCK = 256
NUMBERS_IN_A_BLOCK = 2**24
"""A block is what is stored, resumed and sent to workers: about half a second of work."""

NUMBERS_IN_A_BATCH = 2**21
"""Activations of a batch (8 MiB): what a layer writes is still in the cache for the next."""

LEAST_IN_A_BATCH, MOST_IN_A_BATCH = 4, 128
"""Fewer networks with convolutions are slower each (see `simulations.engine.convolution`), and
more."""

NUMBERS_IN_A_SUM = 2**17
"""Floats of gradients that are summed at once: half a megabyte."""

NETWORKS_IN_A_PART = 64
"""Squares of coordinates are summed over so many networks: intervals need many such parts."""

LEAST_ISOTROPIC = 2048
"""Inputs from which dense networks leave noise inputs undrawn."""

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
    norms : ‖row‖_q for the rows of `Gradients` and q in `gradient_norms.NORMS`,
        shape (networks, rows, 4).
    factors : (1 - q_c)² + Σ_{k≠c} q_k² of the label c = 0 (proof of Theorem 3), shape (networks,).
    squares : sums of (∂_x f_0)² over parts of `NETWORKS_IN_A_PART` networks, or over a smaller
        block, shape (parts, d); shape (parts, 0) for d > `MOST_MAPPED`.
    """

    norms: NDArray[np.float64]
    factors: NDArray[np.float64]
    squares: NDArray[np.float32]


@lru_cache(maxsize=64)
def plan(ensemble: Ensemble) -> tuple[nn.Module, tuple[int, ...], NetworkPlan]:
    """Build an ensemble's module, its input shape, and the plan to sample it.

    The module is on the meta device, without memory, unless it has a body that needs its values.

    Raises
    ------
    SourceError : files that are not what they were when the ensemble was made.
    """
    if ensemble.source != source_of(ensemble.network, ensemble.inputs):
        raise SourceError(f"what {ensemble.network} reads has changed in the meantime; run again")
    try:
        with torch.device("meta"):
            module, shape = _build(ensemble)
        found = plan_network(module, shape)
        of_values = found.has_body or ensemble.weights != "gaussian"
    except Exception:  # whatever a user's module raises that computes with its values
        of_values = True
    if of_values:
        module, shape = _build(ensemble)
        found = plan_network(module, shape)
    return module, shape, found


_ONE_AT_A_TIME = Lock()
"""Torch has one generator for all threads, among them those of a Dask worker."""


def _build(ensemble: Ensemble) -> tuple[nn.Module, tuple[int, ...]]:
    """Build the module; what it draws itself, such as buffers, is alike in every process."""
    with _ONE_AT_A_TIME, torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build(ensemble.network, ensemble.size, ensemble.options)


def networks_in_a_block(ensemble: Ensemble) -> int:
    """Return how many networks make a block, a power of 2 that depends on the ensemble alone."""
    found = plan(ensemble)[2]
    least = LEAST_IN_A_BATCH if found.has_body else 1
    return 1 << int(np.log2(np.clip(NUMBERS_IN_A_BLOCK // found.numbers, least, MOST_IN_A_BLOCK)))


def measure_block(ensemble: Ensemble, seed: int, block: int, device: torch.device | str) -> Block:
    """Sample the networks of a block and measure their input gradients.

    Parameters
    ----------
    ensemble, seed, block : decide every number.
    device : where it is computed. Each kind of device has its own numbers.

    Raises
    ------
    ModuleError : a gradient that is not finite.
    """
    networks = networks_in_a_block(ensemble)
    *_, shape, _ = plan(ensemble)
    d = int(np.prod(shape))
    parts = max(1, networks // NETWORKS_IN_A_PART)
    squares = torch.zeros(parts, d if d <= MOST_MAPPED else 0, device=device)
    done = 0
    sums, factors = [], []
    indices = range(block * networks, (block + 1) * networks)
    for gradients in gradient_batches(ensemble, seed, indices, device, overwrite=True):
        factors.append(gradients.factors)
        # Few networks at a time, so that they stay in the cache from one sum to the next.
        few = max(1, NUMBERS_IN_A_SUM // gradients.rows[0].numel())
        for rows in torch.split(gradients.rows, few):
            of_rows, of_logit = _sum_(rows)
            sums.append(of_rows)
            for row in of_logit if squares.numel() else ():
                squares[done // NETWORKS_IN_A_PART] += row
                done += 1
    norms = _norms(torch.cat(sums).double()).cpu().numpy()
    if not np.isfinite(norms).all():
        raise ModuleError(f"at size {ensemble.size} some networks' gradients are not finite")
    return Block(
        norms=norms,
        factors=torch.cat(factors).cpu().numpy(),
        squares=squares.cpu().numpy(),
    )


def gradient_batches(
    ensemble: Ensemble,
    seed: int,
    networks: range,
    device: torch.device | str,
    *,
    rows: Rows = "logit and loss",
    overwrite: bool = False,
) -> Iterator[Gradients]:
    """Sample the input gradients of some networks, a batch at a time.

    Parameters
    ----------
    ensemble, seed, networks, device : decide every number.
    rows : what is differentiated, as in `simulations.engine.many_networks.sample_gradients`.
    overwrite : let a batch take the memory of the one before.

    Yields
    ------
    As many networks as fit the cache, in order; their number changes no figure.
    """
    module, shape, found = plan(ensemble)
    batch = NUMBERS_IN_A_BATCH // found.activations
    batch = int(np.clip(batch, LEAST_IN_A_BATCH if found.has_body else 1, MOST_IN_A_BATCH))
    isotropic = _is_isotropic(ensemble, found)
    at_once = len(networks) if isotropic else batch
    for start in range(networks.start, networks.stop, at_once):
        indices = range(start, min(start + at_once, networks.stop))
        draws = Draws(seed, f"networks of size {ensemble.size}", indices, device=device)
        if isotropic:
            yield from sample_dense_gradients(
                found, draws, batch=batch, relu=ensemble.relu, rows=rows, overwrite=overwrite
            )
        else:
            yield sample_gradients(
                module,
                found,
                draw_inputs(ensemble.inputs, shape, draws),
                draws,
                relu=ensemble.relu,
                weights=ensemble.weights,
                rows=rows,
            )


def _is_isotropic(ensemble: Ensemble, found: NetworkPlan) -> bool:
    """Whether inputs need not be drawn, and are so many that it is faster."""
    if ensemble.inputs != "noise" or ensemble.weights != "gaussian":
        return False
    least = max(LEAST_ISOTROPIC, 4 * found.logits)
    return bool(found.head) and not found.has_body and found.head[0].in_degree >= least


def _sum_(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Sum powers of rows, which are overwritten.

    Returns
    -------
    s = max |row_i|, and Σ_i |row_i / s|^q for q = 1, 2, 4, which vanish nowhere, shape (networks,
    rows, 4); and the squares of each network's first row, shape (networks, d).
    """
    largest = rows.abs_().amax(2, keepdim=True)
    rows /= largest.clamp_min(torch.finfo(rows.dtype).tiny)
    squares = rows.square()
    sums = [rows.sum(2), squares.sum(2), torch.square(squares, out=rows).sum(2)]
    return torch.stack([largest[:, :, 0], *sums], 2), squares[:, 0].mul_(largest[:, 0].square())


def _norms(sums: torch.Tensor) -> torch.Tensor:
    """‖row‖_q for q in `gradient_norms.NORMS`, from the sums of `_sum_`."""
    largest, first, second, fourth = sums.unbind(2)
    relative = [first, second.sqrt(), fourth.sqrt().sqrt(), torch.ones_like(first)]
    return torch.stack(relative, 2) * largest[:, :, None]
