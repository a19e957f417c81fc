"""At which networks verdicts were looked at: the sizes of samples that error levels pay for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from empirical.measures.trained import Cell, Sweep


def sizes_at_looks(sweep: Sweep) -> Mapping[Cell, Sequence[int]]:
    """Return how many networks each cell had at each look; this is the first one if none is known.

    As `Sweep.looked`.
    """
    return sweep.looked or {cell: [len(networks)] for cell, networks in sweep.groups()}


def looked_again(before: Sweep, now: Sweep) -> Sweep:
    """Return the sweep `now`, from which verdicts are read after they were read from `before`.

    More networks of a cell are one more look at that cell; the same ones again are not. Where
    `before` has other networks, what they were is forgotten, but not that they were looked at.
    """
    sizes, counts = sizes_at_looks(before), {cell: len(found) for cell, found in now.groups()}
    if not networks_of(before) <= networks_of(now):
        forgotten = [0] * max(map(len, sizes.values()), default=0)
        return replace(now, looked={cell: [*forgotten, count] for cell, count in counts.items()})
    looked = {}
    for cell, count in counts.items():
        earlier = sizes.get(cell, ())
        looked[cell] = earlier if earlier and earlier[-1] == count else [*earlier, count]
    return replace(now, looked=looked)


def networks_of(sweep: Sweep) -> set[tuple[Cell, int, float]]:
    """Return what tells the networks of a sweep from others of the same kinds."""
    return {(network.cell, network.index, network.training_loss) for network in sweep.networks}


def at_looks(sweep: Sweep) -> list[Sweep]:
    """Return the networks at each look: of the cells that had one of that number."""
    sizes = sizes_at_looks(sweep)
    return [
        replace(
            sweep,
            networks=[
                one
                for one in sweep.networks
                if look < len(sizes[one.cell]) and one.index < sizes[one.cell][look]
            ],
        )
        for look in range(max(map(len, sizes.values()), default=0))
    ]
