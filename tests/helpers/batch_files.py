"""Synthetic CIFAR-10 batches in both official layouts."""

import struct
from pathlib import Path

import numpy as np

BINARY = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]
PYTHON = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]


def random_batch(seed, records):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, records)
    return rng.integers(0, 256, (records, 3072), dtype=np.uint8), [int(label) for label in labels]


def binary(pixels, labels):
    return b"".join(
        bytes([label]) + row.tobytes() for row, label in zip(pixels, labels, strict=True)
    )


def _string(text):
    return b"T" + struct.pack("<i", len(text)) + text  # BINSTRING: a str of Python 2


def _integer(value):
    return b"J" + struct.pack("<i", value)


def array(pixels, *, dtype=b"u1", fortran=b"\x89", rows=None):
    """The opcodes with which Python 2 pickles an array (protocol 2)."""
    shape = _integer(len(pixels) if rows is None else rows) + _integer(pixels.shape[1]) + b"\x86"
    return (
        b"cnumpy.core.multiarray\n_reconstruct\n"
        + b"cnumpy\nndarray\n"
        + b"K\x00\x85U\x01b\x87R"  # (ndarray, (0,), 'b'), called
        + b"(K\x01"
        + shape
        + b"cnumpy\ndtype\n"
        + (b"U" + bytes([len(dtype)]) + dtype + b"K\x00K\x01\x87R")
        + b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        + fortran
        + _string(pixels.tobytes())
        + b"tb"
    )


def numbers(labels):
    return b"](" + b"".join(_integer(label) for label in labels) + b"e"


def dictionary(**entries):
    items = b"".join(_string(key.encode()) + value for key, value in entries.items())
    return b"\x80\x02}(" + items + b"u."


def python(pixels, labels):
    return dictionary(
        batch_label=_string(b"training batch 1 of 5"),
        labels=numbers(labels),
        data=array(pixels),
        filenames=b"](" + b"".join(_string(b"a.png") for _ in labels) + b"e",
    )


def write(folder: Path, layout, *, records, test_records):
    """Six batches with contents of their own; returns them in the order of the files."""
    names, encode = (BINARY, binary) if layout == "bin" else (PYTHON, python)
    folder.mkdir(parents=True)
    batches = [random_batch(i, records if i < 5 else test_records) for i in range(6)]
    for name, batch in zip(names, batches, strict=True):
        (folder / name).write_bytes(encode(*batch))
    return batches
