"""From a network's name and a user's wishes to ensembles, one for each size."""

import math
import os
from collections.abc import Sequence

import torch

from evidence.errors import UserError, reason_of
from running.user_files import UserFileError, explain_error
from simulations.engine.any_module.module_error import ModuleError, failing_submodule
from simulations.engine.ensemble import Ensemble, gradient_batches, plan
from simulations.engine.simulation_run import ConfigurationError, SimulationRun
from simulations.networks.families import find_factory
from simulations.networks.input_laws import IMAGES, LAWS, image_folder
from simulations.networks.sources import source_of
from simulations.networks.user_factories import Factory, FactoryError, takes, user_function

DIMENSIONS = (64, 256, 1024, 4096)
EDGES = (8, 16, 32, 64)
"""Sizes of networks on vectors, and of all others, that are taken if none are given."""


def configure(run: SimulationRun) -> list[Ensemble]:
    """Make the ensembles of a network at growing sizes, and try each on two networks.

    Returns
    -------
    One ensemble a size, sizes ascending; paths in them are absolute, so that they mean the same to
    every worker.

    Raises
    ------
    ConfigurationError, UserFileError, DataError, ModuleError
        What is wrong, in one line.
    """
    try:
        factory = find_factory(run.network)
    except UserFileError:
        raise
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    network, target = run.name, run.network
    if function := user_function(target):
        target = str(function.located())
    if not isinstance(target, str) and (run.store or run.workers or run.scheduler):
        raise ConfigurationError(
            "stores and workers know a network by its file; give FILE.py:factory, not a function"
        )
    if run.widths is not None and not takes(factory, "widths"):
        raise ConfigurationError(f"{network!r} takes no widths; leave --widths away")
    options = () if run.widths is None else (("widths", tuple(run.widths)),)
    if run.sizes is not None and run.dims is not None:
        raise ConfigurationError("sizes and dims exclude each other; give one of them")
    if run.dims is not None:
        sizes = [_size(network, factory, dict(options), d) for d in run.dims]
    else:
        sizes = list(run.sizes or _default_sizes(network, factory, dict(options)))
    if len(set(sizes)) < 2:
        raise ConfigurationError(
            f"an exponent needs two distinct sizes or more, not {', '.join(map(str, sizes))}"
        )
    inputs = run.inputs
    if folder := image_folder(inputs):
        inputs = f"{IMAGES}{os.path.realpath(folder)}"
    elif inputs not in LAWS:
        raise ConfigurationError(f"unknown input {inputs!r}; give {', '.join(LAWS)} or images:PATH")
    ensembles = [
        Ensemble(
            network=target,
            size=size,
            options=options,
            inputs=inputs,
            relu=run.relu,
            weights=run.weights,
            output=tuple(run.output or ()),
            source=source_of(target, inputs),
        )
        for size in sorted(set(sizes))
    ]
    for ensemble in ensembles:
        _try(network, ensemble)
    plans = [plan(ensemble) for ensemble in ensembles]
    if run.relu == "masks" and not any(planned.relus for planned in plans):
        raise ConfigurationError(
            f"{network!r} calls no ReLU (nn.ReLU or a function relu) that masks could replace"
        )
    logits = [planned.logits for planned in plans]
    if len(set(logits)) > 1:
        raise ConfigurationError(
            f"{network!r} has {', '.join(map(str, logits))} logits: it must have as many at every "
            "size"
        )
    dimensions = [planned.d for planned in plans]
    if len(set(dimensions)) < len(dimensions):
        raise ConfigurationError(
            f"{network!r} has inputs of dimensions {', '.join(map(str, dimensions))}: an exponent "
            "needs another dimension at each size"
        )
    return ensembles


def _build(
    network: str, factory: Factory, size: int, options: dict[str, tuple[int, ...]]
) -> tuple[int, ...]:
    """Return the input shape at a size."""
    try:
        try:
            with torch.device("meta"):
                return factory(size, **options)[1]
        except FactoryError:  # perhaps one that computes with values, which meta tensors lack
            return factory(size, **options)[1]
    except FactoryError:
        raise
    except Exception as error:  # torch has its own for sizes that are too large
        raise ConfigurationError(f"{network!r} at size {size}: {reason_of(error)}") from error


def _default_sizes(
    network: str, factory: Factory, options: dict[str, tuple[int, ...]]
) -> Sequence[int]:
    """Return `DIMENSIONS` where the size is the dimension, else those of `EDGES` that it takes."""
    shapes = {}
    complaint = None
    for size in EDGES:
        try:
            shapes[size] = _build(network, factory, size, options)
        except ValueError as error:  # not a size of this network
            complaint = error
    if complaint and len(shapes) < 2:
        raise complaint
    return DIMENSIONS if all(shape == (size,) for size, shape in shapes.items()) else list(shapes)


def _size(network: str, factory: Factory, options: dict[str, tuple[int, ...]], d: int) -> int:
    """Find the size whose inputs have dimension d: d itself, or the edge of square images."""
    edges = sorted({math.isqrt(d), math.isqrt(d // 3), math.isqrt(d // 3) + 1})
    dimensions = {}
    for size in (*edges, d):
        try:
            dimensions[size] = math.prod(_build(network, factory, size, options))
        except ValueError:  # not a size of this network
            continue
        if dimensions[size] == d:
            return size
    near = sorted(dimensions, key=lambda size: abs(math.log(dimensions[size] / d)))[:2]
    such = " and ".join(f"{dimensions[size]} (size {size})" for size in sorted(near))
    raise ConfigurationError(
        f"{network!r} has no inputs of dimension {d}" + (f", but of {such}" if such else "")
    )


def _try(network: str, ensemble: Ensemble) -> None:
    """Sample two networks, so that what does not fit is found before the work begins."""
    try:
        for _ in gradient_batches(ensemble, 0, range(2), "cpu"):
            pass
    except ModuleError as error:
        raise ModuleError(f"{network!r} at size {ensemble.size}: {error}") from error
    except (UserError, KeyboardInterrupt):
        raise
    except BaseException as error:  # a user's module raises whatever it likes
        name = failing_submodule(error)
        where = f" (in submodule {name!r})" if name else ""
        raise ConfigurationError(
            f"{network!r} at size {ensemble.size} cannot be sampled: {explain_error(error)}{where}"
            "; module(torch.zeros(2, *shape)) has to give two rows of logits, with gradients"
        ) from error
