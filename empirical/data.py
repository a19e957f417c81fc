"""Data sets by the name that a user gives them: `digits`, `cifar10:PATH`."""

from pathlib import Path

from empirical.cifar10 import read_cifar10
from empirical.digits import read_digits
from empirical.images import ImageData
from simulations.image_files import DataError

__all__ = ["DataError", "ImageData", "load_data"]


def load_data(specification: str, *, seed: int) -> ImageData:
    """Load the data set of a specification NAME[:PATH].

    Parameters
    ----------
    specification : `digits`, the handwritten digits that come with scikit-learn, or
        `cifar10:PATH`, CIFAR-10 in one of its official layouts at or under that folder.
    seed : decides which digits are held out. CIFAR-10 has an official split.

    Raises
    ------
    DataError : an unknown name, a path missing or not wanted, or data that cannot be read.
    """
    name, _, path = specification.partition(":")
    if name == "digits":
        if path:
            raise DataError(f"digits come with scikit-learn and take no path, not {path!r}")
        return read_digits(seed)
    if name == "cifar10":
        if not path:
            raise DataError("cifar10 needs the folder that holds it: cifar10:PATH")
        return read_cifar10(Path(path))
    raise DataError(f"unknown data set {name!r}: known are digits and cifar10:PATH")
