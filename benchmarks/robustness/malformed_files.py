"""Files and places that no reader can want, made of a good file in all ways of being bad."""

import os
from pathlib import Path

LONG = "a" * 300
"""Longer than a file's name may be."""


def malformed(good: bytes, folder: Path, suffix: str) -> dict[str, str]:
    """Make bad files of a good one, and return their places by what is wrong.

    Parameters
    ----------
    good : the file's content.
    folder : where they go; it is made.
    suffix : of their names, such as ".toml".
    """
    folder.mkdir(parents=True)
    contents = {
        "empty": b"",
        "half": good[: len(good) // 2],
        "first bytes": good[:10],
        "noise": bytes(range(256)) * 8,
        "a byte changed": good[: len(good) // 3] + b"\xff" + good[len(good) // 3 + 1 :],
        "zeros": bytes(4096),
        "UTF-16": "good".encode("utf-16"),
        "deep": b"[" * 100_000,
        "one long line": b"a" * 2_000_000,
        "another format": b"%PDF-1.4\n1 0 obj\n",
    }
    places = {}
    for what, content in contents.items():
        path = folder / f"{what.replace(' ', '-')}{suffix}"
        path.write_bytes(content)
        places[what] = str(path)
    return places | hostile_places(folder, suffix)


def hostile_places(folder: Path, suffix: str) -> dict[str, str]:
    """Make places that can be no file, and return them by what is wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {
        name: folder / f"{name}{suffix}"
        for name in ("folder", "pipe", "forbidden", "dangling", "loop", "zero", "null")
    }
    paths["folder"].mkdir()
    os.mkfifo(paths["pipe"])
    paths["forbidden"].write_text("secret")
    paths["forbidden"].chmod(0)
    paths["dangling"].symlink_to(folder / "nowhere" / "file")
    paths["loop"].symlink_to(paths["loop"])
    paths["zero"].symlink_to("/dev/zero")
    paths["null"].symlink_to("/dev/null")
    return {name: str(path) for name, path in paths.items()} | {
        "missing": str(folder / f"missing{suffix}"),
        "below a file": f"/etc/passwd/below{suffix}",
        "name too long": str(folder / f"{LONG}{suffix}"),
        "path too long": str(folder / "/".join(["a" * 200] * 30)) + suffix,
        "not UTF-8": f"{folder}/\udcff{suffix}",
        "line break": f"{folder}/a\nb{suffix}",
    }
