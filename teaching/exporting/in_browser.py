"""What Python does in a browser: it answers a page's events, as the server does elsewhere."""

import json
from dataclasses import asdict

from teaching.exporting.places import relative
from teaching.serving.preparation import Preparation
from teaching.serving.sessions import Sessions
from teaching.state import Event

LIBRARY = {"numpy", "scipy", "networkx", "sympy", "torch", "matplotlib"}
"""Not to be had in a browser."""


class _Ready(Preparation):
    """Nothing is prepared: there are no threads."""

    @property
    def done(self) -> bool:
        """Always."""
        return True


_sessions = Sessions(_Ready(lambda: None))


def answer(slug: str, asked: str) -> str:
    """Answer an event.

    Parameters
    ----------
    slug : the lesson's name in the address.
    asked : JSON with session, query, name, text and moving, as `Sessions.send` takes them.

    Returns
    -------
    JSON: the reply, or `{"needs": package}` where the lesson needs what a browser does not have.
    """
    event = json.loads(asked)
    try:
        reply = _sessions.send(
            event["session"],
            slug,
            event["query"],
            Event(event["name"], event["text"], event["moving"]),
        )
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in LIBRARY:
            raise
        return json.dumps({"needs": error.name})
    fragments = {name: relative(part) for name, part in reply.fragments.items()}
    return json.dumps(asdict(reply) | {"fragments": fragments})
