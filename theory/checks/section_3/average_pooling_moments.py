"""Theorem 6 at the level of exact second moments: averages divide the *variance* by n."""

from dataclasses import dataclass
from fractions import Fraction

from torch import nn

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.checks.subjects.moment_comparisons import moments
from theory.checks.subjects.path_networks import averaged, strided
from theory.networks.sequential_networks import (
    PADDING_MODES,
    Network,
    PaddingMode,
    convolution,
    with_logit,
)


def check_theorem_6_moments(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Theorem 6: averaging over n divides second moments by n, so gradients by √n."""
    symmetric = _symmetric_replacements()
    uneven = [_replacement(3, 2, 4), _replacement(3, 2, 6), _replacement(4, 3, 6)]
    mirrored = {mode: [_padded(mode, n) for n in (2, 3)] for mode in PADDING_MODES}
    progress(0.2, "second moments with average-pooling")
    return Evidence(
        method=(
            f"Exact second moments under (H) of {len(symmetric)} networks before and after a "
            "strided convolution is replaced by one of stride 1 and an average over n = 2, 3, 4 or "
            "9 neurons, in one and two dimensions, once or twice, periodically padded so that (S) "
            "holds. The ReLU of the average is left out: no average of ReLUs is negative. "
            "Pairs of paths over one shared weight are counted as correlated."
        ),
        stated=[
            compare(
                "every E[(∂_x f_k)²] is divided by n² (every gradient by n)",
                symmetric,
                lambda case: case.not_divided_by(case.n**2),
            )
        ],
        corrected=[
            compare(
                "every E[(∂_x f_k)²] is divided by n (the typical gradient by √n), under (S)",
                symmetric,
                lambda case: case.not_divided_by(case.n),
            ),
            compare(
                "E[‖∂_x f_k‖_2²] is divided by n, also where (S) fails before the replacement",
                [*symmetric, *uneven],
                _Replacement.norm_not_divided,
            ),
        ],
        controls=[
            compare(
                "false neighbour: every E[(∂_x f_k)²] is divided by n, whatever the kernel",
                uneven,
                lambda case: case.not_divided_by(case.n),
            ),
            compare(
                "false neighbour: divided by √n",
                [case for case in symmetric if case.n in (4, 9)],
                lambda case: case.not_divided_by({4: 2, 9: 3}[case.n]),
            ),
            *(
                compare(
                    f"false neighbour: E[‖∂_x f_k‖_2²] is divided by n with {mode} padding",
                    mirrored[mode],
                    _Replacement.norm_not_divided,
                )
                for mode in ("reflect", "replicate", "zeros")
            ),
        ],
        tables=[
            Table(
                title="Factor that divides E[‖∂_x f_k‖_2²], kernel n + 1 (odd), 2 n pixels",
                columns=["padding", "n", "factor"],
                rows=[
                    [mode, case.n, f"{float(case.norm_factor()):.4f} = {case.norm_factor()}"]
                    for mode in PADDING_MODES
                    for case in mirrored[mode]
                ],
            )
        ],
    )


@dataclass(frozen=True)
class _Replacement:
    """A network with strided convolutions, and with average-pooling in their place."""

    before: Network
    after: Network
    n: int

    def not_divided_by(self, factor: int) -> str:
        """Say which coordinate's second moment is not divided by `factor`."""
        for x, (old, new) in enumerate(zip(moments(self.before), moments(self.after), strict=True)):
            if old != factor * new:
                return (
                    f"{self.before}, replaced by {self.after}: n = {self.n}, input {x} has "
                    f"E[(∂_x f_k)²] = {old} before and {new} after, a factor {old / new}"
                )
        return ""

    def norm_factor(self) -> Fraction:
        """E[‖∂_x f_k‖_2²] before over after."""
        return sum(moments(self.before), Fraction(0)) / sum(moments(self.after), Fraction(0))

    def norm_not_divided(self) -> str:
        """Say by what the mean squared norm is divided, if not by n."""
        factor = self.norm_factor()
        if factor == self.n:
            return ""
        return f"{self.after} instead of {self.before}: n = {self.n}, divided by {factor}"


def _symmetric_replacements() -> list[_Replacement]:
    cases = [
        _replacement(kernel, stride, pixels)
        for kernel, stride, pixels in ((2, 2, 2), (2, 2, 4), (4, 2, 4), (3, 3, 3), (3, 3, 6))
    ]
    cases += [_replacement(2, 2, 4, axes=2), _replacement(3, 3, 6, axes=2)]
    # The logit's ReLU and the other layers cancel; two replacements multiply.
    twice = [*strided(2, 2), *strided(2, 2)], [*averaged(2, 2), *averaged(2, 2)]
    first = [*strided(2, 2), *strided(2, 2)], [*averaged(2, 2), *strided(2, 2)]
    for layers, n in ((twice, 4), (first, 2)):
        before, after = (with_logit(half, (1, 8)) for half in layers)
        cases.append(_Replacement(before, after, n))
    return cases


def _replacement(kernel: int, stride: int, pixels: int, *, axes: int = 1) -> _Replacement:
    shape = (1, *[pixels] * axes)
    before = with_logit(strided(kernel, stride, axes=axes), shape)
    after = with_logit(averaged(kernel, stride, axes=axes), shape)
    return _Replacement(before, after, stride**axes)


def _padded(mode: PaddingMode, n: int) -> _Replacement:
    """Replace a strided convolution whose size-keeping padding has the given mode."""
    kernel = 2 * (n // 2) + 1
    padding, shape = kernel // 2, (1, 2 * n)
    before = convolution(kernel, padding=padding, mode=mode, stride=n)
    after = [*convolution(kernel, padding=padding, mode=mode), nn.AvgPool1d(n)]
    return _Replacement(with_logit(before, shape), with_logit(after, shape), n)
