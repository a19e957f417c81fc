"""Write the lessons into a folder that any browser opens, from a disk or from any static host.

Under file:// a page may fetch nothing. So whatever it needs beside its HTML is a script that hands
over its content: the recorded answers, and Python with our code, packed and in base64.
"""

import gzip
import io
import json
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from evidence.errors import UserError, reason_of
from teaching.contents import CONTENTS, Entry, load
from teaching.exporting.places import relative
from teaching.exporting.pyodide import FILES
from teaching.exporting.recording import record
from teaching.serving.home import course_pages
from teaching.serving.page import document, fragments
from teaching.state import Progress, start
from teaching.statements import Statements

EXACT = frozenset(
    {
        "vulnerability", "random-walk", "path-degrees", "path-products", "square-root", "averages",
        "maxima", "penalty", "dual-norms",
    }
)  # fmt: skip
"""Lessons whose figures need no more than Python's standard library."""

PACKAGES = (
    "evidence", "theory", "simulations/__init__.py", "simulations/small_samples", "teaching",
    "htpy", "markupsafe",
)  # fmt: skip
"""What these lessons import, as folders and files beside each other."""

RECORDED = (
    "The figures on this page were computed beforehand, by the library that checks the paper."
)
ALIVE = " Once its Python has been loaded into this browser, they are computed as you look."


def export(
    folder: Path,
    pyodide: Path | None,
    statements: Statements,
    *,
    progress: Callable[[float, str], None],
) -> int:
    """Write the site.

    Parameters
    ----------
    folder : new, empty, or of an earlier export, whose files are replaced.
    pyodide : a folder with Pyodide's core; None to leave Python out.
    statements : of the ledger, for the map of the proof.
    progress : told which share is done, and what is being done.

    Returns
    -------
    Bytes of all files.

    Raises
    ------
    UserError : a folder with other things in it, or one that cannot be written.
    """
    try:
        _prepare(folder)
        for name, page in course_pages(statements).items():
            _write(folder / f"{name or 'index'}.html", relative(page(Progress())))
        for done, entry in enumerate(CONTENTS):
            progress(done / len(CONTENTS), entry.title)
            _write_lesson(folder, entry, with_python=pyodide is not None)
        if pyodide is not None:
            _write_python(folder, pyodide)
    except OSError as error:
        raise UserError(f"cannot write {folder}: {reason_of(error)}") from error
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _prepare(folder: Path) -> None:
    mark = folder / "static" / "alone.js"
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is no folder")
    if folder.is_dir() and any(folder.iterdir()) and not mark.exists():
        raise UserError(f"{folder} has other things in it: give a new or an empty folder")
    (folder / "recorded").mkdir(parents=True, exist_ok=True)
    for package in ("teaching.serving", "teaching.exporting"):
        for file in files(package).joinpath("static").iterdir():
            if file.name != "worker.js":
                _write(folder / "static" / file.name, file.read_text("utf-8"))
    shutil.rmtree(folder / "python", ignore_errors=True)


def _write_lesson(folder: Path, entry: Entry, *, with_python: bool) -> None:
    state = start(load(entry.slug))
    in_browser = with_python and entry.slug in EXACT
    footing = RECORDED + (ALIVE if in_browser else "")
    page = relative(document(entry.slug, state, fragments(state), "", footing=footing))
    scripts = '<script src="static/alone.js" defer></script><script src="static/lessons.js"'
    page = page.replace('<script src="static/lessons.js"', scripts)
    if in_browser:
        page = page.replace("<body ", '<body data-python="1" ')
    _write(folder / f"{entry.slug}.html", page)
    table = record(state.lesson).as_json()
    table["parts"] = [relative(part) for part in table["parts"]]
    _hand_over(folder, f"recorded/{entry.slug}.js", _packed(json.dumps(table).encode()))


def _write_python(folder: Path, pyodide: Path) -> None:
    worker = files("teaching.exporting").joinpath("static", "worker.js").read_text("utf-8")
    _hand_over(folder, "python/worker.js", worker)
    for name in FILES:
        _hand_over(folder, f"python/{name}.js", _packed((pyodide / name).read_bytes()))
    _hand_over(folder, "python/lessons.zip.js", _packed(_code()))


def _code() -> bytes:
    """Zip the modules of `PACKAGES` and the words of the lessons."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for package in PACKAGES:
            for file, name in _sources(package):
                archive.write(file, name)
    return buffer.getvalue()


def _sources(package: str) -> Iterator[tuple[Path, str]]:
    top, _, below = package.partition("/")
    spec = find_spec(top)
    assert spec is not None  # noqa: S101  (each is a dependency, or ours)
    assert spec.origin is not None  # noqa: S101
    place = Path(spec.origin).parent
    found = place / below
    for file in sorted(found.rglob("*")) if found.is_dir() else [found]:
        if file.suffix in (".py", ".toml"):
            yield file, f"{top}/{file.relative_to(place).as_posix()}"


def _packed(content: bytes) -> str:
    return b64encode(gzip.compress(content, 9, mtime=0)).decode()


def _hand_over(folder: Path, name: str, content: str) -> None:
    """Write a script that hands a text over."""
    _write(folder / name, f"hand({json.dumps(name)}, {json.dumps(content)});\n")


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
