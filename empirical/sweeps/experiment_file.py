"""Experiments as TOML files: the presets that come with the package, and users' own."""

import reprlib
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from types import UnionType
from typing import Any

from empirical.measures.trained import Cell
from empirical.sweeps.experiment import (
    FIGURES,
    LARGEST_SIZE,
    MOST_NETWORKS,
    Experiment,
    ExperimentError,
    Images,
)
from empirical.training.methods import METHODS
from empirical.training.recipe import Recipe
from evidence.errors import UserError, reason_of, require_whole_number, written
from running.places import read_text

MOST_IMAGES = 10_000_000
MOST_CHANNELS = 65_536

PRESETS = ("smoke", "cpu", "paper")

MOST_CHARACTERS = 1_000_000
"""Of a file: more is no experiment that anyone wrote."""

LARGEST_EPSILON = 1e6
"""Of an attack or a method; pixels have the standard deviation 1."""

_NUMBER = int | float
_KEYS: Mapping[str, Mapping[str, type | UnionType]] = {
    "the file": {
        "figure": str,
        "images": dict,
        "measure": dict,
        "recipe": dict,
        "networks": list,
        "paired": bool,
    },
    "[images]": {"data": str, "train": int, "held_out": int, "validation": int},
    "[measure]": {"epsilon": _NUMBER, "pgd": bool},
    "[recipe]": {
        "epochs": int,
        "batch": int,
        "learning_rate": _NUMBER,
        "halve_every": int,
        "momentum": _NUMBER,
        "decay": str,
        "flips": bool,
    },
    "[[networks]]": {
        "network": list,
        "sizes": list,
        "widths": list,
        "methods": list,
        "epsilons": list,
        "repeats": int,
    },
}


def read_preset(figure: str, preset: str, *, data: str | None = None) -> Experiment:
    """Read an experiment that comes with the package.

    Parameters
    ----------
    figure, preset : of `FIGURES` and `PRESETS`.
    data : images to take instead of the preset's. Where they are of another data set, its own
        held-out images take the place of training images that the preset sets aside.
    """
    name = f"{figure}-{preset}"
    text = (files("empirical") / "presets" / f"{name}.toml").read_text(encoding="utf-8")
    experiment = _experiment(text, name, None)
    if data is None:
        return experiment
    images = replace(experiment.images, data=data)
    if data.partition(":")[0] != experiment.images.data.partition(":")[0] and images.validation:
        images = replace(images, held_out=images.validation, validation=None)
    return replace(experiment, images=images)


def read_experiment_file(path: Path, *, data: str | None = None) -> Experiment:
    """Read a user's experiment; its name is that of the file.

    Parameters
    ----------
    path : a TOML file, such as docs/experiments/*.toml.
    data : images to take instead of the file's.

    Raises
    ------
    ExperimentError : a file that cannot be read, or has the name of a preset, whose results would
        be replaced; and keys or values that are missing or unfit.
    """
    if path.stem in {f"{figure}-{preset}" for figure in FIGURES for preset in PRESETS}:
        raise ExperimentError(f"{path}: {path.stem} is a preset's name; give the file another")
    text = read_text(path, error=ExperimentError)
    try:
        return _experiment(text, path.stem, data)
    except UserError as error:
        raise ExperimentError(f"{path}: {error}") from error


def _experiment(text: str, name: str, data: str | None) -> Experiment:
    if len(text) > MOST_CHARACTERS:
        raise ExperimentError(f"not an experiment: it has more than {MOST_CHARACTERS:,} characters")
    try:
        file = tomllib.loads(text)
    except RecursionError as error:
        raise ExperimentError("not an experiment: its lists are nested too deeply") from error
    except ValueError as error:  # also of whole numbers with thousands of digits
        raise ExperimentError(f"not TOML: {reason_of(error)}") from error
    _check(file, "the file")
    images, measure = _table(file, "images"), _table(file, "measure")
    recipe = _table(file, "recipe")
    figure = file.get("figure")
    if figure not in (None, *FIGURES):
        raise ExperimentError(f"figure is {figure!r}; give {', '.join(FIGURES)}, or leave it away")
    if data is None and "data" not in images:
        raise ExperimentError('[images] lacks data; give data = "digits", or --data')
    for key in ("train", "held_out", "validation"):
        require_whole_number(f"{key} in [images]", images.get(key, 1), most=MOST_IMAGES)
    epsilon = measure.get("epsilon", 0.006)
    if not 0 < epsilon <= LARGEST_EPSILON:
        raise ExperimentError(
            f"epsilon in [measure] must be a number above 0, at most {LARGEST_EPSILON:g}, not "
            f"{written(epsilon)}"
        )
    try:
        trained_by = Recipe(**recipe)
    except ValueError as error:
        raise ExperimentError(f"[recipe]: {error}") from error
    cells: dict[Cell, int] = {}
    for table in file.get("networks", []):
        for cell, repeats in _cells(table):
            if cell in cells:
                raise ExperimentError(f"[[networks]]: {cell} is there twice")
            cells[cell] = repeats
    if not cells:
        raise ExperimentError("no networks; give one [[networks]] table or more")
    return Experiment(
        name=name,
        figure=figure,
        images=Images(**images | ({} if data is None else {"data": data})),
        epsilon=float(epsilon),
        pgd=measure.get("pgd", False),
        recipe=trained_by,
        cells=tuple(cells.items()),
        paired=file.get("paired", False),
    )


def _cells(table: Any) -> list[tuple[Cell, int]]:  # noqa: ANN401  (whatever a user wrote)
    """Return the kinds of one [[networks]] table: every network, size, method and strength."""
    if not isinstance(table, dict):
        raise ExperimentError("networks must be tables: [[networks]]")
    _check(table, "[[networks]]")
    for key in ("network", "sizes"):
        if key not in table:
            raise ExperimentError(f"[[networks]] lacks {key}")
    sizes = _list(table, "sizes", int)
    for key, most in (("sizes", LARGEST_SIZE), ("widths", MOST_CHANNELS)):
        for value in _list(table, key, int):
            require_whole_number(f"each of the {key} in [[networks]]", value, most=most)
    widths = tuple(_list(table, "widths", int)) or None
    methods = _list(table, "methods", str) if "methods" in table else ["plain"]
    for epsilon in _list(table, "epsilons", _NUMBER):
        if not 0 <= epsilon <= LARGEST_EPSILON:
            raise ExperimentError(
                f"each of the epsilons must be a number from 0 to {LARGEST_EPSILON:g}, not "
                f"{written(epsilon)}"
            )
    epsilons = [float(epsilon) for epsilon in _list(table, "epsilons", _NUMBER)]
    repeats = table.get("repeats", 1)
    require_whole_number("repeats", repeats, most=MOST_NETWORKS)
    cells = []
    for network in _list(table, "network", str):
        for size in sizes:
            for method in methods:
                if method not in METHODS:
                    known = ", ".join(METHODS)
                    raise ExperimentError(f"unknown method {method!r}; known are {known}")
                if method != "plain" and not epsilons:
                    raise ExperimentError(f"{method} needs epsilons, such as [0.01, 0.1]")
                for epsilon in [0.0] if method == "plain" else epsilons:
                    try:
                        METHODS[method](epsilon)
                    except ValueError as error:
                        raise ExperimentError(f"{method}: {error}") from error
                    cell = Cell(
                        network=network, size=size, widths=widths, method=method, epsilon=epsilon
                    )
                    cells.append((cell, repeats))
    return cells


def _table(file: Mapping[str, Any], name: str) -> dict[str, Any]:
    table: dict[str, Any] = file.get(name, {})
    _check(table, f"[{name}]")
    return table


def _check(table: Mapping[str, Any], where: str) -> None:
    """Make sure that a table holds known keys with values of the right types."""
    known = _KEYS[where]
    for key, value in table.items():
        if key not in known:
            raise ExperimentError(f"{where} has an unknown key {key!r}; known: {', '.join(known)}")
        wanted = known[key]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise ExperimentError(
                f"{key} in {where} is {reprlib.repr(value)}, which is {_described(wanted)}"
            )


def _list(table: Mapping[str, Any], key: str, kind: Any) -> list[Any]:  # noqa: ANN401
    values: list[Any] = table.get(key, [])
    if key in table and not values:
        raise ExperimentError(f"{key} in [[networks]] is an empty list; fill it, or leave it away")
    if not all(isinstance(value, kind) and not isinstance(value, bool) for value in values):
        raise ExperimentError(
            f"{key} is {reprlib.repr(values)}, which is no list of {_NAMES[kind]}"
        )
    return values


_NAMES: Mapping[Any, str] = {
    int: "whole numbers",
    str: "words",
    _NUMBER: "numbers",
}
_KINDS: Mapping[Any, str] = {
    str: "no word",
    int: "no whole number",
    _NUMBER: "no number",
    bool: "neither true nor false",
    list: "no list",
    dict: "no table",
}


def _described(wanted: type | UnionType) -> str:
    return _KINDS[wanted]
