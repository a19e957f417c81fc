"""Eq. 14, and what Remark 1 takes from it: how far a classification margin protects."""

from fractions import Fraction

import numpy as np

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.checks.subjects.ridge_classifiers import (
    Classifier,
    Ridge,
    parabola,
    ridge_classifiers,
)

RADII = tuple(Fraction(n, 4) for n in (1, 2, 3, 4, 6, 8, 12, 20))


def check_equation_14(*, seed: int, progress: Progress = silent) -> Evidence:
    """Eq. 14: the smallest perturbation that fools the classifier is larger than the bound."""
    classifiers = ridge_classifiers(np.random.default_rng([seed, 14]), progress)
    pairs = [(classifier, radius) for classifier in classifiers for radius in RADII]
    return Evidence(
        method=(
            "Classifiers whose margins are polynomials of degree 1 to 3, with known roots, of one "
            "linear function of the input, in up to 8 dimensions, p in {1, 3/2, 2, 3, ∞}, up to "
            "4 classes. Smallest perturbations, largest gradients over balls, and norms are exact "
            "fractions. A classifier counts as fooled where a rival's logit reaches the target's; "
            "if it must pass it, there is no smallest perturbation, and their infimum is the same. "
            "In the paper the ball's radius ε is the smallest perturbation itself: the "
            "inequality is then one that it satisfies, but no guarantee that can be computed "
            "without it. Hein and Andriushchenko's theorem, which the paper cites, takes a ball of "
            "any radius R, and the minimum with R."
        ),
        stated=[
            compare(
                "the smallest fooling perturbation is at least Eq. 14, with the ball of its own "
                "size",
                classifiers,
                lambda classifier: _not_above(
                    classifier, classifier.bound(classifier.smallest_perturbation)
                ),
            ),
            compare(
                "for every R it is at least min{R, Eq. 14 with the ball of radius R}",
                pairs,
                lambda pair: _not_above(pair[0], min(pair[1], pair[0].bound(pair[1])), pair[1]),
            ),
        ],
        literal=[
            compare(
                "it is larger than Eq. 14, with the ball of its own size",
                classifiers,
                lambda classifier: _not_above(
                    classifier,
                    classifier.bound(classifier.smallest_perturbation),
                    strictly=True,
                ),
            )
        ],
        controls=[
            compare(
                "false neighbour: it is at least 1.05 times Eq. 14",
                classifiers,
                lambda classifier: _not_above(
                    classifier,
                    Fraction(105, 100) * classifier.bound(classifier.smallest_perturbation),
                ),
            ),
            compare(
                "false neighbour: it is at least Eq. 14, with the ball of half its size",
                classifiers,
                lambda classifier: _not_above(
                    classifier, classifier.bound(classifier.smallest_perturbation / 2)
                ),
            ),
            compare(
                "false neighbour: it is at least Eq. 14 with a ball of any radius R",
                pairs,
                lambda pair: _not_above(pair[0], pair[0].bound(pair[1]), pair[1]),
            ),
            compare(
                "false neighbour: with the gradient at x alone",
                [c for c in classifiers if all(r.slope(Fraction(0)) for r in c.rivals)],
                lambda classifier: _not_above(classifier, classifier.bound(Fraction(0))),
            ),
            compare(
                "false neighbour: with the l_p-norm of the gradient",
                pairs,
                lambda pair: _not_above(
                    pair[0],
                    min(pair[1], pair[0].bound(pair[1], norm_of=lambda rival: rival.norm)),
                    pair[1],
                ),
            ),
            compare(
                "false neighbour: with the largest over the classes for the smallest",
                pairs,
                lambda pair: _not_above(
                    pair[0], min(pair[1], pair[0].bound(pair[1], choose=max)), pair[1]
                ),
            ),
        ],
        tables=[
            Table(
                title="Margin 1 − t² in one dimension: the smallest perturbation is 1",
                columns=["radius R", "Eq. 14 with that ball", "min with R"],
                rows=[
                    [str(radius), str(bound), str(min(radius, bound))]
                    for radius in RADII
                    for bound in [parabola().bound(radius)]
                ],
            )
        ],
    )


def check_remark_1_margins(*, seed: int, progress: Progress = silent) -> Evidence:
    """Remark 1: the larger the margin, the larger the logit gradients that a given attack needs."""
    classifiers = ridge_classifiers(np.random.default_rng([seed, 102]), progress)
    ridges = [(c, ridge) for c in classifiers for ridge in c.rivals]
    return Evidence(
        method=(
            "Classifiers of known smallest perturbation, as for Eq. 14. An attack of size r, just "
            "large enough to reach a rival class, is possible only if somewhere in its ball the "
            "difference of the two logits' gradients is as large as the margin over r: so at a "
            "given r it has to grow in proportion to the margin."
        ),
        stated=[
            compare(
                "if an attack of size r reaches class k, then in its ball the largest "
                "‖∂_x f_c − ∂_x f_k‖_q is at least (f_c − f_k) / r",
                ridges,
                lambda case: _needs_less(*case, Fraction(1)),
            )
        ],
        controls=[
            compare(
                "false neighbour: at least 1.05 (f_c − f_k) / r",
                ridges,
                lambda case: _needs_less(*case, Fraction(105, 100)),
            ),
            compare(
                "false neighbour: at x itself, not only somewhere in the ball",
                ridges,
                lambda case: _needs_less(*case, Fraction(1), radius=Fraction(0)),
            ),
        ],
    )


def _not_above(
    classifier: Classifier,
    bound: Fraction,
    radius: Fraction | None = None,
    *,
    strictly: bool = False,
) -> str:
    smallest = classifier.smallest_perturbation
    if smallest > bound or (smallest == bound and not strictly):
        return ""
    where = "" if radius is None else f", R = {radius}"
    return f"{classifier.name}{where}: smallest perturbation {smallest}, bound {bound}"


def _needs_less(
    classifier: Classifier, rival: Ridge, factor: Fraction, *, radius: Fraction | None = None
) -> str:
    """Say where gradients smaller than factor times margin over size let an attack succeed."""
    size = rival.smallest_perturbation
    steepest = rival.steepest(size if radius is None else radius) * rival.dual_norm
    if steepest >= factor * rival.margin / size:
        return ""
    return f"{classifier.name}: margin {rival.margin}, r = {size}, largest gradient {steepest}"
