"""Work in blocks: workers, the store, random streams, users' files, whole files.

    from running import Store, open_pool

    with open_pool(workers=4) as pool:
        ...

`open_pool` starts processes or reaches a Dask cluster, `Store` keeps finished work in SQLite,
`stream` and `Draws` name random numbers by seed and purpose, `replacing` writes a file that is
whole or not there.
"""

from typing import TYPE_CHECKING

from evidence.faces import lazy_face

if TYPE_CHECKING:
    from running.draws import Draws
    from running.files import replacing
    from running.pools import Pool, PoolError, open_pool, thread_pool
    from running.store import Store, StoreError
    from running.streams import stream

__all__ = [
    "Draws",
    "Pool",
    "PoolError",
    "Store",
    "StoreError",
    "open_pool",
    "replacing",
    "stream",
    "thread_pool",
]

__getattr__, __dir__ = lazy_face(
    __name__,
    {
        "running.draws": "Draws",
        "running.files": "replacing",
        "running.pools": "Pool PoolError open_pool thread_pool",
        "running.store": "Store StoreError",
        "running.streams": "stream",
    },
)
