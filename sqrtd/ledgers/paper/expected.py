"""Outcomes that samples should have at the default budget, whatever the seed.

They are about the sampled part of a check alone: of the statement, then of its correction.
"""

from evidence.findings import Outcome
from sqrtd.verdicts.claims import ExpectedOutcomes

HOLDS = (Outcome.HOLDS, None)
CORRECTED = (Outcome.FAILS, Outcome.HOLDS)

EXPECTED: dict[str, ExpectedOutcomes] = {
    "eq-6": HOLDS,
    "section-3-1": HOLDS,
    "h1": CORRECTED,
    "batch-norm-hypotheses": HOLDS,
    "theorem-3": HOLDS,
    "eq-7": HOLDS,
    "eq-8": HOLDS,
    "theorem-3-step-2": HOLDS,
    "theorem-4": HOLDS,
    "corollary-5": CORRECTED,
    "theorem-6": CORRECTED,
    "section-3-3-one-pixel": HOLDS,
    "figure-3-initialization": CORRECTED,
    "eq-13": HOLDS,
    "figure-2e-initialization": HOLDS,
    "oracle-second-moment": HOLDS,
    "oracle-fourth-moment": HOLDS,
    "oracle-dense-law": HOLDS,
    "oracle-convolution": HOLDS,
}
