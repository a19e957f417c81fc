"""`sqrtd teach`: open the lessons in the browser."""

import argparse
from pathlib import Path

from evidence.errors import UserError
from sqrtd.commands.options import Commands, whole_number


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "teach",
        help="open the lessons on the proofs in the browser",
        description="Serves the lessons to the browsers of this machine, and opens one. Ctrl-C "
        "ends them. Exit code: 0, 2 for bad input.",
        allow_abbrev=False,
    )
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--lesson",
        metavar="NAME",
        help="open this one, such as random-walk; or an address that was copied from a page, in "
        "quotes (the course's home page)",
    )
    parser.add_argument(
        "--port",
        type=whole_number("port", least=1, most=65535),
        default=0,
        metavar="N",
        help="where to listen (7280, or a free one if that is taken)",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="H",
        help="another address of this machine, to let its network in, such as 0.0.0.0 (127.0.0.1)",
    )
    either.add_argument(
        "--new",
        metavar="NAME",
        help="make the skeleton of a new lesson in this clone, such as max-pooling, and end",
    )
    either.add_argument(
        "--export",
        metavar="DIR",
        type=Path,
        help="write the lessons as a static site and end: DIR/index.html opens without a server "
        "and without Python",
    )
    parser.add_argument(
        "--pyodide",
        metavar="FOLDER",
        type=Path,
        help="with --export, an unpacked npm package pyodide, the Python that exact lessons run on "
        "in the browser (fetched by npm, and kept)",
    )
    parser.add_argument(
        "--without-python",
        action="store_true",
        help="with --export, leave it out: recorded answers alone",
    )
    parser.add_argument(
        "--allow-embed",
        action="store_true",
        help="let other pages show the lessons in a frame, such as slides or a notebook",
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address alone")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve the lessons until Ctrl-C; or make a new one; or export them."""
    if options.export is not None:
        return _export(options)
    if options.pyodide is not None or options.without_python:
        raise UserError("--pyodide and --without-python go with --export DIR")
    if options.new is not None:
        from teaching.new_lesson import new_lesson

        print(f"A new lesson: {new_lesson(options.new)}; `sqrtd teach --lesson {options.new}`")
        return 0
    from sqrtd.commands.lesson_statements import lesson_statements
    from teaching.serving.local_server import serve_lessons

    serve_lessons(
        options.lesson,
        host=options.host,
        port=options.port,
        opens_browser=not options.no_browser,
        embeddable=options.allow_embed,
        statements=lesson_statements(),
    )
    return 0


def _export(options: argparse.Namespace) -> int:
    from rich.console import Console

    from sqrtd.commands.lesson_statements import lesson_statements
    from sqrtd.terminal.progress import bar, said_how_long
    from teaching.exporting.export import export
    from teaching.exporting.pyodide import pyodide_folder

    if options.pyodide is not None and options.without_python:
        raise UserError("--pyodide gives the Python that --without-python leaves out: take one")
    folder: Path = options.export
    pyodide = None if options.without_python else pyodide_folder(options.pyodide)
    console = Console(stderr=True)
    with bar("export", console) as progress:
        size = export(
            folder, pyodide, lesson_statements(), progress=said_how_long(progress, console, 1e9)
        )
    print(f"{folder / 'index.html'}: {size / 1e6:.1f} MB, opens in any browser")
    return 0
