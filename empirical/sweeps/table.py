"""`networks.csv`: a row a network, for readers and spreadsheets."""

import csv
import io
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

from empirical.measures.trained import Cell, Sweep


class Column(StrEnum):
    """The heads of the columns. Measures are means over the images, shares fractions of 1."""

    NETWORK = "network"
    SIZE = "pixels a side"
    D = "d"
    WIDTHS = "widths"
    METHOD = "method"
    EPSILON = "epsilon"
    INDEX = "index"
    ACCURACY = "accuracy"
    NORM = "mean l1-norm of the loss gradient (nats per standard deviation of a pixel)"
    NORM_L2 = "mean l2-norm of the loss gradient (nats per standard deviation of a pixel)"
    VULNERABILITY = "vulnerability to FGSM"
    ACCURACY_DROP = "accuracy drop under FGSM"
    PGD_VULNERABILITY = "vulnerability to PGD"
    PGD_ACCURACY_DROP = "accuracy drop under PGD"
    LOSS = "mean loss (nats)"
    INCREASE = "mean increase of the loss (nats)"
    TRAINING_LOSS = "training loss (nats)"
    SECONDS = "seconds"
    L2_VULNERABILITY = "vulnerability to one l2-step of FGSM's length"


Row: TypeAlias = Mapping[str, str]
"""A network's entries, by `Column`; empty where something was not measured."""


def write_table(sweep: Sweep) -> str:
    """Return the table of a sweep as CSV."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(Column))
    writer.writeheader()
    for network in sweep.networks:
        cell, means = network.cell, network.measures.summary()
        numbers = {
            Column.ACCURACY: means.accuracy,
            Column.NORM: means.gradient_norm,
            Column.NORM_L2: means.gradient_norm_l2,
            Column.VULNERABILITY: means.vulnerability,
            Column.ACCURACY_DROP: means.accuracy_drop,
            Column.PGD_VULNERABILITY: means.pgd_vulnerability,
            Column.PGD_ACCURACY_DROP: means.pgd_accuracy_drop,
            Column.LOSS: means.loss,
            Column.INCREASE: means.increase,
            Column.TRAINING_LOSS: network.training_loss,
            Column.SECONDS: network.seconds,
            Column.L2_VULNERABILITY: means.l2_vulnerability,
        }
        writer.writerow(
            {
                Column.NETWORK: cell.network,
                Column.SIZE: cell.size,
                Column.D: network.d,
                Column.WIDTHS: " ".join(map(str, cell.widths or ())),
                Column.METHOD: cell.method,
                Column.EPSILON: cell.epsilon,
                Column.INDEX: network.index,
            }
            | {
                column: "" if number is None else f"{number:.6g}"
                for column, number in numbers.items()
            }
        )
    return file.getvalue()


def read_table(text: str) -> dict[Cell, list[Row]]:
    """Return the rows of a table by their cells.

    Raises
    ------
    KeyError, ValueError : another table.
    """
    table: dict[Cell, list[Row]] = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        cell = Cell(
            network=row[Column.NETWORK],
            size=int(row[Column.SIZE]),
            widths=tuple(map(int, row[Column.WIDTHS].split())) or None,
            method=row[Column.METHOD],
            epsilon=float(row[Column.EPSILON]),
        )
        table.setdefault(cell, []).append(row)
    return table
