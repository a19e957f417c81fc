"""Python for a browser: Pyodide's core, from the npm registry or from a folder, kept in a cache.

It is the interpreter and its standard library, compiled to WebAssembly (MPL-2.0), some 6.5 MB
packed. None of the packages that Pyodide has elsewhere are in it.
"""

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from evidence.errors import UserError

VERSION = "314.0.8"
SHA256 = "9a52704e0ae5b07aaacb8e4fed9f1658e8024694a078695ea45ac79dee4cefcb"
"""Of the packed core of this version."""

FILES = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
OTHERWISE = (
    "unpack it by hand and give its folder with --pyodide FOLDER, or export the recorded part "
    "alone with --without-python"
)


def pyodide_folder(given: Path | None) -> Path:
    """Return a folder with `FILES`.

    Parameters
    ----------
    given : an unpacked npm package `pyodide`; it is taken from the cache or from npm if None.

    Raises
    ------
    UserError : files are missing, npm is, or the package cannot be had.
    """
    if given is not None:
        missing = [name for name in FILES if not (given / name).is_file()]
        if missing:
            raise UserError(f"{given} is no unpacked package pyodide: {missing[0]} is missing")
        return given
    import pooch  # imports an HTTP client

    cached = Path(pooch.os_cache("sqrtd")) / f"pyodide-{VERSION}"
    if not all((cached / name).is_file() for name in FILES):
        _fetch(cached)
    return cached


def _fetch(cached: Path) -> None:
    package = f"pyodide@{VERSION}"
    npm = shutil.which("npm")
    if npm is None:
        raise UserError(f"npm is not there, which fetches {package}: install it, {OTHERWISE}")
    cached.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=cached) as folder:
        packed = subprocess.run(  # noqa: S603  (nothing in it is a user's)
            [npm, "pack", package, "--silent", "--pack-destination", folder],
            capture_output=True,
            text=True,
        )
        archives = list(Path(folder).glob("*.tgz"))
        if packed.returncode or not archives:
            reason = (packed.stderr.strip() or "no reason given").splitlines()[-1]
            raise UserError(f"npm cannot fetch {package} ({reason}); {OTHERWISE}")
        if hashlib.sha256(archives[0].read_bytes()).hexdigest() != SHA256:
            raise UserError(f"npm's {package} is not the one we know; {OTHERWISE}")
        with tarfile.open(archives[0]) as archive:
            archive.extractall(folder, filter="data")
        for name in FILES:
            (Path(folder) / "package" / name).replace(cached / name)
