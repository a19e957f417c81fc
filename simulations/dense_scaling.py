"""Networks at growing input dimension d: the exponents of Section 3.1, Theorem 3, Equation 7.

Inputs are independent standard normal noise. The networks of a dimension are drawn from streams
named by (seed, d, index), so all claims on dense networks read the same ones.
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import torch
from torch import Tensor, nn

from simulations.equivalence import Equivalence
from simulations.gradients import input_gradients
from simulations.half_normal import expected_log_maximum
from simulations.initialization import he_initialize_
from simulations.intervals import Interval, Samples, exponent_interval
from simulations.networks import dense
from simulations.randomness import stream
from simulations.scaling_evidence import power_law, scaling_evidence
from simulations.sequential import Findings, Sampled, sample_until_decided
from theory.evidence import Evidence, Progress, silent

DIMENSIONS = (64, 256, 1024, 4096)
WIDTHS = (64, 64)
LOGITS = 10

EXPONENT_MARGIN = 0.02
"""Over a factor of 64 in d this is a drift of 9 %; the nearest false neighbour is 0.17 away."""

QS = (1.0, 2.0, 4.0, float("inf"))
"""d^(-1/q) ||g||_q grows with q (Jensen), so a law at q = 1 and q = 4 is pinned in between."""

COORDINATE, NORMS = 0, {q: column for column, q in enumerate(QS, start=1)}
"""Columns of the samples: the logarithms of mean |∂_x f_k| and of each ||∂_x L||_q."""

METHOD = (
    f"He-initialized dense ReLU networks ({', '.join(map(str, WIDTHS))} hidden neurons, {LOGITS} "
    f"linear logits, inputs of standard normal noise) are differentiated by autograd at d = "
    f"{', '.join(map(str, DIMENSIONS))}. For each network the logarithms of mean |∂_x f_k| and "
    "||∂_x L||_q are averaged over all logits and all labels; the exponents are slopes of their "
    "means over log d."
)


def check_section_3_1(
    *,
    seed: int,
    error: float,
    budget: float = 1.0,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> Evidence:
    """Test one linear neuron with weights of variance 1/d (Section 3.1).

    The typical coordinate of its gradient falls like 1/√d, so that an l_∞-attack gains like √d.
    """

    def measure(index: int) -> Samples:
        rows = []
        for d in DIMENSIONS:
            neuron = nn.Linear(d, 1, bias=False, device=device)
            generator = stream(seed, "section-3-1", d, index, device=device)
            nn.init.normal_(neuron.weight, std=d**-0.5, generator=generator)
            gradients = input_gradients(neuron, torch.zeros(1, d, device=device)).logit_gradients
            l1_norm = _mean_log_norm(gradients, 1)
            rows.append([l1_norm - np.log(d), l1_norm])
        return np.array(rows)

    def judge(samples: Samples, error: float) -> Findings:
        size, norm = (_exponent(samples, column, error) for column in range(2))
        return Findings(
            printed=[
                _power("mean |∂_x o|", size, -1 / 2),
                _power("ε ||∂_x o||_1, ε constant,", norm, 1 / 2),
            ],
            controls=[_power("mean |∂_x o|", size, false) for false in (-1, -1 / 3)]
            + [_power("ε ||∂_x o||_1, ε constant,", norm, false) for false in (1, 1 / 3)],
        )

    sampled = sample_until_decided(
        measure,
        judge,
        first=200,
        most=800,
        budget=budget,
        error=error,
        progress=progress,
        activity="single neurons",
    )
    return scaling_evidence(
        "section-3-1",
        "One linear neuron with Gaussian weights of variance 1/d is differentiated by autograd at "
        f"d = {', '.join(map(str, DIMENSIONS))}; the exponents are slopes of log-moments over "
        "log d. Attacks with p < ∞ are held under Equation 7.",
        DIMENSIONS,
        sampled,
        {"mean |∂_x o|": (0, power_law(-1 / 2)), "||∂_x o||_1": (1, power_law(1 / 2))},
    )


def check_theorem_3(
    *,
    seed: int,
    error: float,
    budget: float = 1.0,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> Evidence:
    """Test that logit gradients have size 1/√d and loss gradients follow Equation 7 (Theorem 3).

    The theorem states Equation 7 for every l_p-attack, l_1 with its dual norm l_∞ included, so it
    stands or falls with the findings of `check_equation_7`.
    """

    def judge(samples: Samples, error: float) -> Findings:
        size = _exponent(samples, COORDINATE, error)
        equation = _judge_equation_7(samples, error)
        return Findings(
            printed=[_power("mean |∂_x f_k|", size, -1 / 2), *equation.printed],
            corrected=[_power("mean |∂_x f_k|", size, -1 / 2), *equation.corrected],
            controls=[
                *(_power("mean |∂_x f_k|", size, false) for false in (-1, -1 / 3)),
                *equation.controls,
            ],
        )

    return scaling_evidence(
        "theorem-3",
        METHOD,
        DIMENSIONS,
        _sample_dense(judge, seed, error, budget, device, progress),
        {
            "mean |∂_x f_k|": (COORDINATE, power_law(-1 / 2)),
            "||∂_x L||_1": (NORMS[1.0], power_law(1 / 2)),
        },
    )


def check_equation_7(
    *,
    seed: int,
    error: float,
    budget: float = 1.0,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> Evidence:
    """Test ||∂_x L||_q ∝ d^(1/q - 1/2) and ε_p ||∂_x L||_q ∝ √d with ε_p ∝ d^(1/p) (Equation 7).

    At q = ∞ the largest of d coordinates outgrows their typical size by about √(2 log d). The
    corrected statement is Equation 7 for 1 <= q < ∞, and for q = ∞ the growth of the largest of d
    independent half-normals, over √d.
    """
    sup = NORMS[float("inf")]
    return scaling_evidence(
        "eq-7",
        METHOD,
        DIMENSIONS,
        _sample_dense(_judge_equation_7, seed, error, budget, device, progress),
        {
            "||∂_x L||_1": (NORMS[1.0], power_law(1 / 2)),
            "||∂_x L||_2": (NORMS[2.0], power_law(0)),
            "||∂_x L||_4": (NORMS[4.0], power_law(-1 / 4)),
            "||∂_x L||_∞, printed law": (sup, power_law(-1 / 2)),
            "||∂_x L||_∞, corrected law": (sup, _largest_half_normal),
        },
    )


def draw_network(
    seed: int, d: int, index: int, device: torch.device | str
) -> tuple[nn.Sequential, Tensor]:
    """Network `index` of dimension d, and its own input."""
    generator = stream(seed, "dense", d, index, device=device)
    network = dense(d, WIDTHS, LOGITS).to(device)
    he_initialize_(network, generator)
    return network, torch.randn(1, d, generator=generator, device=device)


def _mean_log_norm(gradients: Tensor, q: float) -> float:
    """Mean over the rows of log ||row||_q."""
    return float(torch.linalg.vector_norm(gradients, q, dim=1).log().mean())


def _sample_dense(
    judge: Callable[[Samples, float], Findings],
    seed: int,
    error: float,
    budget: float,
    device: torch.device | str,
    progress: Progress,
) -> Sampled:
    """Sample the columns `COORDINATE` and `NORMS` at all `DIMENSIONS`."""

    def measure(index: int) -> Samples:
        rows = []
        for d in DIMENSIONS:
            gradients = input_gradients(*draw_network(seed, d, index, device))
            size = _mean_log_norm(gradients.logit_gradients, 1) - np.log(d)
            rows.append([size, *(_mean_log_norm(gradients.loss_gradients, q) for q in QS)])
        return np.array(rows)

    return sample_until_decided(
        measure,
        judge,
        first=250,
        most=4000,
        budget=budget,
        error=error,
        progress=progress,
        activity="dense networks",
    )


def _judge_equation_7(samples: Samples, error: float) -> Findings:
    norms = {q: _exponent(samples, column, error) for q, column in NORMS.items()}
    printed = {q: _equation_7(q, norm) for q, norm in norms.items()}
    excess = samples[:, :, NORMS[float("inf")]] - np.log(
        [_largest_half_normal(d) for d in DIMENSIONS]
    )
    return Findings(
        printed=[finding for pair in printed.values() for finding in pair],
        corrected=[
            *(finding for q in QS if q < float("inf") for finding in printed[q]),
            _power(
                "||∂_x L||_∞ over the largest of d half-normals / √d",
                exponent_interval(DIMENSIONS, list(excess.T), error),
                0,
            ),
        ],
        controls=[_power("||∂_x L||_1", norms[1.0], false) for false in (1, 1 / 3)],
    )


def _equation_7(q: float, norm: Interval) -> list[Equivalence]:
    """Both halves of Equation 7 for one q."""
    p = {1.0: float("inf"), float("inf"): 1.0}.get(q) or q / (q - 1)
    name = "∞" if q == float("inf") else f"{q:g}"
    attack = "∞" if p == float("inf") else f"{p:.3g}"
    return [
        _power(f"||∂_x L||_{name}", norm, 1 / q - 1 / 2),
        # ε_p = ε_∞ d^(1/p) is no random number: it shifts the exponent by 1/p.
        _power(f"ε_p ||∂_x L||_{name}, p = {attack},", norm.scaled(1, shift=1 / p), 1 / 2),
    ]


def _exponent(samples: Samples, column: int, error: float) -> Interval:
    return exponent_interval(DIMENSIONS, list(samples[:, :, column].T), error)


def _power(quantity: str, exponent: Interval, predicted: float) -> Equivalence:
    name = Fraction(predicted).limit_denominator(100)
    return exponent.against(
        f"{quantity} ∝ d^γ with γ = {name}", predicted=predicted, margin=EXPONENT_MARGIN
    )


def _largest_half_normal(d: float) -> float:
    """Geometric mean of the largest of d half-normals, over √d."""
    return float(np.exp(expected_log_maximum(int(d))) / np.sqrt(d))
