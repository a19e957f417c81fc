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

from evidence.errors import UserError
from running.draws import Draws
from running.memory import require_memory
from running.user_files import explain_error
from simulations.engine.any_module.module_error import ModuleError, failing_submodule
from simulations.engine.dense_head import sample_dense_gradients
from simulations.engine.gradient_norms import norms_of_sums, scaled_sums_
from simulations.engine.gradient_rows import Gradients, Relu, Rows, WeightLaw
from simulations.engine.module_interception import sample_gradients
from simulations.engine.network_plan import NetworkPlan, plan_network
from simulations.networks.families import build
from simulations.networks.input_laws import draw_inputs
from simulations.networks.sources import SourceError, source_of
from simulations.networks.user_factories import Factory, ModuleAndShape

Option: TypeAlias = int | str | bool | tuple[int, ...]

MOST_IN_A_BLOCK = 256
NUMBERS_IN_A_BLOCK = 2**24
"""A block is what is stored, resumed and sent to workers: about half a second of work."""

SLOWER_ONE_AT_A_TIME = 16
"""Networks that have a forward pass of their own take about so many times as long."""

NUMBERS_IN_A_BATCH = 2**21
"""Activations of a batch (8 MiB): what a layer writes is still in the cache for the next."""

COPIES = 3
"""Of a batch's activations and weights: drawn, unfolded for a convolution, and their gradients.
Measured: 1.5 to 3 for dense networks and convolutions."""

LEAST_IN_A_BATCH, MOST_IN_A_BATCH = 4, 128
"""Fewer networks with convolutions are slower each (see `simulations.engine.convolution`), and
more."""

NUMBERS_IN_A_SUM = 2**17
"""Floats of gradients that are summed at once: half a megabyte."""

NETWORKS_IN_A_PART = 64
"""Squares of coordinates are summed over so many networks: intervals need many such parts."""

LEAST_PARTS = 4
"""Of the networks where there is less than a block of them."""

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
    network : a built-in family, FILE.py:factory, or a factory, which has no key and no store.
    size : what the factory is called with: the input dimension d, or the pixels of an edge.
    options : further keyword arguments of the factory, sorted by name.
    inputs : "noise", "smooth", "constant" or "images:PATH".
    relu : "real" or "masks".
    weights : "gaussian", "rademacher" or "uniform".
    output : position of the one output that is taken for a logit; empty for all logits.
    source : fingerprint of the files that the ensemble reads, empty if it reads none.
    """

    network: str | Factory
    size: int
    options: tuple[tuple[str, Option], ...] = ()
    inputs: str = "noise"
    relu: Relu = "real"
    weights: WeightLaw = "gaussian"
    output: tuple[int, ...] = ()
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
    factors : `gradient_norms.loss_factors` of the networks, shape (networks,).
    squares : sums of (∂_x f_0)² over parts of `NETWORKS_IN_A_PART` networks at most, equal but for
        the last one, shape (parts, d); shape (parts, 0) for d > `MOST_MAPPED`.
    """

    norms: NDArray[np.float64]
    factors: NDArray[np.float64]
    squares: NDArray[np.float32]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Networks in each part of `squares`, shape (parts,)."""
        networks, parts = len(self.norms), len(self.squares)
        return np.diff(np.minimum(-(-networks // parts) * np.arange(parts + 1), networks))


@lru_cache(maxsize=64)
def plan(ensemble: Ensemble) -> NetworkPlan:
    """Build an ensemble's module, and plan how to sample it.

    The module is on the meta device, without memory, unless it has a body that needs its values.

    Raises
    ------
    SourceError : files that are not what they were when the ensemble was made.
    """
    if ensemble.source != source_of(ensemble.network, ensemble.inputs):
        raise SourceError(f"what {ensemble.network} reads has changed in the meantime; run again")
    try:
        with torch.device("meta"):
            on_meta = plan_network(*_build(ensemble), output=ensemble.output)
    except Exception:  # whatever a user's module raises that computes with its values
        on_meta = None
    if on_meta:
        require_memory(
            bytes_of_batch(on_meta),
            f"{_batch(on_meta)} networks of {on_meta.numbers:,} activations and weights",
            "give a smaller size, or smaller widths",
            error=ModuleError,
        )
    if on_meta and not on_meta.has_body and ensemble.weights == "gaussian":
        return on_meta
    return plan_network(*_build(ensemble), output=ensemble.output)


def _batch(planned: NetworkPlan) -> int:
    """Return how many networks of an ensemble are sampled at once."""
    batch = NUMBERS_IN_A_BATCH // planned.activations
    return int(np.clip(batch, LEAST_IN_A_BATCH if planned.has_body else 1, MOST_IN_A_BATCH))


def bytes_of_batch(planned: NetworkPlan) -> float:
    """Return about how much memory a thread needs: for `COPIES` of all that a batch computes."""
    return 4.0 * COPIES * _batch(planned) * planned.numbers


_ONE_AT_A_TIME = Lock()
"""Torch has one generator for all threads, among them those of a Dask worker."""


def _build(ensemble: Ensemble) -> ModuleAndShape:
    """Build the module, with the same random buffers in every process."""
    with _ONE_AT_A_TIME, torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build(ensemble.network, ensemble.size, ensemble.options)


def networks_in_a_block(ensemble: Ensemble) -> int:
    """Return how many networks make a block, a power of 2 that depends on the ensemble alone."""
    planned = plan(ensemble)
    least = LEAST_IN_A_BATCH if planned.has_body else 1
    numbers = planned.numbers * (SLOWER_ONE_AT_A_TIME if planned.one_at_a_time else 1)
    return 1 << int(np.log2(np.clip(NUMBERS_IN_A_BLOCK // numbers, least, MOST_IN_A_BLOCK)))


def measure_block(
    ensemble: Ensemble,
    seed: int,
    block: int,
    device: torch.device | str,
    *,
    networks: int | None = None,
) -> Block:
    """Sample the networks of a block and measure their input gradients.

    Parameters
    ----------
    ensemble, seed, block : decide every number.
    device : where it is computed. Each kind of device has its own numbers.
    networks : how many of the block, its first ones; all if None.

    Raises
    ------
    ModuleError : a gradient that is not finite, or a module that raises an exception.
    """
    whole = networks_in_a_block(ensemble)
    start, networks = block * whole, networks or whole
    d = plan(ensemble).d
    in_a_part = min(NETWORKS_IN_A_PART, networks)
    if block == 0 and networks < whole:
        in_a_part = min(in_a_part, -(-networks // LEAST_PARTS))
    parts = -(-networks // in_a_part)
    in_a_part = -(-networks // parts)
    squares = torch.zeros(parts, d if d <= MOST_MAPPED else 0, device=device)
    done = 0
    sums, factors = [], []
    indices = range(start, start + networks)
    batches = gradient_batches(ensemble, seed, indices, device, overwrite=True)
    for gradients in _explained(batches, ensemble):
        factors.append(gradients.factors)
        # Few networks at a time, so that they stay in the cache from one sum to the next.
        few = max(1, NUMBERS_IN_A_SUM // gradients.rows[0].numel())
        for rows in torch.split(gradients.rows, few):
            row_sums, logit_squares = scaled_sums_(rows)
            sums.append(row_sums)
            for row in logit_squares if squares.numel() else ():
                squares[done // in_a_part] += row
                done += 1
    norms = norms_of_sums(torch.cat(sums).double()).cpu().numpy()
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
    rows : what is differentiated, as in `simulations.engine.module_interception.sample_gradients`.
    overwrite : let a batch take the memory of the one before.

    Yields
    ------
    As many networks as fit the cache, in order; their number changes no figure.
    """
    planned = plan(ensemble)
    batch = _batch(planned)
    isotropic = _is_isotropic(ensemble, planned)
    at_once = len(networks) if isotropic else batch
    for start in range(networks.start, networks.stop, at_once):
        indices = range(start, min(start + at_once, networks.stop))
        draws = Draws(seed, f"networks of size {ensemble.size}", indices, device=device)
        if isotropic:
            yield from sample_dense_gradients(
                planned, draws, batch=batch, relu=ensemble.relu, rows=rows, overwrite=overwrite
            )
        else:
            yield sample_gradients(
                planned,
                draw_inputs(ensemble.inputs, planned.shape, draws),
                draws,
                relu=ensemble.relu,
                weights=ensemble.weights,
                rows=rows,
            )


def _explained(batches: Iterator[Gradients], ensemble: Ensemble) -> Iterator[Gradients]:
    """Let an exception that a user's module raises for some networks be one line."""
    try:
        yield from batches
    except (UserError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # a user's module raises whatever it likes
        name = failing_submodule(error)
        if name is None:  # a fault of ours
            raise
        raise ModuleError(
            f"at size {ensemble.size} some network cannot be sampled: {explain_error(error)} (in "
            f"submodule {name!r}); the module has to give finite logits whatever its weights are"
        ) from error


def _is_isotropic(ensemble: Ensemble, planned: NetworkPlan) -> bool:
    """Say whether inputs can be left undrawn, and are so many that this is faster."""
    if ensemble.inputs != "noise" or ensemble.weights != "gaussian":
        return False
    least = max(LEAST_ISOTROPIC, 4 * planned.logits)
    return bool(planned.head) and not planned.has_body and planned.head[0].in_degree >= least
