"""Fingerprints of the files that an ensemble reads."""

from pathlib import Path

from running.image_files import find_images
from running.user_files import fingerprint, split_target
from simulations.networks.input_laws import IMAGES


class SourceError(ValueError):
    """Files that changed after an ensemble was made of them; the message is one line."""


def source_of(network: str, inputs: str) -> str:
    """Name what a user's file and images hold now; empty where neither is read.

    Raises
    ------
    UserFileError, DataError : what cannot be read.
    """
    parts = []
    if ":" in network:
        file, _ = split_target(network, "a factory of networks")
        parts.append(f"network {fingerprint(file)}")
    if inputs.startswith(IMAGES):
        images = find_images(Path(inputs.removeprefix(IMAGES)))
        parts.append(f"images {images.fingerprint()}")
    return ", ".join(parts)
