"""How many edges are held in memory at most."""

from dataclasses import dataclass

from theory.graph.layers import DagError


@dataclass(frozen=True)
class MemoryLimit:
    """A limit on what a module's connections take.

    Attributes
    ----------
    counted : what they are, in a message.
    bytes_each : that each takes where most memory is in use, as measured on convolutions, dense
        layers and poolings.
    mebibytes : that all of them may take.
    """

    counted: str
    bytes_each: int
    mebibytes: int

    def check(self, name: str, number: int) -> None:
        """Raise DagError if the layers up to submodule `name`, or all if empty, have too many."""
        needed = number * self.bytes_each / 2**20
        if needed > self.mebibytes:
            place = f"submodule {name!r} brings" if name else "the module brings"
            raise DagError(
                f"{place} the DAG to {number:,} {self.counted}, which take {needed:,.0f} MiB, more "
                f"than {self.mebibytes:,} MiB: give a smaller input shape"
            )


DAG_LIMIT = MemoryLimit("edges", 96, 8192)
COMPACT_LIMIT = MemoryLimit("connections (what several filters see counted once)", 40, 4096)
