"""Data sets from the network, each checked against its known checksum."""

import tarfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from running.image_decoding import DataError


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A compressed tar archive on the network.

    Attributes
    ----------
    url : where it lies.
    sha256 : its checksum, in hexadecimal digits.
    folder : the folder in it that holds the data.
    """

    url: str
    sha256: str
    folder: str


CIFAR10 = Archive(
    url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    sha256="c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    folder="cifar-10-batches-bin",
)
"""CIFAR-10's binary layout (170 MB): its reader has no pickles to mistrust."""


def download(archive: Archive) -> Path:
    """Download and unpack an archive into the user's cache, unless it is there, and return where.

    The archive is unpacked beside its place and moved there whole, so what an interrupted run
    leaves is never taken for the data. Then the archive is deleted.

    Parameters
    ----------
    archive : what to download.

    Raises
    ------
    DataError : no connection, another checksum, not such an archive, or a cache that cannot be
        written.
    """
    import pooch  # imports an HTTP client, which only those who download wait for
    from requests import RequestException

    cache = Path(pooch.os_cache("sqrtd"))
    folder = cache / f"{archive.folder}-{archive.sha256[:8]}"
    if folder.is_dir():
        return folder
    by_hand = f"download {archive.url} by hand, unpack it and give its folder: cifar10:PATH"
    try:
        file = pooch.retrieve(archive.url, f"sha256:{archive.sha256}", path=cache)
    except RequestException as error:
        answer = error.response
        reason = type(error).__name__ if answer is None else f"status {answer.status_code}"
        raise DataError(f"cannot download {archive.url} ({reason}); {by_hand}") from error
    except OSError as error:
        raise _unwritable(cache, error) from error
    except ValueError as error:
        raise DataError(
            f"{archive.url} does not have the checksum {archive.sha256} of the official file and "
            f"was not kept; {by_hand}"
        ) from error
    try:
        _unpack(archive, Path(file), folder)
    except OSError as error:
        if not folder.is_dir():  # else another process was faster
            raise _unwritable(cache, error) from error
    return folder


def _unwritable(cache: Path, error: OSError) -> DataError:
    return DataError(f"cannot write the cache {cache}: {error.strerror or 'Permission denied'}")


def _unpack(archive: Archive, file: Path, folder: Path) -> None:
    try:
        with TemporaryDirectory(dir=folder.parent) as part, tarfile.open(file, "r:gz") as packed:
            packed.extractall(part, filter="data")
            inside = Path(part) / archive.folder
            if not inside.is_dir():
                raise DataError(f"{archive.url} holds no folder {archive.folder}")
            inside.replace(folder)
        file.unlink(missing_ok=True)
    except tarfile.TarError as error:
        raise DataError(f"{archive.url} is not the tar archive that it should be") from error
