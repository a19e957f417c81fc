"""Assumption (S) for the architectures that the paper names, sentence by sentence."""

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import partial
from itertools import chain
from math import inf

from torch import nn

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.checks.subjects.moment_comparisons import is_symmetric, moments
from theory.checks.subjects.path_networks import (
    CircularPad,
    SymmetricPad1d,
    by_size,
    fits,
    repeated,
    strided,
)
from theory.networks.sequential_networks import (
    PADDING_MODES,
    Network,
    PaddingMode,
    convolution,
    dense,
    with_logit,
)
from theory.paths.path_polynomial import path_polynomials

PIXELS = 12
"""Enough for pixels that no border reaches, at the depths and kernels tried."""

STRIDED = [
    (stride, kernel, pixels)
    for stride in (2, 3)
    for kernel in range(1, 7)
    for pixels in range(stride, 9, stride)
]
"""Strides, kernels, and sizes that are multiples of the stride."""


def check_assumption_s(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """(S): architectures in which all inputs have the same multiset of path-degrees."""
    fully_connected = [dense(*sizes) for sizes in ((1, 1), (3, 1), (4, 3, 2), (5, 4, 3, 2))]
    padded = by_size(chain.from_iterable(map(_padded, PADDING_MODES)))
    periodic = by_size(_padded("circular"))
    progress(0.2, "path-degrees of convolutions")
    multiples = by_size(
        with_logit(convolution(kernel, stride=stride), (1, pixels))
        for stride, kernel, pixels in STRIDED
        if kernel <= pixels
    )
    circular = by_size(
        with_logit(strided(kernel, stride), (1, pixels))
        for stride, kernel, pixels in STRIDED
        if stride <= kernel <= pixels + stride
    )
    pairs = list(zip(_padded("zeros"), _padded("reflect"), strict=True))
    mirrored = [_mirrored(*size) for size in ((3, 1), (5, 1), (7, 1), (3, 2), (5, 2))]
    progress(0.6, "path-degrees of strided convolutions")
    dense_layers = compare("fully connected networks satisfy (S)", fully_connected, _asymmetric)
    keeping = compare("with periodic padding that keeps the size, exactly", periodic, _asymmetric)
    uneven = [network for network in circular if _kernel_modulo_stride(network)]
    halves = by_size(chain.from_iterable(_mirrored_strided(depth) for depth in (1, 2)))
    wide = [
        with_logit(strided(kernel, stride), (1, PIXELS))
        for stride, kernel in ((2, 3), (2, 5), (3, 4), (3, 5))
    ]
    return Evidence(
        method=(
            "Whole multisets of path-degrees are compared exactly, at a logit that sees the whole "
            "layer. Boundary effects are measured by the largest over the smallest path sum (1 "
            "under (S)). Mirror padding is read as the symmetric one, which repeats the border "
            "pixel (numpy's 'symmetric'). Strided layers: kernels 1 to 6 (1 to 9 with mirror "
            "padding), strides 2 and 3, on sizes that are multiples of the stride."
        ),
        stated=[
            dense_layers,
            compare(
                "CNNs satisfy (S) up to boundary effects: pixels that the border does not reach "
                "have the same path-degrees, whatever the padding",
                padded,
                _inner_pixels_differ,
            ),
            keeping,
            compare(
                "with mirror padding that repeats the border pixel, exactly, for odd kernels of "
                "stride 1",
                mirrored,
                _asymmetric,
            ),
            compare(
                "strided layers satisfy (S) if the layer size is a multiple of the stride",
                multiples,
                _asymmetric,
            ),
        ],
        literal=[
            compare(
                "any mirror padding alleviates boundary effects: in torch's mode 'reflect', which "
                "leaves the border pixel out, path sums differ by smaller factors than with zero "
                "padding",
                pairs,
                _not_alleviated,
            )
        ],
        corrected=[
            compare(
                "strided layers satisfy (S) if size *and kernel* are multiples of the stride, "
                "periodically padded by kernel − stride",
                [network for network in circular if _kernel_modulo_stride(network) == 0],
                _asymmetric,
            ),
            compare(
                "so they do with mirror padding that repeats the border pixel, by (kernel − "
                "stride)/2 on each side, one layer or two",
                halves,
                _asymmetric,
            ),
            compare(
                "with periodic padding and other kernels they never do",
                uneven,
                lambda network: str(network) if is_symmetric(network.dag) else "",
            ),
            compare(
                "with other kernels pixels differ that the border does not reach",
                wide,
                lambda network: "" if _inner_pixels_differ(network) else str(network),
            ),
        ],
        controls=[
            compare(
                "false neighbour: strided layers of any kernel satisfy (S) up to boundary effects",
                wide,
                _inner_pixels_differ,
            ),
            compare(
                "false neighbour: CNNs satisfy (S) exactly, whatever the padding",
                padded,
                _asymmetric,
            ),
            compare(
                "false neighbour: any periodic padding satisfies (S)",
                by_size(_enlarged()),
                _asymmetric,
            ),
            compare(
                "false neighbour: a kernel that is a multiple of the stride is enough, unpadded",
                [network for network in multiples if _kernel_modulo_stride(network) == 0],
                _asymmetric,
            ),
            compare(
                "false neighbour: periodic padding is enough for strided layers",
                circular,
                _asymmetric,
            ),
            compare(
                "false neighbour: so is mirror padding by (kernel − stride)/2, whatever the kernel",
                by_size(_mirrored_strided(1, multiples=False)),
                _asymmetric,
            ),
            compare(
                "false neighbour: with torch's 'replicate' for mirror padding, for kernel 5 (for "
                "kernel 3 they agree)",
                [_same_size(5, 1, "replicate")],
                _asymmetric,
            ),
        ],
        tables=[_spread_table(), _he_table(), _strided_table()],
    )


def _asymmetric(network: Network) -> str:
    """Show two inputs with different multisets of path-degrees."""
    dag = network.dag
    multisets = path_polynomials(dag, dag.outputs[0])
    first = multisets[dag.inputs[0]]
    for x, other in multisets.items():
        if other != first:
            return (
                f"{network}: path-degrees {_multiset(first)} from input 0, {_multiset(other)} "
                f"from input {dag.position(x)}"
            )
    return ""


def _multiset(path_degrees: Counter[tuple[int, ...]]) -> str:
    if not path_degrees:
        return "none"
    return "{" + ", ".join(f"{n} × {degrees}" for degrees, n in sorted(path_degrees.items())) + "}"


def _inner_pixels_differ(network: Network) -> str:
    """Compare the pixels whose forward cone no border touches."""
    reach = sum(
        layer.kernel_size[0] // 2 * 2 for layer in network.module if isinstance(layer, nn.Conv1d)
    )
    dag = network.dag
    multisets = list(path_polynomials(dag, dag.outputs[0]).values())
    inner = multisets[reach : len(multisets) - reach]
    same = all(multiset == inner[0] for multiset in inner)
    return "" if same else f"{network}: pixels {reach} to {PIXELS - reach - 1} differ"


def _not_alleviated(pair: tuple[Network, Network]) -> str:
    with_zeros, mirrored = map(spread, pair)
    if mirrored < with_zeros:
        return ""
    return (
        f"{pair[1]}: largest over smallest path sum {mirrored}, but {with_zeros} with zero padding"
    )


def _same_size(kernel: int, depth: int, mode: PaddingMode) -> Network:
    """Build size-keeping convolutions and a logit."""
    layers = repeated(depth, partial(convolution, kernel, padding=kernel // 2, mode=mode))
    return with_logit(layers, (1, PIXELS))


def _mirrored(kernel: int, depth: int, *, stride: int = 1, pixels: int = PIXELS) -> Network:
    """Build layers with mirror padding that repeats the border pixel, and a logit.

    They keep one pixel of every `stride`, if that and the kernel are both even or both odd.
    """

    def layer() -> list[nn.Module]:
        return [SymmetricPad1d((kernel - stride) // 2), *convolution(kernel, stride=stride)]

    return with_logit(repeated(depth, layer), (1, pixels))


def _mirrored_strided(depth: int, *, multiples: bool = True) -> Iterator[Network]:
    """Yield such layers with strides 2 and 3, whose kernels are multiples of them or not."""
    for stride in (2, 3):
        for kernel in range(stride, 10, 2):
            for pixels in range(stride**depth, 13, stride**depth):
                layer = pixels // stride ** (depth - 1)  # the last that is padded
                if (kernel % stride == 0) is multiples and (kernel - stride) // 2 <= layer:
                    yield _mirrored(kernel, depth, stride=stride, pixels=pixels)


def _padded(mode: PaddingMode) -> Iterator[Network]:
    """Size-keeping convolutions of kernel 3, one to two deep, and of kernel 5."""
    return (_same_size(kernel, depth, mode) for kernel, depth in ((3, 1), (3, 2), (5, 1)))


def _enlarged() -> Iterator[Network]:
    """Yield periodic paddings that give the layer more neurons than pixels."""
    for kernel in (1, 2, 3):
        for pixels in (2, 3, 4):
            if fits(kernel, kernel, "circular", pixels):
                layers = convolution(kernel, padding=kernel, mode="circular")
                yield with_logit(layers, (1, pixels))
    yield with_logit(convolution(2, padding=1, mode="circular"), (1, 3))


def _kernel_modulo_stride(network: Network) -> int:
    layer = next(layer for layer in network.module if isinstance(layer, nn.Conv1d))
    return layer.kernel_size[0] % layer.stride[0]


def spread(network: Network) -> Fraction | float:
    """Return the largest path sum over the smallest, infinite if a pixel is not seen."""
    return _ratio(network.dag.path_sums(network.dag.outputs[0]).values())


def _ratio(values: Iterable[Fraction]) -> Fraction | float:
    smallest, *_, largest = sorted(values)
    return largest / smallest if smallest else inf


def _he_table() -> Table:
    return Table(
        title="Largest over smallest E[(∂_x f_k)²] under He initialization, where H3 fails "
        f"beside zero padding: kernel 3, {PIXELS} pixels",
        columns=["layers", *PADDING_MODES],
        rows=[
            [
                depth,
                *(float(_ratio(moments(_same_size(3, depth, mode)))) for mode in PADDING_MODES),
            ]
            for depth in (1, 2, 3, 4, 6)
        ],
    )


def _spread_table() -> Table:
    rows: list[list[int | float]] = []
    for kernel, depth in ((3, 1), (3, 2), (3, 4), (5, 1), (5, 2)):
        networks = [_same_size(kernel, depth, mode) for mode in PADDING_MODES]
        networks.append(_mirrored(kernel, depth))
        rows.append([kernel, depth, *(float(spread(network)) for network in networks)])
    return Table(
        title=f"Largest over smallest path sum, {PIXELS} pixels, stride 1, size-keeping padding",
        columns=["kernel", "layers", *PADDING_MODES, "symmetric"],
        rows=rows,
    )


def _strided_table() -> Table:
    rows: list[list[int | float]] = []
    for kernel, stride in ((1, 2), (2, 2), (3, 2), (4, 2), (2, 3), (3, 3), (5, 3), (6, 3)):
        plain = with_logit(convolution(kernel, stride=stride), (1, PIXELS))
        layers = [CircularPad(0, max(0, kernel - stride)), *convolution(kernel, stride=stride)]
        periodic = with_logit(layers, (1, PIXELS))
        rows.append([kernel, stride, float(spread(plain)), float(spread(periodic))])
    return Table(
        title=f"Largest over smallest path sum of one strided layer, {PIXELS} pixels",
        columns=["kernel", "stride", "unpadded", "periodic"],
        rows=rows,
    )
