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
    known = networks_of(before) <= networks_of(now)
    sizes, looked = sizes_at_looks(before), {}
    for cell, networks in now.groups():
        earlier = sizes.get(cell, ())
        if known and earlier and earlier[-1] == len(networks):
            looked[cell] = earlier
        else:
            looked[cell] = [*(earlier if known else [0] * len(earlier)), len(networks)]
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
