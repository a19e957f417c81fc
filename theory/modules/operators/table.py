"""Which operator does what to neurons; all others are refused."""

from collections.abc import Callable
from typing import Any, TypeAlias

from theory.graph.layers import DagError
from theory.modules.calls import Call
from theory.modules.operators import activations, fixed, movements, weighted

Operator: TypeAlias = Callable[[Call, Any], Any]
"""Takes a call and the torch operator; returns the codes of what it returns, of its shape."""

OPERATORS: dict[str, Operator] = {
    **dict.fromkeys(movements.DATA, movements.move),
    **dict.fromkeys(movements.FLOATS_ONLY, movements.move_floats),
    **dict.fromkeys(("cat", "stack"), movements.join),
    **dict.fromkeys(("_to_copy", "lift_fresh_copy"), movements.cast),
    "copy": movements.copy,
    **dict.fromkeys(("fill", "zero"), movements.fill),
    "masked_fill": movements.masked_fill,
    **dict.fromkeys(("index_put", "_index_put_impl"), movements.index_put),
    "constant_pad_nd": movements.pad_constant,
    **dict.fromkeys(("mm", "bmm"), weighted.mm),
    **dict.fromkeys(("addmm", "baddbmm"), weighted.addmm),
    "mv": weighted.mv,
    "addmv": weighted.addmv,
    **dict.fromkeys(("dot", "vdot"), weighted.dot),
    **dict.fromkeys(("convolution", "_convolution"), weighted.convolution),
    **dict.fromkeys(("add", "sub", "rsub"), fixed.adding),
    **dict.fromkeys(("mul", "div", "neg"), fixed.scaling),
    "addcmul": fixed.adding_product,
    **dict.fromkeys(("sum", "mean"), fixed.summing),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), fixed.average_pooling),
    **dict.fromkeys(
        ("_adaptive_avg_pool2d", "_adaptive_avg_pool3d", "adaptive_avg_pool1d"),
        fixed.adaptive_average_pooling,
    ),
    **dict.fromkeys(
        (
            *("native_batch_norm", "_native_batch_norm_legit", "cudnn_batch_norm"),
            *("_native_batch_norm_legit_no_training", "_batch_norm_no_update"),
        ),
        fixed.batch_norm,
    ),
    **dict.fromkeys(
        (
            *("upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d"),
            *("upsample_bicubic2d", "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa"),
        ),
        fixed.resize,
    ),
    "relu": activations.relu,
    "leaky_relu": activations.leaky_relu,
    "_prelu_kernel": activations.prelu,
    "abs": activations.absolute,
    **dict.fromkeys(("threshold", "clamp", "clamp_min"), activations.threshold),
    **dict.fromkeys(
        ("max_pool2d_with_indices", "max_pool3d_with_indices"), activations.max_pooling
    ),
    **dict.fromkeys(
        ("adaptive_max_pool2d", "adaptive_max_pool3d"), activations.adaptive_max_pooling
    ),
    **dict.fromkeys(("max", "amax"), activations.maximum_of_axes),
    **dict.fromkeys(("native_dropout", "bernoulli"), activations.refuse_random),
}
"""By the operator's name, without the underscore of operators in place."""

SHAPES_ONLY = frozenset(
    [
        *("empty_like", "zeros_like", "ones_like", "full_like", "rand_like", "randn_like"),
        *("new_empty", "new_zeros", "new_ones", "new_full", "new_empty_strided", "sym_size"),
    ]
)
"""Operators that read a tensor's shape and none of its values."""

PRODUCTS = frozenset(
    [
        *(weighted.mm, weighted.addmm, weighted.mv, weighted.addmv, weighted.dot),
        weighted.convolution,
    ]
)
"""Operators to whose results a bias may be added."""

READS_VALUES = frozenset(
    [
        *("_local_scalar_dense", "item", "is_nonzero", "equal", "nonzero", "allclose"),
        *("_unique", "_unique2", "unique_dim", "unique_consecutive", "masked_select", "argwhere"),
    ]
)
"""Operators by which a program reads numbers, or shapes that follow from them, and may decide."""


def refusal(call: Call) -> DagError:
    """Say that an operator is not among them."""
    return DagError(
        f"{call.place} calls {call.name!r}, which is none of the operators that are followed "
        "exactly: linear layers, averages, sums, ReLUs, and what moves numbers; write it with "
        "these, or sample without a prediction"
    )
