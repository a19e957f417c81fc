"""Section 5: with weights whose size does not depend on d, vulnerability grows like d."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product

from evidence.findings import Evidence, Progress, Table, compare, silent


@dataclass(frozen=True, kw_only=True)
class Neuron:
    """One linear neuron w · x, whose d weights are drawn independently from a few values.

    Attributes
    ----------
    d : the number of inputs.
    values : what a weight can be, all equally likely.
    scale : 1 over the number by which all weights are divided.
    """

    d: int
    values: Sequence[int]
    scale: Fraction = Fraction(1)

    @cached_property
    def weights(self) -> list[tuple[int, ...]]:
        """All equally likely weight vectors, before division."""
        return list(product(self.values, repeat=self.d))

    def mean(self, value: Callable[[tuple[int, ...]], int]) -> Fraction:
        """The mean of a function of the undivided weights."""
        return Fraction(sum(map(value, self.weights)), len(self.weights))

    @property
    def l_infinity_gain(self) -> Fraction:
        """The mean of ‖w‖_1, by which an l_∞-attack of size 1 moves the output."""
        return self.scale * self.mean(lambda w: sum(map(abs, w)))

    @property
    def l_2_gain_squared(self) -> Fraction:
        """The mean square of √d ‖w‖_2, by which an l_2-attack of size √d moves it."""
        return self.scale**2 * self.d * self.mean(lambda w: sum(v * v for v in w))

    @property
    def noise_squared(self) -> Fraction:
        """The mean square by which a perturbation of all pixels by 1 moves it."""
        return self.scale**2 * self.mean(lambda w: sum(w) ** 2)

    @property
    def name(self) -> str:
        """The law and the dimension in words."""
        divided = "" if self.scale == 1 else f" times {self.scale}"
        return f"d = {self.d}, weights from {tuple(self.values)}{divided}"


LAWS = ((-1, 1), (-1, 0, 1), (-3, 1, 2), (-2, -1, 0, 3))


def check_dimension_independent(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Section 5: vulnerability grows like d with weights of one size, like √d with He's."""
    progress(0.0, "all weights of one neuron")
    fixed = [Neuron(d=d, values=law) for law in LAWS for d in range(1, 7)]
    centred = [neuron for neuron in fixed if not sum(neuron.values)]
    scaled = [
        Neuron(d=root**2, values=law, scale=Fraction(1, root))
        for law in LAWS
        for root in (1, 2, 3)
        if len(law) ** root**2 < 100_000
    ]
    return Evidence(
        method=(
            "One output that is connected to all d inputs, the model of Goodfellow et al. The "
            "weights are drawn from laws with 2 to 4 values; all weight vectors are counted, for d "
            "up to 6 and, divided by √d, for d = 1, 4, 9, so that means are exact fractions. An "
            "attack of size ε_∞ d^(1/p) moves this output by ε_∞ d^(1/p) ‖w‖_q, without any "
            "approximation."
        ),
        stated=[
            compare(
                "an l_∞-attack moves the output by d times what it does at d = 1, in the mean",
                fixed,
                lambda n: _differs(n, n.l_infinity_gain, n.d * _one(n).l_infinity_gain),
            ),
            compare(
                "an l_2-attack, too, in the root mean square",
                fixed,
                lambda n: _differs(n, n.l_2_gain_squared, n.d**2 * _one(n).l_2_gain_squared),
            ),
            compare(
                "divided by √d, the weights let an l_∞-attack gain √d instead of d",
                scaled,
                lambda n: _differs(n, n.l_infinity_gain**2, n.d * _one(n).l_infinity_gain ** 2),
            ),
        ],
        controls=[
            compare(
                "false neighbour: by d^(3/2) times what it does at d = 1",
                fixed,
                lambda n: _differs(n, n.l_infinity_gain**2, n.d**3 * _one(n).l_infinity_gain ** 2),
            ),
            compare(
                "false neighbour: by d times it, if the weights are divided by √d",
                scaled,
                lambda n: _differs(n, n.l_infinity_gain, n.d * _one(n).l_infinity_gain),
            ),
            compare(
                "false neighbour: all pixels changed by the same amount move the output by d times "
                "what they do at d = 1, in the root mean square, too (centred weights)",
                centred,
                lambda n: _differs(n, n.noise_squared, n.d**2 * _one(n).noise_squared),
            ),
        ],
        tables=[
            Table(
                title="Weights of −1 or 1: mean change of the output, pixels changed by 1",
                columns=["d", "attack", "attack, weights over √d", "all pixels alike, r.m.s."],
                rows=[
                    [n.d, str(n.l_infinity_gain), n.d**0.5, float(n.noise_squared) ** 0.5]
                    for n in fixed
                    if n.values == LAWS[0]
                ],
            )
        ],
    )


def _one(neuron: Neuron) -> Neuron:
    """The same law with one input."""
    return Neuron(d=1, values=neuron.values)


def _differs(neuron: Neuron, value: Fraction, predicted: Fraction) -> str:
    return "" if value == predicted else f"{neuron.name}: {value}, not {predicted}"
