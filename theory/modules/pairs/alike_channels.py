"""Neurons that stand alike in the layers above them, as the channels of a convolution mostly do.

The sums over pairs of paths are the same for all channels that everything above uses in the same
way. Then one channel stands for them.

The neurons of a layer that share their connections are its *copies*. An average, an addition or a
depthwise convolution, whose neurons each see one copy of the layers below, has the same copies.
Layers tied so make a *stream*. Copies of a stream are alike if every layer with weights that takes
them mixed sees them through the same columns of connections. Whatever does not fit this scheme, an
average over channels for example, makes every neuron stand for itself: that costs time, and is
never wrong.
"""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from theory.graph.layers import NOTHING, Kind
from theory.modules.compact_layers import CompactLayer, blocks
from theory.modules.gates import GATE_BITS, GATE_MASK
from theory.modules.layer_moments import edge_weights
from theory.modules.pairs.sorted_edges import Numbers, neuron_numbers


def alike_neurons(layers: Sequence[CompactLayer], inputs: int, o: int) -> Numbers:
    """Choose for every neuron one that stands for it; arguments as in `layers_apart`.

    Returns
    -------
    Shape (neurons,): of neurons that are alike, the number of the first.
    """
    copies = _Copies(layers[-1].neurons.stop if layers else inputs)
    for layer in layers:
        copies.add(layer)
    return copies.alike(o)


class _Stream:
    """Layers with the same copies.

    Attributes
    ----------
    tables : for each layer, the sorted labels of its copies, and their neurons, shape
        (copies, places).
    uses : by label, all columns of connections through which layers outside see this copy.
    broken : whether some layer does not fit the scheme.
    """

    def __init__(self) -> None:
        self.tables: list[tuple[Numbers, Numbers]] = []
        self.uses: defaultdict[int, list[tuple[int, int, bytes]]] = defaultdict(list)
        self.broken = False

    def choose(self, alike: Numbers) -> None:
        """Write down for every neuron of a copy its like in the first copy with the same uses."""
        first: dict[object, int] = {}
        standing: dict[int, int] = {}
        present = [set(labels.tolist()) for labels, _ in self.tables]
        for label in sorted(set().union(*present)):
            layers = tuple(label in labels for labels in present)
            standing[label] = first.setdefault((layers, *sorted(self.uses[label])), label)
        for labels, neurons in self.tables:
            chosen = np.array([standing[label] for label in labels.tolist()])
            alike[neurons] = neurons[np.searchsorted(labels, chosen)]


class _Copies:
    """The streams of a module, found from the inputs upwards.

    For every neuron: its stream, the label of its copy, and its like in the layer's first copy.
    The last entry is read for NOTHING.
    """

    def __init__(self, neurons: int) -> None:
        self._stream = np.full(neurons + 1, NOTHING)
        self._label = np.full(neurons + 1, NOTHING)
        self._place = np.arange(neurons + 1)
        self._streams: list[_Stream] = []

    def add(self, layer: CompactLayer) -> None:
        """Let a layer join the stream that it sees, or note what it sees of streams."""
        codes = layer.codes.reshape(-1, layer.codes.shape[-1]).numpy()
        below = np.unique(self._stream[layer.tails])
        below = below[below != NOTHING]
        numbers = neuron_numbers(layer)
        if len(numbers) == 1 and len(below):
            table = self._table(layer, codes)
            if table is not None:
                self._join(below, table)
                return
        if layer.kind is Kind.WEIGHTED:
            filters = layer.filters.reshape(-1).numpy()
            for one_filter in np.unique(filters).tolist() if len(below) else ():
                self._note_uses(layer.first, one_filter, codes[filters == one_filter])
        else:
            for stream in below:
                self._streams[stream].broken = True
        if len(numbers) > 1:
            self._streams.append(_Stream())
            self._enter(len(self._streams) - 1, (np.arange(len(numbers)), numbers))

    def alike(self, o: int) -> Numbers:
        """See `alike_neurons`."""
        if self._stream[o] != NOTHING:
            uses = self._streams[self._stream[o]].uses
            uses[int(self._label[o])].append((o, 0, b""))
        alike = np.arange(len(self._stream) - 1)
        for stream in self._streams:
            if stream.tables and not stream.broken:
                stream.choose(alike)
        return alike

    def _table(self, layer: CompactLayer, codes: Numbers) -> tuple[Numbers, Numbers] | None:
        """Table of a layer whose neurons each see one copy, and every copy in the same way."""
        if len(np.unique(self._label[codes[0][codes[0] != NOTHING] >> GATE_BITS])) > 1:
            return None  # as most often, seen at once
        there = codes != NOTHING
        seen = self._label[codes >> GATE_BITS]
        own = seen.max(axis=1)
        if (
            there & ((self._stream[codes >> GATE_BITS] == NOTHING) | (seen != own[:, np.newaxis]))
        ).any():
            return None
        labels, sizes = np.unique(own, return_counts=True)
        if len(set(sizes.tolist())) > 1:
            return None
        rows = np.argsort(own, kind="stable").reshape(len(labels), -1)
        inside = np.where(there, _use(self._place[codes >> GATE_BITS], codes), NOTHING)
        weights = edge_weights(layer).broadcast_to(layer.codes.shape).reshape(codes.shape).numpy()
        same = (inside[rows] == inside[rows[0]]).all() and (weights[rows] == weights[rows[0]]).all()
        if layer.kind is Kind.WEIGHTED:
            filters = layer.filters.reshape(-1).numpy()
            firsts = np.array([_first_equal(filters[copy]) for copy in rows])
            alone = len(np.unique(filters)) == sum(len(np.unique(copy)) for copy in firsts)
            same = same and alone and (firsts == firsts[0]).all()
        return (labels, layer.first + rows) if same else None

    def _join(self, streams: Numbers, table: tuple[Numbers, Numbers]) -> None:
        """Make one stream of these, and enter a layer that sees them."""
        kept, *others = streams.tolist()
        into = self._streams[kept]
        for other in others:
            stream, self._streams[other] = self._streams[other], _Stream()
            into.tables += stream.tables
            into.broken |= stream.broken
            for label, uses in stream.uses.items():
                into.uses[label] += uses
            self._stream[self._stream == other] = kept
        self._enter(kept, table)

    def _enter(self, stream: int, table: tuple[Numbers, Numbers]) -> None:
        labels, neurons = table
        self._streams[stream].tables.append(table)
        self._stream[neurons] = stream
        self._label[neurons] = labels[:, np.newaxis]
        self._place[neurons] = neurons[0]

    def _note_uses(self, layer: int, one_filter: int, codes: Numbers) -> None:
        """Note, for each weight of a filter, the copy that it sees, and which of its places."""
        for slots in blocks((codes.shape[1], len(codes))):
            columns = np.ascontiguousarray(codes[:, slots].T)
            streams = np.where(columns == NOTHING, NOTHING, self._stream[columns >> GATE_BITS])
            for stream in np.unique(streams[streams != NOTHING]).tolist():
                inside = streams == stream
                labels = np.where(inside, self._label[columns >> GATE_BITS], NOTHING)
                own = labels.max(axis=1)
                if (inside & (labels != own[:, np.newaxis])).any():
                    self._streams[stream].broken = True
                places = np.where(inside, _use(self._place[columns >> GATE_BITS], columns), NOTHING)
                uses = self._streams[stream].uses
                for slot in np.flatnonzero(own != NOTHING).tolist():
                    column = blake2b(places[slot].tobytes(), digest_size=16).digest()
                    uses[int(own[slot])].append((layer, one_filter, column))


def _use(places: Numbers, codes: Numbers) -> Numbers:
    """Number the uses of places by their gates."""
    return (places << GATE_BITS) + (codes & GATE_MASK)


def _first_equal(values: Numbers) -> Numbers:
    """Where the first value stands that is equal to each."""
    _, firsts, inverse = np.unique(values, return_index=True, return_inverse=True)
    return firsts[inverse]
