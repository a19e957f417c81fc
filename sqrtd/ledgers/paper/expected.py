"""Verdicts that samples should give at the default budget, whatever the seed.

They are about the sampled part of a check alone. A claim that is decided exactly, too, may have
another verdict in the report.
"""

from sqrtd.verdicts.claims import ExpectedVerdict, Verdict

CONFIRMED = (Verdict.CONFIRMED, None)
CORRECTED = (Verdict.REFUTED, Verdict.CONFIRMED)

EXPECTED: dict[str, ExpectedVerdict] = {
    "eq-6": CORRECTED,
    "section-3-1": CONFIRMED,
    "h1": CORRECTED,
    "theorem-3": CORRECTED,
    "eq-7": CORRECTED,
    "eq-8": CONFIRMED,
    "theorem-3-step-2": CORRECTED,
    "theorem-4": CORRECTED,
    "corollary-5": CORRECTED,
    "theorem-6": CORRECTED,
    "section-3-3-one-pixel": CONFIRMED,
    "figure-3-initialization": CORRECTED,
    "eq-13": CONFIRMED,
    "figure-2e-initialization": CONFIRMED,
    "oracle-second-moment": CONFIRMED,
    "oracle-fourth-moment": CONFIRMED,
    "oracle-dense-law": CONFIRMED,
    "oracle-convolution": CONFIRMED,
}
