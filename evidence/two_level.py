"""Intervals over networks *and* images, for networks measured on the same held-out images.

Networks are the independent units; images are not within networks but crossed with them: a hard
image is hard for all. With y_ij for network i and image j, the mean over R networks and N images
has the variance σ_networks²/R + σ_images²/N + σ_rest²/(RN). The variance of the R network means,
over R, estimates the first and the last part; the variance of the N image means, over N, the
second and the last. So the interval is that of a sum of two independent parts, or of one part a
group of networks and one of the images (`evidence.sums`). Of normal samples the estimates of their
variances are independent of the mean and of each other. The last part counts twice, as in the
two-way bootstrap of Owen and Eckles (2012, Ann. Appl. Stat. 6): that errs on the safe side, by a
factor of √2 at most.

One number of degrees of freedom for both levels (Satterthwaite's) would not do: with few networks
whose means happen to lie close together it trusts the images, and misses far too often.

The estimand is a mean over the law of trained networks (initial weights, order of the images) and
over the population that the held-out images were drawn from; the *training* images are taken as
they are.

The image means are skewed where events are rare or norms heavy-tailed, and the interval is longer
for it. Norms of the loss gradient had skewness 1.7 over images of CIFAR-10. Where too few
predictions change for a mean of images to be nearly normal, the interval is infinite and says so.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evidence.errors import LackingRecordsError
from evidence.intervals import Interval
from evidence.levels import require_error_level
from evidence.means import Samples
from evidence.shares import share_interval
from evidence.sums import half_width, mean_part

ONE_NETWORK = "one network: over images only, blind to how trainings differ"


def two_level_interval(samples: Samples, error: float) -> Interval:
    """Interval for the mean over networks and images.

    Parameters
    ----------
    samples : one measure of R networks on the same N >= 2 images, shape (R, N), such as a norm, a
        loss, or 1 where a prediction changed. With one network the interval is for this network,
        over images, and its `note` says so; for zeros and ones it is then the exact one of Clopper
        and Pearson (1934, Biometrika 26).
    error : probability of a miss, in (0, 1).

    Returns
    -------
    The interval; `samples` counts the networks, or the images of a single network.

    Raises
    ------
    ValueError : another shape, fewer than two images, samples that are not finite, or an error not
        in (0, 1).
    """
    interval = two_level_contrast([samples], [1.0], error)
    if len(samples) > 1 or not np.isin(samples, (0, 1)).all():
        return interval
    exact = share_interval(int(samples.sum()), samples.size, error)
    return replace(exact, note=ONE_NETWORK)


def two_level_contrast(
    groups: Sequence[Samples], coefficients: Sequence[float], error: float
) -> Interval:
    """Interval for a linear combination of the means of groups of independent networks.

    A difference of two architectures has the coefficients 1 and -1; an exponent has those of
    `evidence.means.slope_coefficients` and groups of `log_of_mean`. What an image does to
    all groups alike cancels. Networks that are paired over the groups, by equal initial weights,
    are combined before instead: `two_level_interval` of the combined arrays.

    Parameters
    ----------
    groups : one array a group as in `two_level_interval`, shape (R_g, N), with the same N images.
    coefficients : one a group.
    error : probability of a miss, in (0, 1).

    Raises
    ------
    ValueError : as in `two_level_interval`, or groups of unequal images.
    """
    require_error_level(error)
    shapes = [samples.shape for samples in groups]
    if any(len(shape) != 2 or shape[0] < 1 or shape[1] < 2 for shape in shapes):
        raise ValueError(f"wanted are (networks, images), 1 and 2 at least, not {shapes}")
    if len({shape[1] for shape in shapes}) != 1:
        raise ValueError(f"all groups need the same images, not {shapes}")
    if not all(np.isfinite(samples).all() for samples in groups):
        raise ValueError("an interval needs finite samples")
    images = shapes[0][1]
    weighted = list(zip(coefficients, groups, strict=True))
    by_image: Samples = np.sum(
        [a * samples.mean(axis=0, dtype=np.float64) for a, samples in weighted], axis=0
    )
    several = [(a, samples) for a, samples in weighted if len(samples) > 1]
    half, note = half_width(
        [
            mean_part(by_image, 1.0),
            *(mean_part(samples.mean(axis=1, dtype=np.float64), a) for a, samples in several),
        ],
        error,
    )
    if not note and len(several) < len(weighted):
        note = ONE_NETWORK
    networks = sum(len(samples) for samples in groups)
    return Interval.around(
        float(by_image.mean()),
        half,
        error=error,
        samples=images if networks == len(groups) else networks,
        note=note,
    )


def log_of_mean(samples: Samples) -> Samples:
    """Turn the samples of means into samples of their logarithms, for ratios and exponents.

    Network i of mean m_i becomes log m_i + (y_ij - m_i) / m_i: its mean over the images is log m_i
    itself, and its spread over them that of log m_i to the first order (delta method). A typical
    size is `two_level_interval(log_of_mean(samples), error).exponential()`.

    Parameters
    ----------
    samples : shape (R, N); each network's mean must be positive.

    Raises
    ------
    LackingRecordsError : a network whose mean is not positive, such as one where no prediction
        changed.
    """
    means = samples.mean(axis=1, dtype=np.float64, keepdims=True)
    if not (means > 0).all():
        raise LackingRecordsError(
            f"a logarithm needs positive means, but of {len(samples)} networks "
            f"{int((~(means > 0)).sum())} have none"
        )
    logarithms: Samples = np.log(means) + (samples - means) / means
    return logarithms
