"""Eq. 17 and Appendix C: attack-sizes that keep the signal-to-noise ratio at a threshold."""

import math
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp

from evidence.findings import Evidence, Exact, Progress, Table, compare, silent
from theory.attacks.norms import ROUNDING, best_perturbation, norm
from theory.attacks.smooth_networks import Array
from theory.checks.subjects.sized_vectors import EXPONENTS, identity_in_symbols, listed

RATIO_EXPONENTS = (2.0, 3.0, 10.0, math.inf)
RATIO_DIMENSIONS = (100, 1_000, 10_000, 100_000)
RATIO_MARGIN = 0.1


@dataclass(frozen=True, kw_only=True)
class Noise:
    """An image and directions of perturbations.

    Attributes
    ----------
    p : exponent of the attack's norm.
    image : x, shape (d,).
    directions : perturbations of l_p-norm 1, shape (T, d): one pixel, all pixels alike, others.
    threshold : ε; the threshold of the signal-to-noise ratio is 1/ε.
    """

    p: float
    image: Array
    directions: Array
    threshold: float

    @property
    def d(self) -> int:
        """The number of pixels."""
        return len(self.image)

    @property
    def allowed(self) -> float:
        """The largest ‖δ‖_2 of a ratio that is at least 1/ε."""
        return self.threshold * float(norm(self.image, 2))

    @property
    def printed_size(self) -> float:
        """ε_p as printed in Eq. 17."""
        return self.allowed * float(self.d ** (1 / self.p - 1 / 2))

    @property
    def guaranteed_size(self) -> float:
        """The largest ε_p whose l_p-ball lies in the l_2-ball of the allowed perturbations."""
        return self.allowed * float(min(1.0, self.d ** (1 / self.p - 1 / 2)))

    @property
    def name(self) -> str:
        """The case in words."""
        return f"d = {self.d}, p = {self.p:g}, x = {listed(self.image)}, ε = {self.threshold:g}"


def check_equation_17(*, seed: int, progress: Progress = silent) -> Evidence:
    """Eq. 17: the ε_p for which the signal-to-noise ratio never passes 1/ε."""
    progress(0.0, "signal-to-noise ratios")
    cases = _cases(np.random.default_rng([seed, 17]))
    from_two = [case for case in cases if case.p >= 2]
    return Evidence(
        method=(
            "An l_p-ball lies in an l_2-ball exactly if its longest vectors do: one pixel alone "
            "for p ≤ 2, all pixels alike for p ≥ 2, so that sup ‖δ‖_2 = ε_p max(1, d^(1/2 − 1/p)). "
            "These two, each pixel alone, and random perturbations are compared, to 1e-12, on "
            "images of up to 50 pixels, p from 1 to ∞. To the letter the ratio is “never greater” "
            "than 1/ε; a smaller perturbation always has a greater one, so the text must mean "
            "“never smaller”."
        ),
        stated=[
            compare(
                "with Eq. 17, the ratio is never smaller than 1/ε over the ball, for 1 ≤ p ≤ ∞",
                cases,
                lambda case: _ratio_passes(case, case.printed_size, above=False),
            ),
            _equation_5_again(),
        ],
        literal=[
            compare(
                "with Eq. 17, the ratio is never greater than 1/ε over the ball",
                cases,
                lambda case: _ratio_passes(case, case.printed_size / 2, above=True),
            )
        ],
        corrected=[
            compare(
                "with Eq. 17, the ratio is never smaller than 1/ε over the ball, for p ≥ 2",
                from_two,
                lambda case: _ratio_passes(case, case.printed_size, above=False),
            ),
            compare(
                "with ε_p = ε‖x‖_2 min(1, d^(1/p − 1/2)), which is ε‖x‖_2 for p ≤ 2, it is not "
                "for any p",
                cases,
                lambda case: _ratio_passes(case, case.guaranteed_size, above=False),
            ),
            compare(
                "and the ratio reaches 1/ε, so that no larger ε_p would do",
                cases,
                lambda case: _is_not_reached(case, case.guaranteed_size),
            ),
        ],
        controls=[
            compare(
                "false neighbour: with 1.05 times Eq. 17, for p ≥ 2",
                from_two,
                lambda case: _ratio_passes(case, 1.05 * case.printed_size, above=False),
            ),
            compare(
                "false neighbour: for p ≥ 1.5",
                [case for case in cases if case.p >= 1.5],
                lambda case: _ratio_passes(case, case.printed_size, above=False),
            ),
            compare(
                "false neighbour: with d^(1/2 − 1/p), the exponent's sign reversed",
                cases,
                lambda case: _ratio_passes(case, case.allowed**2 / case.printed_size, above=False),
            ),
            compare(
                "false neighbour: with max for min, the inclusion of the l_2- in the l_p-ball",
                cases,
                lambda case: _ratio_passes(case, max(case.allowed, case.printed_size), above=False),
            ),
            compare(
                "false neighbour: the largest such ε_p is ε‖x‖_2 d^(−1/2) for every p",
                cases,
                lambda case: _is_not_reached(case, case.allowed * case.d**-0.5),
            ),
        ],
        tables=[
            Table(
                title="ε_p over ε‖x‖_2 at d = 100, and the smallest ratio over 1/ε under Eq. 17",
                columns=["p", "as printed", "corrected", "smallest ratio as printed"],
                rows=[
                    [
                        f"{p:g}",
                        100 ** (1 / p - 0.5),
                        min(1.0, 100 ** (1 / p - 0.5)),
                        min(1.0, 100 ** (0.5 - 1 / p)),
                    ]
                    for p in EXPONENTS
                ],
            )
        ],
    )


def check_appendix_c(*, seed: int, progress: Progress = silent) -> Evidence:
    """Appendix C: if ‖x‖_2 grows like √d, Eq. 17 gives ε_p = ε_∞ d^(1/p) again."""
    progress(0.0, "signal-to-noise ratios at growing dimension")
    cases = [_with_mean_square_one(case) for case in _cases(np.random.default_rng([seed, 18]))]
    return Evidence(
        method=(
            "Random images of up to 50 pixels, scaled to the mean square 1, to 1e-12. That natural "
            "images keep their mean square when they are resized or cropped is "
            "appendix-c-mean-square, and for which p Eq. 17 keeps the ratio is eq-17."
        ),
        stated=[
            compare(
                "Eq. 17 is ε d^(1/p), with one ε_∞ = ε for all d and p",
                cases,
                lambda case: _is_another_size(case, case.d ** (1 / case.p)),
            ),
            compare(
                "under it, perturbations of all pixels alike have the ratio 1/ε, for all d and p",
                cases,
                _uniform_ratio_differs,
            ),
        ],
        controls=[
            compare(
                "false neighbour: Eq. 17 is ε d^(1.02/p)",
                cases,
                lambda case: _is_another_size(case, case.d ** (1.02 / case.p)),
            ),
            compare(
                "false neighbour: the same if ‖x‖_2 ∝ d^0.52",
                [_brighter(case, case.d**0.02) for case in cases],
                lambda case: _is_another_size(case, case.d ** (1 / case.p)),
            ),
        ],
    )


def check_average_ratio(*, seed: int, progress: Progress = silent) -> Evidence:
    """Section 2: ε_p = ε_∞ d^(1/p) preserves the average signal-to-noise ratio."""
    progress(0.0, "signal-to-noise ratios of attacks")
    drawn = np.random.default_rng([seed, 19]).normal(size=max(RATIO_DIMENSIONS))
    cases = [(p, d) for p in RATIO_EXPONENTS for d in RATIO_DIMENSIONS]

    def ratio(case: tuple[float, int], power: float = 1.0) -> float:
        p, d = case
        size = float(d) ** (power / p)
        return math.sqrt(d) / float(norm(best_perturbation(drawn[:d], p, size=size), 2))

    def differs(case: tuple[float, int], power: float = 1.0) -> str:
        value = ratio(case, power)
        if 1 / (1 + RATIO_MARGIN) <= value <= 1 + RATIO_MARGIN:
            return ""
        return f"p = {case[0]:g}, d = {case[1]:,}: ratio {value:.3g} instead of 1"

    return Evidence(
        method=(
            "The ratio ‖x‖_2 / ‖δ‖_2 for images of mean square 1 and the best l_p-attack of size "
            "d^(1/p), on a gradient of d random normal coordinates. It is 1 for p = 2 and p = ∞, "
            "the attacks of the paper; for others “preserved” is read as within 10 %. To the "
            "letter p = 1 is among the norms of Lemma 1: that attack changes one pixel by d."
        ),
        stated=[
            compare("the ratio is the same for all d and 2 ≤ p ≤ ∞", cases, differs),
        ],
        literal=[compare("the same at p = 1", [(1.0, d) for d in RATIO_DIMENSIONS], differs)],
        controls=[
            compare(
                "false neighbour: with thresholds d^(1.05/p)",
                cases,
                lambda case: differs(case, 1.05),
            ),
            compare(
                "false neighbour: with thresholds d^(0.95/p)",
                cases,
                lambda case: differs(case, 0.95),
            ),
        ],
        tables=[
            Table(
                title="Ratio ‖x‖_2 / ‖δ‖_2 of l_p-attacks of size d^(1/p), mean square of x 1",
                columns=["p", *(f"d = {d:,}" for d in RATIO_DIMENSIONS)],
                rows=[
                    [f"{p:g}", *(ratio((p, d)) for d in RATIO_DIMENSIONS)]
                    for p in (1.0, 1.25, 1.5, *RATIO_EXPONENTS)
                ],
            )
        ],
    )


def _cases(rng: np.random.Generator) -> list[Noise]:
    """One bright pixel first, small dimensions first."""
    cases = []
    for d in (1, 2, 3, 10, 50):
        directions = np.concatenate([np.eye(d), np.ones((1, d)), rng.normal(size=(40, d))])
        images = [np.eye(d)[0], np.ones(d), rng.uniform(size=d)]
        for p in (*EXPONENTS, *(1 / rng.uniform(0.02, 1, size=4))):
            scaled = directions / norm(directions, float(p))[:, None]
            cases += [
                Noise(p=float(p), image=image, directions=scaled, threshold=threshold)
                for image in images
                for threshold in (0.5, 0.1)
            ]
    return cases


def _with_mean_square_one(case: Noise) -> Noise:
    return _brighter(case, (case.image**2).mean() ** -0.5)


def _brighter(case: Noise, factor: float) -> Noise:
    return replace(case, image=factor * case.image)


def _is_another_size(case: Noise, predicted: float) -> str:
    """Compare Eq. 17 with ε times what is predicted."""
    if math.isclose(case.printed_size, case.threshold * predicted, rel_tol=ROUNDING):
        return ""
    return f"{case.name}: {case.printed_size:.4g}, predicted {case.threshold * predicted:.4g}"


def _ratio_passes(case: Noise, size: float, *, above: bool) -> str:
    """Describe a perturbation of l_p-norm `size` whose ratio is above, or below, 1/ε."""
    lengths = size * norm(case.directions, 2)
    chosen = int(lengths.argmin() if above else lengths.argmax())
    ratio = float(norm(case.image, 2)) / float(lengths[chosen])
    threshold = 1 / case.threshold
    passes = ratio > threshold * (1 + ROUNDING) if above else ratio < threshold * (1 - ROUNDING)
    if not passes:
        return ""
    delta = ", ".join(f"{value:.3g}" for value in size * case.directions[chosen][:4])
    return f"{case.name}: δ = ({delta}) has the ratio {ratio:.4g}, threshold {threshold:g}"


def _is_not_reached(case: Noise, size: float) -> str:
    smallest = float(norm(case.image, 2)) / (size * float(norm(case.directions, 2).max()))
    if smallest <= (1 + ROUNDING) / case.threshold:
        return ""
    return f"{case.name}: every ratio is at least {smallest:.4g}, threshold {1 / case.threshold:g}"


def _uniform_ratio_differs(case: Noise) -> str:
    uniform = np.full(case.d, case.printed_size * case.d ** (-1 / case.p))
    ratio = float(norm(case.image, 2) / norm(uniform, 2))
    if math.isclose(ratio * case.threshold, 1, rel_tol=ROUNDING):
        return ""
    return f"{case.name}: the ratio of equal pixels is {ratio:.4g}"


def _equation_5_again() -> Exact:
    d, p, size = sp.symbols("d p size", positive=True)
    equation_17 = size * d ** (1 / p - sp.Rational(1, 2))
    at_infinity = sp.limit(equation_17, p, sp.oo)
    return identity_in_symbols(
        "Eq. 17 gives again ε_p = ε_∞ d^(1/p)", equation_17 - at_infinity * d ** (1 / p)
    )
