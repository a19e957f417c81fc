"""Lessons played where only the standard library, htpy and markupsafe can be imported.

Started as a program: reads `{"slug": ..., "events": [[name, text, moving], ...]}` a line, and
writes the fragments after each event, or the package that was needed.
"""

import importlib.abc
import json
import sys

ALLOWED = {"htpy", "markupsafe", "evidence", "theory", "simulations", "teaching"}
ALLOWED.add("typing_extensions")  # htpy wants it before Python 3.13


class Blocked(importlib.abc.MetaPathFinder):
    """Refuses what a browser's Python does not have."""

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in ALLOWED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def main():
    sys.meta_path.insert(0, Blocked())
    from teaching.contents import load
    from teaching.serving.page import fragments
    from teaching.state import Event, apply, start

    for line in sys.stdin:
        asked = json.loads(line)
        pages = []
        try:
            state = start(load(asked["slug"]))
            pages.append(fragments(state))
        except ModuleNotFoundError as error:
            pages.append(error.name.partition(".")[0])
        for event in asked["events"]:
            try:
                state = apply(state, Event(*event))
                pages.append(fragments(state))
            except ModuleNotFoundError as error:
                pages.append(error.name.partition(".")[0])
        print(json.dumps(pages), flush=True)


if __name__ == "__main__":
    main()
