"""Falsified random networks: their weights, gates, layers, and what is measured on them."""

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from evidence.intervals import Interval
from evidence.means import Samples
from running.draws import Draws
from simulations.engine.gradient_norms import NORMS, GradientNorms
from simulations.engine.gradient_rows import Rows
from simulations.engine.module_interception import ManyNetworks
from simulations.networks import initialization
from sqrtd.falsified.falsification import Change, Falsification


def _variance(of: Callable[[int], float]) -> Change:
    return lambda _: of


def _unshared(_: object) -> Callable[..., Tensor]:
    """Convolve with other weights at each position."""

    def convolution(
        self: ManyNetworks,
        input: Tensor,  # noqa: A002
        weight: Tensor,
        bias: Tensor | None = None,  # noqa: ARG001
        stride: int | tuple[int, ...] = 1,
        padding: int | str | tuple[int, ...] = 0,
        *_: object,
    ) -> Tensor:
        kernel = weight.shape[-1]
        amount = (kernel - 1) // 2 if padding == "same" else padding
        columns = functional.unfold(input, kernel, padding=amount, stride=stride)  # type: ignore[arg-type]
        fan_in, positions = columns.shape[1:]
        size = math.sqrt(initialization.he_variance(fan_in))
        weights = self.draws.normal(len(weight), fan_in, positions) * size
        edge = math.isqrt(positions)
        found = torch.einsum("nofp,nfp->nop", weights, columns)
        return found.view(len(input), len(weight), edge, edge)

    return convolution


def _correlated(true: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Give two weights of a filter the correlation 1/4, their variances kept."""

    def draw(self: ManyNetworks, weight: Tensor) -> Tensor:
        known = self._names[id(weight)] in self.drawn
        drawn = true(self, weight)
        if not known and weight.ndim > 2:
            common = drawn.flatten(2).mean(2) * math.sqrt(drawn[0, 0].numel())
            common = common.view(*common.shape, *[1] * (weight.ndim - 1))
            drawn.mul_(math.sqrt(3 / 4)).add_(common * math.sqrt(1 / 4))
        return drawn

    return draw


def _one_gate(_: object) -> Callable[..., Tensor]:
    def gates(self: Draws, *shape: int) -> Tensor:
        return (self.normal(1) > 0).float().view(-1, *[1] * len(shape)).expand(-1, *shape)

    return gates


def _two_thirds_open(_: object) -> Callable[..., Tensor]:
    threshold = -0.4307273  # a third of a standard normal law lies below

    def gates(self: Draws, *shape: int) -> Tensor:
        return (self.normal(*shape) > threshold).float()

    return gates


def _logit_for_loss(true: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def cotangents(logits: Tensor, rows: Rows) -> Tensor:
        found = true(logits, rows)
        return found[:, :1].expand_as(found).clone() if rows == "logit and loss" else found

    return cotangents


def _at_temperature_2(true: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda logits, rows: true(logits / 2, rows)


def _other_l1_norm(factor: Callable[[int], float]) -> Change:
    """Put the l2-norm times a factor of d in the place of the l1-norm."""

    def change(true: Callable[..., Samples]) -> Callable[..., Samples]:
        def norm(self: GradientNorms, q: float, *, loss: bool = False) -> Samples:
            if q != 1:
                return true(self, q, loss=loss)
            return factor(self.d) * self.norms[:, int(loss), NORMS.index(2.0)]

        return norm

    return change


def _square_of_the_mean(_: object) -> Callable[..., Samples]:
    def mean_square(self: GradientNorms, *, loss: bool = False) -> Samples:
        return self.mean_absolute(loss=loss) ** 2

    return mean_square


def _pooling(pooling: Callable[[int], nn.Module]) -> Change:
    """Build networks with another pooling."""
    return lambda true: partial(true.func, pooling=pooling)


def _periodic(true: Callable[..., nn.Conv2d]) -> Callable[..., nn.Conv2d]:
    def convolution(
        inputs: int, outputs: int, kernel: int, stride: int, padding: str, edge: int
    ) -> nn.Conv2d:
        mode = "circular" if padding == "zeros" else padding
        return true(inputs, outputs, kernel, stride, mode, edge)

    return convolution


def _stream_of(network: Callable[[int], int]) -> Change:
    """Give network i the random numbers of another one."""

    def change(true: Callable[..., None]) -> Callable[..., None]:
        def init(
            self: Draws,
            seed: int,
            name: str,
            networks: Sequence[int],
            *,
            device: torch.device | str = "cpu",
        ) -> None:
            true(self, seed, name, [network(i) for i in networks], device=device)

        return init

    return change


def _over_sizes(_: object) -> Callable[..., list[float]]:
    """Regress on d, in units of the mean size, instead of log d."""

    def slope_coefficients(sizes: Sequence[float], groups: int) -> list[float]:  # noqa: ARG001
        centred = np.asarray(sizes, dtype=np.float64)
        centred = centred / centred.mean() - 1
        return [float(a) for a in centred / np.sum(centred**2)]

    return slope_coefficients


def _median(true: Callable[..., Interval]) -> Callable[..., Interval]:
    def mean_interval(samples: Samples, error: float) -> Interval:
        found = true(samples, error)
        return found.scaled(1, shift=float(np.median(samples)) - found.estimate)

    return mean_interval


HE = "simulations.networks.initialization:he_variance"
CONVOLVE = "simulations.engine.module_interception:ManyNetworks._convolution"
GATES = "running.draws:Draws.gates"
COTANGENTS = "simulations.engine.gradient_rows:cotangents"
L1 = "simulations.engine.gradient_norms:GradientNorms.norm"
AVERAGE = "simulations.networks.simple_networks:average_pool"
STREAMS = "running.draws:Draws.__init__"

NETWORKS = [
    Falsification(
        name="variance-2-over-n-plus-1",
        says="weights have the variance 2/(n + 1)",
        changes={HE: _variance(lambda n: 2 / (n + 1))},
        rows=("eq-8", "theorem-3-step-2"),
    ),
    Falsification(
        name="variance-plus-3-percent",
        says="weights have 1.03 times He's variance",
        changes={HE: _variance(lambda n: 2.06 / n)},
        rows=("eq-8", "theorem-3-step-2"),
    ),
    Falsification(
        name="variance-1-over-n",
        says="weights have the variance 1/n, as Glorot's have in layers of equal widths",
        changes={HE: _variance(lambda n: 1 / n)},
        rows=("eq-8", "eq-13", "theorem-4"),
    ),
    Falsification(
        name="sampled-weights-not-shared",
        says="sampled convolutions have other weights at each position",
        changes={CONVOLVE: _unshared},
        rows=("eq-13",),
    ),
    Falsification(
        name="weights-of-a-filter-correlated",
        says="two weights of one filter of a sampled convolution have the correlation 1/4",
        changes={"simulations.engine.module_interception:ManyNetworks._draw": _correlated},
        rows=("theorem-4", "eq-13", "corollary-5"),
    ),
    Falsification(
        name="masks-one-a-layer",
        says="H1's masks keep or kill all neurons of a layer together",
        changes={GATES: _one_gate},
        rows=("eq-13", "theorem-6"),
    ),
    Falsification(
        name="masks-kill-a-third",
        says="H1's masks kill with probability 1/3",
        changes={GATES: _two_thirds_open},
        rows=("eq-13", "theorem-6"),
    ),
    Falsification(
        name="sampled-logit-for-loss",
        says="the logit is differentiated where the loss should be",
        changes={COTANGENTS: _logit_for_loss},
        rows=("theorem-3-step-2",),
    ),
    Falsification(
        name="sampled-softmax-at-temperature-2",
        says="∂_x L is that of the softmax at temperature 2",
        changes={COTANGENTS: _at_temperature_2},
        rows=("theorem-3-step-2",),
    ),
    Falsification(
        name="sampled-l1-norm-is-root-d-l2",
        says="of sampled networks ‖∂_x L‖_1 is computed as √d ‖∂_x L‖_2",
        changes={L1: _other_l1_norm(lambda d: d**0.5)},
        rows=("figure-2e-initialization",),
    ),
    Falsification(
        name="sampled-l1-norm-is-l2",
        says="of sampled networks ‖∂_x L‖_1 is computed as ‖∂_x L‖_2",
        changes={L1: _other_l1_norm(lambda _: 1.0)},
        rows=("eq-7", "theorem-3", "section-3-1", "figure-2e-initialization"),
    ),
    Falsification(
        name="mean-square-as-square-of-mean",
        says="the mean square of coordinates is computed as the square of their mean size",
        changes={
            "simulations.engine.gradient_norms:GradientNorms.mean_square": _square_of_the_mean
        },
        rows=("eq-8", "theorem-3-step-2"),
    ),
    Falsification(
        name="sampled-averages-add",
        says="average-poolings of sampled networks add up their windows",
        changes={AVERAGE: _pooling(lambda stride: nn.AvgPool2d(stride, divisor_override=1))},
        rows=("theorem-6",),
    ),
    Falsification(
        name="averages-keep-one-neuron",
        says="average-poolings of sampled networks keep one neuron of a window",
        changes={AVERAGE: _pooling(lambda stride: nn.MaxPool2d(1, stride))},
        rows=("theorem-6", "section-3-3-one-pixel"),
    ),
    Falsification(
        name="max-pooling-averages",
        says="max-poolings of sampled networks average",
        changes={"simulations.networks.simple_networks:max_pool": _pooling(nn.AvgPool2d)},
        rows=("figure-3-initialization",),
    ),
    Falsification(
        name="sampled-zero-padding-periodic",
        says="zero padding of sampled networks is periodic",
        changes={"simulations.networks.simple_networks:_convolution": _periodic},
        rows=("theorem-4",),
    ),
    Falsification(
        name="all-networks-equal",
        says="every network is given the random numbers of network 0",
        changes={STREAMS: _stream_of(lambda _: 0)},
        rows=("eq-8", "section-3-1"),
    ),
    Falsification(
        name="networks-twice",
        says="two networks each are given the same random numbers",
        changes={STREAMS: _stream_of(lambda i: i // 2)},
        rows=("eq-8", "section-3-1"),
    ),
    Falsification(
        name="exponent-over-d",
        says="exponents are slopes over d instead of log d",
        changes={"evidence.means:slope_coefficients": _over_sizes},
        rows=("section-3-1", "theorem-3"),
    ),
    Falsification(
        name="median-for-mean",
        says="the centre of a mean's interval is the median",
        changes={"evidence.means:mean_interval": _median},
        rows=("eq-8", "theorem-3-step-2"),
    ),
]
