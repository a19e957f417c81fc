"""What a student can set in the lesson on path-products, and the events that do it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from teaching.fields import AddressError, changed, choice, custom, flag, whole
from teaching.lessons.path_products.network import ARCHITECTURES, Network, Path, edges, network

STARTS: dict[str, tuple[Path, Path]] = {
    "one": (("x2", "g2", "o"), ("x3", "g3", "o")),
    "two": (("x1", "g1", "h1", "o"), ("x3", "g2", "h1", "o")),
    "average": (("x3", "g1", "o"), ("x3", "g2", "o")),
    "mirror": (("x2", "g1", "o"), ("x2", "g3", "o")),
}
"""The paths p and p' that a network comes with."""


def _read(text: str) -> Path:
    if not re.fullmatch(r"x[1-5](-[gh][1-3]){0,2}(-o)?", text, re.ASCII):
        raise AddressError("a path is written as its nodes, such as x1-g1-o")
    return tuple(text.split("-"))


def write(path: Path) -> str:
    """Write a path as it stands in the address."""
    return "-".join(path)


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    network : name of the architecture.
    p, q : the two paths, q for the paper's p'.
    active : which of them the picture moves.
    walk : where the parting is looked for: back from the common end, or forward from the input.
    own : whether every edge of the first layer has a weight of its own.
    rho : correlation of the weights a and b, in quarters.
    mean : of all weights, in quarters.
    tied : whether weights into o are those of a lower layer once more.
    """

    network: str = choice(*ARCHITECTURES)
    p: tuple[str, ...] = custom(STARTS["one"][0], _read, write)
    q: tuple[str, ...] = custom(STARTS["one"][1], _read, write)
    active: str = choice("q", "p")
    walk: str = choice("back", "forward")
    own: bool = flag()
    rho: int = whole(0, low=-4, high=4)
    mean: int = whole(0, low=-4, high=4)
    tied: bool = flag()

    @property
    def path(self) -> Path:
        """The active path."""
        return self.p if self.active == "p" else self.q


def at_hand(settings: Settings) -> Network:
    """Build the network with its law."""
    return network(
        settings.network,
        own=settings.own,
        tied=settings.tied,
        mean=Fraction(settings.mean, 4),
        correlation=Fraction(settings.rho, 4),
    )


def check(settings: Settings) -> None:
    """Refuse paths that the network does not have, and ties where there is nothing to tie."""
    if settings.tied and not ARCHITECTURES[settings.network].tied:
        raise AddressError("o averages: it has no weights that could be tied to others")
    there = at_hand(settings).factors
    for path in (settings.p, settings.q):
        if len(path) < 2 or not set(edges(path)) <= set(there):
            raise AddressError(f"this network has no path {write(path)}")


def change_network(settings: Settings, text: str) -> Settings:
    """Take another network, with paths of its own."""
    settings = changed(settings, "network", text)
    p, q = STARTS[settings.network]
    return replace(settings, p=p, q=q, tied=False)


def correlate(settings: Settings, text: str) -> Settings:
    """Correlate a and b; of the paths that the network comes with, none meets both."""
    settings = changed(settings, "rho", text)
    if not settings.rho or (settings.p, settings.q) != STARTS[settings.network]:
        return settings
    above = settings.p[2:]
    return replace(settings, p=("x1", "g1", *above), q=("x2", "g1", *above))


def lead_through(settings: Settings, text: str) -> Settings:
    """Lead the active path through a node "g1" or an edge "x1-g1", changing as little as possible.

    A path that ends below is drawn out that far.
    """
    net = at_hand(settings)
    wanted = text.split("-")
    columns = {node: n for n, column in enumerate(net.columns) for node in column}
    if not set(wanted) <= set(columns):
        raise AddressError("there is no such node")
    end = max(columns[node] for node in (settings.path[-1], *wanted))
    return _with_nearest(
        settings, (path for path in net.paths(net.columns[end]) if set(wanted) <= set(path))
    )


def end_at(settings: Settings, text: str) -> Settings:
    """Let the active path end in a column: "g", "h" or "o"."""
    columns = ARCHITECTURES[settings.network].columns
    if text not in tuple(columns[1:]):
        raise AddressError(f"paths end at a neuron {', '.join(columns[1:-1])} or at o")
    net = at_hand(settings)
    return _with_nearest(settings, net.paths(net.columns[columns.index(text)]))


def take(settings: Settings, text: str) -> Settings:
    """Take two paths at once, written "x1-g1-o x2-g1-o"."""
    p, _, q = text.partition(" ")
    return replace(settings, p=_read(p), q=_read(q))


def _with_nearest(settings: Settings, paths: Iterable[Path]) -> Settings:
    def in_common(path: Path) -> int:
        return len(set(path) & set(settings.path))

    nearest = max(paths, key=in_common, default=None)
    if nearest is None:
        raise AddressError("no path goes there")
    return replace(settings, p=nearest) if settings.active == "p" else replace(settings, q=nearest)


EVENTS = {
    "network": change_network,
    "rho": correlate,
    "through": lead_through,
    "end": end_at,
    "take": take,
}
