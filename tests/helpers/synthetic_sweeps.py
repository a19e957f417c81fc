"""Sweeps of Figure 2 whose law is known: nothing is trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from empirical.measures.image_measures import ImageMeasures
from empirical.measures.trained import Cell, Sweep, TrainedNetwork

STRENGTHS = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032)
D = 3072
METHODS = (
    "l1-penalty",
    "l2-penalty",
    "linf-augmentation",
    "l2-augmentation",
    "l2-through-attack",
    "cross-lipschitz",
)
OWN_UNIT = 50.0
"""Cross-Lipschitz' epsilon over the epsilon that does the same."""


@dataclass(frozen=True)
class Point:
    """The expectations of one cell."""

    norm: float
    norm_l2: float
    vulnerability: float
    accuracy: float
    vulnerability_l2: float | None = None  # as to FGSM


def paper(method: str, epsilon: float) -> Point:
    """Return what Section 4.2 says of Figure 2."""
    if method == "cross-lipschitz":
        epsilon /= OWN_UNIT
    norm = 20 / (1 + epsilon / 0.004) ** 0.9
    return Point(
        norm=norm,
        norm_l2=norm * np.sqrt(np.pi / 2 / D),
        vulnerability=0.5 * (1 - np.exp(-norm / 25)),
        accuracy=hill(epsilon),
    )


def hill(epsilon: float) -> float:
    """Accuracy that rises by some points and then tumbles."""
    rise = 0.06 * epsilon / (epsilon + 0.001)
    return 0.7 + rise - 0.35 * (epsilon / 0.032) ** 2


def outcomes(findings, containing=""):
    """Return the outcomes of the findings on something; there are some."""
    chosen = [finding.outcome for finding in findings if containing in finding.statement]
    assert chosen
    return set(chosen)


def changed(methods, **by):
    """Return the paper's law with expectations of some methods passed through functions."""

    def point(method, epsilon):
        one = paper(method, epsilon)
        if method not in methods:
            return one
        return replace(one, **{name: f(getattr(one, name)) for name, f in by.items()})

    return point


@dataclass(frozen=True)
class Law:
    """How networks scatter around a cell's expectations."""

    point: Callable[[str, float], Point] = paper
    networks: int = 6
    images: int = 400
    spread: float = 0.02
    methods: Sequence[str] = METHODS
    strengths: Sequence[float] = STRENGTHS
    seconds: Mapping[str, float] = field(default_factory=dict)


def sweep(law: Law, *, seed: int = 0) -> Sweep:
    """Draw a sweep: images that are hard for all networks, networks that differ by `spread`."""
    rng = np.random.default_rng(seed)
    hard = rng.permutation((np.arange(law.images) + 0.5) / law.images)
    near = rng.permutation((np.arange(law.images) + 0.5) / law.images)
    cells = [Cell(network="paper-figure-2", size=32)] + [
        Cell(network="paper-figure-2", size=32, method=method, epsilon=epsilon)
        for method in law.methods
        for epsilon in (
            [OWN_UNIT * e for e in law.strengths] if method == "cross-lipschitz" else law.strengths
        )
    ]
    networks = []
    for cell in cells:
        point = law.point(cell.method, cell.epsilon)
        for index in range(law.networks):
            chance = np.exp(law.spread * rng.normal())
            own = 0.003 * rng.normal(size=2)
            # Each network draws for itself on a tenth of the images, or images would cancel.
            mixed = [
                np.where(rng.random(law.images) < 0.1, rng.random(law.images), order)
                for order in (hard, near)
            ]
            size = chance * np.exp(0.3 * (2 * hard - 1)) * 0.3 / np.sinh(0.3)
            correct = mixed[0] < point.accuracy + own[0]
            to_fgsm, to_l2 = (
                mixed[1] < share * chance + own[1] * share
                for share in (
                    point.vulnerability,
                    point.vulnerability
                    if point.vulnerability_l2 is None
                    else point.vulnerability_l2,
                )
            )
            networks.append(
                TrainedNetwork(
                    cell=cell,
                    index=index,
                    d=D,
                    measures=ImageMeasures(
                        correct=correct,
                        loss=-np.log(np.where(correct, 0.9, 0.1)),
                        gradient_norm=point.norm * size,
                        gradient_norm_l2=point.norm_l2 * size * np.exp(0.005 * rng.normal()),
                        changed=to_fgsm,
                        still_correct=correct & ~to_fgsm,
                        increase=0.006 * point.norm * size,
                        changed_l2=to_l2,
                        still_correct_l2=correct & ~to_l2,
                    ),
                    training_loss=0.5,
                    seconds=law.seconds.get(cell.method, 10.0),
                )
            )
    return Sweep(name="synthetic", data="synthetic images", epsilon=0.006, networks=networks)
