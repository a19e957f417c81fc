"""Lemmas 9 and 10 put to the test: path-products decorrelate, but for copied pixels."""

from collections.abc import Callable
from typing import cast

import sympy as sp
from torch import nn

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.checks.oracles.examined_paths import (
    Examined,
    correlated,
    not_centred,
    pairs_differ,
    symbols_correlated,
    symbols_not_centred,
    ways_differ,
    wrong_squares,
)
from theory.checks.oracles.symbolic_paths import SymbolicPath, SymbolicPaths
from theory.checks.subjects.example_networks import example_networks
from theory.checks.subjects.path_networks import (
    by_size,
    copying_mode,
    padded_convolutions,
    pooled_convolutions,
)
from theory.networks.sequential_networks import (
    PADDING_MODES,
    Network,
    PaddingMode,
    convolution,
    dense,
    with_logit,
)
from theory.paths.path_pairs import path_pair_sums


def check_lemma_9(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Lemma 9: path-products are centred and uncorrelated, and their variances multiply."""
    networks = [Examined(network) for network in by_size(_small_networks())]
    progress(0.1, "path-products of small networks")
    large = [(name, dag) for name, dag in example_networks().items() if "average" not in name]
    return Evidence(
        method=(
            f"On {len(networks)} small dense and convolutional networks with every padding, "
            "shared weights included: expectations over symbolic weights and over all patterns "
            "of ±σ weights, compared with a walk over all pairs of paths in the DAG. "
            "Read with H5 for two weights that enter one neuron, which is what the proof uses "
            "(see h5)."
        ),
        stated=[
            compare("every path-product has expectation 0", networks, not_centred),
            compare(
                "two different paths that end at one node, from whichever inputs, have "
                "uncorrelated products",
                networks,
                lambda net: (
                    correlated(net, lambda p, q: net.signs.ends[p] == net.signs.ends[q])
                    or symbols_correlated(net)
                ),
            ),
            compare(
                "E[ω_p²] is the product of the variances of the path's weights",
                networks,
                lambda net: wrong_squares(net, lambda path: sp.prod(path)),
            ),
            compare(
                "the three methods agree on the sums over all pairs, which equal the sums over "
                "equal pairs",
                networks,
                lambda net: ways_differ(net) or pairs_differ(net),
            ),
            compare(
                "pair walk over larger networks: all pairs add up to what equal pairs do",
                large,
                lambda case: (
                    ""
                    if all(a == b for a, b in path_pair_sums(case[1], case[1].outputs[0]).values())
                    else case[0]
                ),
            ),
            compare(
                "paths to two logits of a dense layer have uncorrelated products (step 2 of the "
                "proof of Theorem 3)",
                [Examined(dense(*sizes)) for sizes in ((1, 2), (2, 2), (1, 2, 2), (2, 2, 2))],
                lambda net: correlated(net, lambda p, q: net.signs.ends[p] != net.signs.ends[q]),
            ),
        ],
        literal=[
            compare(
                "any two distinct paths have uncorrelated products, those that end at two "
                "different nodes, too",
                networks,
                lambda net: correlated(net, lambda p, q: True),  # noqa: ARG005
            )
        ],
        controls=[
            compare(
                "false neighbour: E[ω_p²] is the product of the variances of all weights but the "
                "last",
                networks,
                lambda net: wrong_squares(net, lambda path: sp.prod(path[1:])),
            ),
            compare(
                "false neighbour: a path over one weight twice (against H2 or H4) has "
                "expectation 0, too",
                [_tied_path()],
                symbols_not_centred,
            ),
        ],
    )


def check_lemma_10(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Lemma 10: Lemma 9 for convolutions with average-pooling, and the padding it needs."""
    pooled = {mode: _pooled_networks(mode) for mode in PADDING_MODES}
    networks = [net for mode in PADDING_MODES for net in pooled[mode]]
    networks.sort(key=lambda net: len(net.network.dag.tails))
    progress(0.1, "path-products of average-pooled networks")
    keeping = [net for net in networks if net.leaving_weights_differ]
    over_all = [net for net in networks if len(net.network.dag.outputs) == 1 and _stages(net) == 1]
    same_ends: Callable[[Examined], str] = lambda net: correlated(  # noqa: E731
        net, lambda p, q: _between_the_same(net, p, q)
    )
    return Evidence(
        method=(
            f"{len(networks)} convolutions of stride 1 averaged in groups of 2 to 4 neurons, and "
            "two such stages, with every padding: pair walk, symbols and all patterns of signs. "
            "Read like Lemma 9, with H5 for what the proof uses. It has to start from the input, "
            "where it says that it starts from o: it takes the first nodes at which two paths from "
            "x differ, and needs two weights that *leave* one neuron to be uncorrelated. A copied "
            "border pixel leaves twice over one weight. Mirror padding, which the paper "
            "recommends for (S), copies."
        ),
        stated=[
            compare("every path-product has expectation 0", networks, not_centred),
            compare(
                "E[ω_p²] is the product of the E[w_p²], averages' squared weights included",
                networks,
                lambda net: wrong_squares(net, lambda path: sp.prod(path)),
            ),
            compare(
                "two different paths from x to o have uncorrelated products without padding and "
                "with zero padding",
                pooled["zeros"],
                same_ends,
            ),
            compare(
                "so they have with padding by a mirrored border pixel",
                [net for net in pooled["replicate"] if _padding(net) == 1],
                same_ends,
            ),
        ],
        corrected=[
            compare(
                "two different paths from x to o have uncorrelated products where no neuron "
                "reaches two neurons of a convolution over one weight, and averages do not "
                "overlap",
                keeping,
                lambda net: same_ends(net) or pairs_differ(net),
            ),
            compare(
                "that is so without padding, with zero padding, and with periodic padding that "
                "does not enlarge the layer",
                [net for net in networks if not copying_mode(net.network)],
                lambda net: "" if net.leaving_weights_differ else str(net.network),
            ),
            compare(
                "where all neurons of one convolution are averaged, the condition is necessary",
                over_all,
                lambda net: (
                    "" if bool(same_ends(net)) != net.leaving_weights_differ else str(net.network)
                ),
            ),
            compare("the three methods agree, whatever the padding", networks, ways_differ),
        ],
        controls=[
            *(
                compare(
                    f"false neighbour: it is so with {_words(mode)} padding, too",
                    pooled[mode],
                    same_ends,
                )
                for mode in PADDING_MODES
                if mode != "zeros"
            ),
            compare(
                "false neighbour: two paths from different inputs, too",
                keeping,
                lambda net: correlated(net, lambda p, q: net.signs.ends[p] == net.signs.ends[q]),
            ),
            compare(
                "false neighbour: the product of the weights' *variances*, 0 for an average",
                networks,
                lambda net: wrong_squares(net, lambda path: sp.Integer(0)),  # noqa: ARG005
            ),
            compare(
                "false neighbour: overlapping averages, too",
                [Examined(_overlapping())],
                same_ends,
            ),
        ],
        tables=[
            Table(
                title="Smallest average-pooled network with two correlated paths, by padding",
                columns=["padding", "networks tried", "with correlated paths", "smallest"],
                rows=[_failures(mode, pooled[mode], same_ends) for mode in PADDING_MODES],
            )
        ],
    )


def _small_networks() -> list[Network]:
    networks = [dense(*sizes) for sizes in ((1, 1), (2, 1), (1, 2, 1), (2, 2, 1), (2, 2, 2))]
    networks += padded_convolutions()
    for mode in PADDING_MODES:
        first = convolution(3, padding=1, mode=mode)
        networks.append(with_logit([*first, *convolution(2)], (1, 3)))
        networks.append(with_logit(convolution(2, padding=1, mode=mode, stride=2), (1, 3)))
        networks.append(with_logit(convolution(2, padding=1, mode=mode, channels=(1, 2)), (1, 2)))
    return networks


def _pooled_networks(mode: PaddingMode) -> list[Examined]:
    """One average-pooled convolution, or two of kernel 3 that halve the layer each."""
    networks = list(pooled_convolutions([mode]))
    stage = [*convolution(3, padding=1, mode=mode), nn.AvgPool1d(2)]
    second = [*convolution(3, padding=1), nn.AvgPool1d(2)]
    networks.append(Network([*stage, *second], (1, 4)))
    return [Examined(network) for network in by_size(networks)]


def _overlapping() -> Network:
    layers = [*convolution(1), nn.AvgPool1d(2, stride=1), *convolution(1), nn.AvgPool1d(2)]
    return Network(layers, (1, 3))


def _stages(net: Examined) -> int:
    return sum(isinstance(layer, nn.AvgPool1d) for layer in net.network.module)


def _padding(net: Examined) -> int:
    return int(cast(nn.Conv1d, net.network.module[0]).padding[0])


def _between_the_same(net: Examined, p: int, q: int) -> bool:
    signs = net.signs
    return bool(signs.starts[p] == signs.starts[q] and signs.ends[p] == signs.ends[q])


def _tied_path() -> SymbolicPaths:
    """The path x → h → o with one weight of variance 2 on both of its edges."""
    weight, variance = sp.Symbol("w"), sp.Integer(2)
    path = SymbolicPath("x over h to o", weight * weight, (variance, variance))
    return SymbolicPaths([path], {weight: variance})


def _words(mode: PaddingMode) -> str:
    return {"zeros": "no or zero", "circular": "any periodic", "reflect": "mirror (reflect)"}.get(
        mode, mode
    )


def _failures(
    mode: PaddingMode, networks: list[Examined], wrong: Callable[[Examined], str]
) -> list[str | int]:
    failing = [net for net in networks if wrong(net)]
    smallest = str(failing[0].network) if failing else "none"
    return [_words(mode), len(networks), len(failing), smallest]
