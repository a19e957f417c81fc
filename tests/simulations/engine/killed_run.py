"""A run that is killed again and again, and then left to finish; see test_killed_runs.py.

    python killed_run.py STORE KILLS

Each time a child, forked from this process so that it need not import torch again, samples into
the store, and tells of its steps over a pipe. It is killed at a random one of them, a random
moment later. Prints a JSON list with an entry for each child.
"""

import json
import os
import select
import signal
import sys
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "helpers"))
from small_samples import ENSEMBLES, KILLED_NETWORKS, stored_keys

from running.store import Store
from simulations.engine import sampler
from simulations.engine.sampler import Sampler, blocks_run

SEED = 5
KEYS = [ensemble.key() for ensemble in ENSEMBLES]
RUN = blocks_run(SEED, torch.device("cpu"))


def sample(path, pipe):
    """Write a line to the pipe before and after each block is measured, and stored."""

    def measure(ensemble, seed, number, device, *, networks):
        os.write(pipe, f"begins {ENSEMBLES.index(ensemble)} {number}\n".encode())
        block = original_measure(ensemble, seed, number, device, networks=networks)
        os.write(pipe, b"ends\n")
        return block

    def put(store, run, blocks):
        os.write(pipe, b"stores\n")
        original_put(store, run, blocks)
        for block in blocks:
            ensemble = KEYS.index(block.key.partition(",")[0])
            os.write(pipe, f"stored {ensemble} {block.number}\n".encode())

    original_measure, original_put = sampler.measure_block, Store.put_blocks
    sampler.measure_block, Store.put_blocks = measure, put
    Sampler(seed=SEED, store=Store(path)).sample(ENSEMBLES, KILLED_NETWORKS)


def kept(path):
    """The blocks in the store, as (ensemble, number)."""
    store = Store(path)
    found = [
        (index, number)
        for index, ensemble in enumerate(ENSEMBLES)
        for key in stored_keys(ensemble, KILLED_NETWORKS)
        for number in store.blocks(RUN, key, range(10**6))
    ]
    store.close()
    return found


def run_once(path, steps, delay):
    """Let a child run for some steps and then some seconds, to its end if steps is None."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            sample(path, writing)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as lines:
        if steps is None:
            told = lines.readlines()
        else:
            told = [lines.readline() for _ in range(steps)]
            select.select([], [], [], delay)
            os.kill(child, signal.SIGKILL)
            told += lines.readlines()
    _, status = os.waitpid(child, 0)
    words = [line.split() for line in told]
    blocks = {
        what.decode(): [(int(w[1]), int(w[2])) for w in words if w[0] == what]
        for what in (b"begins", b"stored")
    }
    return {**blocks, "killed": os.WIFSIGNALED(status), "kept": kept(path)}


def main(path, kills):
    torch.set_num_threads(1)  # a process with more must not be forked
    for ensemble in ENSEMBLES:
        sampler.measure_block(ensemble, SEED, 0, "cpu")  # torch imports much at first use
    rng = np.random.default_rng(0)
    children = [
        run_once(path, int(rng.integers(0, 16)), rng.uniform(0, 0.02)) for _ in range(kills)
    ]
    print(json.dumps([*children, run_once(path, None, 0)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
