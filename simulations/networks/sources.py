"""Fingerprints of the files that an ensemble reads."""

from evidence.errors import UserError
from running.image_files import find_images
from simulations.networks.input_laws import image_folder
from simulations.networks.user_factories import Factory, user_function


class SourceError(UserError):
    """Files that changed after an ensemble was made of them."""


def source_of(network: str | Factory, inputs: str) -> str:
    """Name what a user's file and images hold now; empty where neither is read.

    Raises
    ------
    UserFileError, DataError : what cannot be read.
    """
    parts = []
    if function := user_function(network):
        parts.append(f"network {function.fingerprint()}")
    if folder := image_folder(inputs):
        parts.append(f"images {find_images(folder).fingerprint()}")
    return ", ".join(parts)
