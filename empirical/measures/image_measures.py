"""The measures of a trained network, as numbers: over all held-out images, and on each of them.

Nothing here needs torch, which takes seconds to load: reading recorded networks does without it.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Flags: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Measures of one network on held-out images, as plain numbers.

    Attributes
    ----------
    images : how many, N.
    accuracy : share predicted correctly, of 1.
    loss : mean cross-entropy, in nats.
    gradient_norm, gradient_norm_l2 : means over the images of the l1- and l2-norm of the loss
        gradient ∂_x L(x, c), in nats per standard deviation of a pixel.
    changed : how many predictions FGSM changed.
    accuracy_drop : accuracy before minus accuracy after FGSM, a share of 1.
    increase : mean of L(x + δ, c) - L(x, c), in nats, as in `ImageMeasures`.
    changed_l2 : how many predictions one step along the gradient of l2-size ε√d changed; None where
        it was not measured.
    pgd_changed, pgd_accuracy_drop : as for FGSM, under PGD; None where it was not run.
    """

    images: int
    accuracy: float
    loss: float
    gradient_norm: float
    gradient_norm_l2: float
    changed: int
    accuracy_drop: float
    increase: float
    changed_l2: int | None = None
    pgd_changed: int | None = None
    pgd_accuracy_drop: float | None = None

    @property
    def vulnerability(self) -> float:
        """Share of changed predictions (Definition 1, as far as one gradient step finds it)."""
        return self.changed / self.images

    @property
    def l2_vulnerability(self) -> float | None:
        """Share of predictions that one l2-step changed."""
        return None if self.changed_l2 is None else self.changed_l2 / self.images

    @property
    def pgd_vulnerability(self) -> float | None:
        """Share of changed predictions (Definition 1, as far as PGD finds it)."""
        return None if self.pgd_changed is None else self.pgd_changed / self.images


@dataclass(frozen=True, kw_only=True)
class ImageMeasures:
    """Measures of one network on each held-out image, all of shape (N,), in the images' order.

    Attributes
    ----------
    correct : predicted correctly.
    loss : cross-entropy L(x, c), in nats.
    gradient_norm, gradient_norm_l2 : l1- and l2-norm of ∂_x L(x, c), as in `Measures`. The numbers
        are the network's, in float32 as a rule, and held in float64 so that means round no more.
    changed, still_correct : FGSM changed the prediction; the prediction after it is correct.
    increase : L(x + δ, c) - L(x, c), in nats, for the attack δ of FGSM's size that is best at first
        order, but without the bounds of the pixels, of which Lemma 1 knows none. It is negative
        where the loss bends down.
    changed_l2, still_correct_l2 : as `changed` and `still_correct` for one step along the gradient
        of l2-size ε√d, which is as long as FGSM's (Eq. 5); None in records that lack them.
    pgd_changed, pgd_still_correct : the same for PGD; None where it was not run.
    """

    correct: Flags
    loss: Floats
    gradient_norm: Floats
    gradient_norm_l2: Floats
    changed: Flags
    still_correct: Flags
    increase: Floats
    changed_l2: Flags | None = None
    still_correct_l2: Flags | None = None
    pgd_changed: Flags | None = None
    pgd_still_correct: Flags | None = None

    def summary(self) -> Measures:
        """Average over the images."""
        images, right = len(self.correct), int(self.correct.sum())
        return Measures(
            images=images,
            accuracy=right / images,
            loss=float(self.loss.mean()),
            gradient_norm=float(self.gradient_norm.mean()),
            gradient_norm_l2=float(self.gradient_norm_l2.mean()),
            changed=int(self.changed.sum()),
            accuracy_drop=(right - int(self.still_correct.sum())) / images,
            increase=float(self.increase.mean()),
            changed_l2=None if self.changed_l2 is None else int(self.changed_l2.sum()),
            pgd_changed=None if self.pgd_changed is None else int(self.pgd_changed.sum()),
            pgd_accuracy_drop=(
                None
                if self.pgd_still_correct is None
                else (right - int(self.pgd_still_correct.sum())) / images
            ),
        )
