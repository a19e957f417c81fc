"""A ledger: claims, the figures that they are about, and the verdicts that are expected.

A set of statements is one `Ledger` value, such as `sqrtd.ledgers.paper.LEDGER`. All that reads,
runs and reports a ledger takes it as an argument. Nothing here imports a check, so that listing
the claims takes no time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from evidence.findings import Evidence, Progress

if TYPE_CHECKING:
    import torch

    from empirical.data.images import ImageData
    from empirical.measures.trained import Sweep
    from simulations.engine.sampler import Sampler


class NotCheckedError(Exception):
    """Raised by a check that lacks what it needs; the message says what that is."""


class Verdict(StrEnum):
    """The ledger's word on a claim, or on its corrected statement."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted as printed"
    UNDECIDED = "undecided"
    NOT_CHECKED = "not checked"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a run is given.

    Attributes
    ----------
    seed : decides every random number of the run.
    budget : how much may be sampled, relative to the default 1.
    device : where networks are sampled and trained.
    data : the images to train on.
    images : the same as the user named them, such as "digits".
    sampler : gives the claims on random networks their samples; claims share what they share.
    sweeps : trained networks, by figure of the ledger, as earlier runs recorded them.
    """

    seed: int
    budget: float
    device: "torch.device"
    data: "ImageData"
    sampler: "Sampler"
    sweeps: "Mapping[str, Sweep]" = field(default_factory=dict)
    images: str = "digits"


Check: TypeAlias = Callable[[Settings, Progress], Evidence]
"""Puts one claim to the test. Equal checks are run once, and all their claims share the evidence.
The kinds of check are in `sqrtd.verdicts.checks`."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement of a ledger's source, or one of ours that its check rests on.

    Attributes
    ----------
    id : stable name, such as "lemma-7".
    where : where it stands in the source.
    statement : what it says, in our words.
    check : puts it to the test; None where no check exists yet.
    reason : why there is no check.
    corrected : the statement that `Evidence.corrected` tests, for a claim whose print fails.
    repeats : id of the claim of which this one is a part or another wording.
    ours : whether the statement is ours and not the source's.
    """

    id: str
    where: str
    statement: str
    check: Check | None = None
    reason: str = ""
    corrected: str = ""
    repeats: str = ""
    ours: bool = False

    def __post_init__(self) -> None:
        if (self.check is None) == (self.reason == ""):
            raise ValueError(f"{self.id}: a claim has either a check or a reason for having none")


ExpectedVerdict: TypeAlias = tuple[Verdict, Verdict | None]
"""On the statement as printed, and on its correction."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A set of statements to put to the test.

    Attributes
    ----------
    source : what the statements are from, in one word, such as "paper".
    title : authors, title and year of the source, in Markdown.
    claims : in the source's order, then ours.
    figures : by name of a figure that networks are trained for, the function that draws it from
        their sweep, as "module:function".
    expected : by claim, the verdict that the sampled part of its check should give.
    """

    source: str
    title: str
    claims: Sequence[Claim]
    figures: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, ExpectedVerdict] = field(default_factory=dict)

    @property
    def report(self) -> Path:
        """File of the report, relative to the output folder, such as paper_checks.md."""
        return Path(f"{self.source}_checks.md")
