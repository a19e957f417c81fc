"""Random networks for an audit: gradients layer by layer, and what an attack really does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from running.arrays import Kind, require_kinds, require_positive
from running.draws import Draws
from running.pools import Pool, run_name
from running.store import Arrays, Store, StoredBlock
from running.work import Task, check_run, run_tasks
from simulations.audit.layer_recorder import LayerRecorder, norms_of
from simulations.audit.remedies import remedied
from simulations.engine.any_module.module_error import ModuleError
from simulations.engine.ensemble import Ensemble, plan
from simulations.engine.gradient_rows import cotangents
from simulations.engine.module_interception import ManyNetworks
from simulations.networks.input_laws import draw_inputs

VERSION = 1
"""Raised whenever a block's numbers change: results of older code are then not reused."""

NETWORKS_IN_A_BLOCK = 4
"""What is stored, resumed and sent to workers: convolutions of fewer networks are slower each."""

EPSILON = 0.01
"""Size of the attack on random networks, in standard deviations of an input's coordinate."""

MOST_MAPPED = 3 * 512**2
"""Inputs up to which the squares of single coordinates are kept."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """An ensemble of networks, some layers of which are replaced.

    Network i has the same weights and the same input in all variants of an ensemble.

    Attributes
    ----------
    ensemble : the networks as they are.
    layers : names of the layers that are replaced by their remedies.
    """

    ensemble: Ensemble
    layers: tuple[str, ...] = ()

    def key(self) -> str:
        """Return a name that equal variants share, on every machine."""
        return sha256(repr((self.ensemble.key(), self.layers)).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class AuditBlock:
    """What is kept of a block of networks. g is ∂_x L(x, 0); of a single logit f, it is ∂_x f.

    Attributes
    ----------
    norms : ‖g‖_1 and ‖g‖_2 of the input's gradient first, then of that of each layer's output,
        shape (networks, 1 + layers, 2).
    names, kinds, coordinates : of the input and of each layer, as of `LayerRecorder`.
    damages : L(x + ε sign g, 0) - L(x, 0) for ε = `EPSILON`, shape (networks,); 0 in a variant.
    squares : sum of g² over the networks, shape (1, d); (1, 0) in a variant and where d is large.
    """

    norms: NDArray[np.float64]
    names: NDArray[np.str_]
    kinds: NDArray[np.str_]
    coordinates: NDArray[np.int64]
    damages: NDArray[np.float64]
    squares: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class AuditSample:
    """The measured networks of one variant, all fields as in `AuditBlock`.

    Attributes
    ----------
    variant : what was sampled.
    norms, damages : of as many networks as were asked for.
    squares : sums over parts of the networks, shape (parts, d) or (parts, 0).
    counts : networks in each part, in all perhaps more than were asked for, shape (parts,).
    """

    variant: Variant
    norms: NDArray[np.float64]
    names: list[str]
    kinds: list[str]
    coordinates: list[int]
    damages: NDArray[np.float64]
    squares: NDArray[np.float32]
    counts: NDArray[np.int64]

    @property
    def d(self) -> int:
        """Input dimension."""
        return self.coordinates[0]


def measure_block(
    variant: Variant, seed: int, number: int, device: torch.device | str
) -> AuditBlock:
    """Sample the networks of a block, and differentiate their losses layer by layer.

    Parameters
    ----------
    variant, seed, number : decide every number.
    device : where it is computed. Each kind of device has its own numbers.

    Raises
    ------
    ModuleError : a gradient that is not finite.
    """
    ensemble = variant.ensemble
    planned = plan(ensemble)
    start = number * NETWORKS_IN_A_BLOCK
    indices = range(start, start + NETWORKS_IN_A_BLOCK)
    draws = Draws(seed, f"networks of size {ensemble.size}", indices, device=device)
    inputs = draw_inputs(ensemble.inputs, planned.shape, draws).requires_grad_()
    module = remedied(planned.module, variant.layers)
    recorder = LayerRecorder(module, len(indices))
    networks = ManyNetworks(module, draws)
    logits = networks.features(inputs.clone())  # which a module may overwrite
    recorder.stop()
    loss = cotangents(logits.detach(), "logit and loss")[:, -1]
    (gradients,) = torch.autograd.grad(logits, inputs, loss)
    norms = torch.cat([norms_of(gradients)[:, None], recorder.norms()], 1).numpy()
    if not np.isfinite(norms).all():
        raise ModuleError(f"at size {ensemble.size} some networks' gradients are not finite")
    damages, squares = torch.zeros(len(indices)), torch.zeros(1, 0)
    if not variant.layers:
        with torch.no_grad():
            attacked = networks.features(inputs + EPSILON * gradients.sign())
            damages = _losses(attacked) - _losses(logits)
        if planned.d <= MOST_MAPPED:
            squares = gradients.double().flatten(1).square().sum(0, keepdim=True)
    return AuditBlock(
        norms=norms,
        names=np.array(["input", *recorder.names]),
        kinds=np.array(["", *recorder.kinds]),
        coordinates=np.array([planned.d, *recorder.coordinates]),
        damages=damages.double().cpu().numpy(),
        squares=squares.float().cpu().numpy(),
    )


def _losses(logits: Tensor) -> Tensor:
    """Cross-entropy with the label 0, or a single logit itself, in float64."""
    if logits.shape[1] == 1:
        return logits[:, 0].detach().double()
    labels = torch.zeros(len(logits), dtype=torch.long, device=logits.device)
    return functional.cross_entropy(logits.detach().double(), labels, reduction="none")


def sample(
    wanted: Sequence[tuple[Variant, int]],
    *,
    seed: int,
    device: torch.device,
    pool: Pool,
    store: Store | None,
    report: Callable[[float], None],
) -> list[AuditSample]:
    """Sample variants: blocks come from the store, or are measured and put there.

    Parameters
    ----------
    wanted : variants, and how many networks of each.
    seed, device, pool, store : as of `simulations.engine.sampler.Sampler`.
    report : called with the finished share, at least four times a second.

    Raises
    ------
    PoolError, StoreError : as `Sampler.sample`.
    """
    run = _audit_run(seed, device)
    known: dict[tuple[Variant, int], AuditBlock] = {}
    if store is not None:
        for variant, networks in wanted:
            stored = store.blocks(run, variant.key(), range(_blocks(networks)))
            with store.undamaged():
                known |= {(variant, n): _as_written(variant, block) for n, block in stored.items()}

    def keep(finished: "dict[tuple[Variant, int], AuditBlock]") -> None:
        known.update(finished)
        if store is not None:
            store.put_blocks(
                run,
                [
                    StoredBlock(variant.key(), number, repr(variant), vars(block))
                    for (variant, number), block in finished.items()
                ],
            )

    tasks = [
        Task(
            key=(variant, number),
            function=_measure,
            arguments=(run, variant, number, seed, device),
            cost=float(plan(variant.ensemble).numbers),
        )
        for variant, networks in wanted
        for number in range(_blocks(networks))
        if (variant, number) not in known
    ]
    run_tasks(tasks, pool, keep=lambda finished: keep(dict(finished)), report=report)
    return [
        _joined(variant, [known[variant, number] for number in range(_blocks(networks))], networks)
        for variant, networks in wanted
    ]


def _as_written(variant: Variant, arrays: Arrays) -> AuditBlock:
    """Return a block of the store; `ValueError` for one that `measure_block` cannot have made."""
    d = plan(variant.ensemble).d
    layers = arrays["names"].size
    mapped = 0 if variant.layers or d > MOST_MAPPED else d
    require_kinds(
        arrays,
        {
            "norms": Kind("f", (NETWORKS_IN_A_BLOCK, layers, 2)),
            "names": Kind("U", (layers,)),
            "kinds": Kind("U", (layers,)),
            "coordinates": Kind("i", (layers,)),
            "damages": Kind("f", (NETWORKS_IN_A_BLOCK,)),
            "squares": Kind("f", (1, mapped)),
        },
    )
    require_positive(arrays, "norms", "squares", "coordinates")
    if arrays["coordinates"][0] != d:
        raise ValueError(f"its input has {arrays['coordinates'][0]} coordinates, not {d}")
    return AuditBlock(**arrays)


def _joined(variant: Variant, blocks: Sequence[AuditBlock], networks: int) -> AuditSample:
    first = blocks[0]
    return AuditSample(
        variant=variant,
        norms=np.concatenate([block.norms for block in blocks])[:networks],
        names=[str(name) for name in first.names],
        kinds=[str(kind) for kind in first.kinds],
        coordinates=[int(number) for number in first.coordinates],
        damages=np.concatenate([block.damages for block in blocks])[:networks],
        squares=np.concatenate([block.squares for block in blocks]),
        counts=np.full(len(blocks), NETWORKS_IN_A_BLOCK),
    )


def _blocks(networks: int) -> int:
    return -(-networks // NETWORKS_IN_A_BLOCK)


def _audit_run(seed: int, device: torch.device) -> str:
    return run_name(f"audit {VERSION}, seed {seed}", device)


def _measure(
    run: str, variant: Variant, number: int, seed: int, device: torch.device
) -> AuditBlock:
    """Measure a block on any worker."""
    check_run(run, _audit_run(seed, device))
    return measure_block(variant, seed, number, device)
