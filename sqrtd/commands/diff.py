"""`sqrtd diff`: which verdicts changed between two runs of `sqrtd verify`."""

import argparse
from pathlib import Path

from sqrtd.commands.options import Commands


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "diff",
        help="say which verdicts changed between two runs",
        description="Compares the verdicts of two files that `sqrtd verify` wrote, such as "
        "results/verify/checks.json. Exit code: 0 if they are the same, 1 if one changed, 2 for "
        "bad input.",
        allow_abbrev=False,
    )
    parser.add_argument("old", type=Path, metavar="OLD.json", help="the earlier run")
    parser.add_argument("new", type=Path, metavar="NEW.json", help="the later run")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line for each claim whose verdict changed, came or went."""
    old, new = _verdicts(options.old), _verdicts(options.new)
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    for name in changed:
        print(f"{name}: {old.get(name, 'no such claim')} → {new.get(name, 'no such claim')}")
    if not changed:
        print(f"all {len(new)} verdicts are the same")
    return 1 if changed else 0


def _verdicts(file: Path) -> dict[str, str]:
    """Read the verdicts of a run, by claim, each with what came out of the corrected statement.

    Raises
    ------
    UserError : the file cannot be read, or holds something else.
    """
    from evidence.errors import UserError
    from running.places import read_json

    recorded = read_json(file)
    try:
        return {str(claim["id"]): _verdict(claim) for claim in recorded["claims"]}
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{str(file)!r} holds no verdicts; give a file such as results/verify/checks.json, "
            "which `sqrtd verify` wrote"
        ) from error


def _verdict(claim: dict[str, dict[str, str]]) -> str:
    corrected = claim.get("corrected")
    return (
        f"{claim['verdict']}; corrected: {corrected['outcome']}"
        if corrected
        else str(claim["verdict"])
    )
