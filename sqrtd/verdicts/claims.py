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

from evidence.findings import Evidence, Outcome, Progress

if TYPE_CHECKING:
    import torch

    from empirical.data.images import ImageData
    from empirical.measures.trained import Sweep
    from simulations.engine.sampler import Sampler


class NotCheckedError(Exception):
    """Raised by a check that lacks what it needs; the message says what that is."""


class TooFewNetworksError(NotCheckedError):
    """Raised by a check that only lacks more networks of the same kinds.

    Attributes
    ----------
    factor : how many times as many it needs.
    """

    def __init__(self, message: str, factor: float) -> None:
        super().__init__(message)
        self.factor = factor


class Verdict(StrEnum):
    """The ledger's word on a claim, from what stands to what does not, then what is open."""

    HOLDS = "holds"
    MISPRINT = "holds, misprint mended"
    CONDITION = "holds under a condition"
    CONSTANT = "wrong constant or order"
    FAILS = "fails"
    NOT_REPRODUCED = "not reproduced at this scale"
    UNDECIDED = "undecided"
    NOT_CHECKED = "not checked"
    ERROR = "error"


STANDS = (Verdict.HOLDS, Verdict.MISPRINT, Verdict.CONDITION, Verdict.CONSTANT)
"""Verdicts on a statement that may be believed, as it is or as it was mended."""


KINDS_OF_CORRECTION = (
    Verdict.MISPRINT,
    Verdict.CONDITION,
    Verdict.CONSTANT,
    Verdict.FAILS,
    Verdict.NOT_REPRODUCED,
)


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What holds instead of a statement that fails, and what kind of fault that makes it.

    Attributes
    ----------
    kind : the verdict on a statement that fails while this correction holds.
        - `Verdict.MISPRINT`: a sign, an index or an exponent; the paper itself uses the corrected
          form, at the place `used_in`, or nowhere, but then the fault cancels in all that it draws
          from it, as `cancels_in` says.
        - `Verdict.CONDITION`: the statement holds once a condition is added.
        - `Verdict.CONSTANT`: its form is right, a factor or a power is not.
        - `Verdict.FAILS`: something else holds.
        - `Verdict.NOT_REPRODUCED`: networks smaller than the paper's show something else.
    statement : the corrected statement, which `Evidence.corrected` tests.
    used_in : where the paper uses the corrected form, such as "the proof of Theorem 6".
    cancels_in : of a misprint that is nowhere printed right, where its fault cancels.

    Raises
    ------
    ValueError : another kind, or a misprint that does not say either of these places.
    """

    kind: Verdict
    statement: str
    used_in: str = ""
    cancels_in: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS_OF_CORRECTION:
            raise ValueError(f"{self.kind} is no kind of correction")
        if (self.kind is Verdict.MISPRINT) != (bool(self.used_in) != bool(self.cancels_in)):
            raise ValueError(
                "a misprint, and nothing else, says where the paper has it right, or where it "
                "cancels"
            )


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
    trained : networks that the run itself has trained, by experiment.
    error : probability, at most, of deciding a statement wrongly, in either direction.
    sampler : gives the claims on random networks their samples; claims share what they share.
    sweeps : trained networks, by figure of the ledger, as earlier runs recorded them.
    """

    seed: int
    budget: float
    device: "torch.device"
    data: "ImageData"
    error: float
    sampler: "Sampler"
    sweeps: "Mapping[str, Sweep]" = field(default_factory=dict)
    images: str = "digits"
    trained: "dict[str, Sweep]" = field(default_factory=dict)


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
    statement : what it says, in the reading that a careful author would defend.
    literal : what its words say to the letter, where that differs; `Evidence.literal` tests it.
    check : puts it to the test; None where no check exists yet.
    reason : why there is no check.
    correction : what holds instead, if the statement fails.
    in_short : in a few words, where it does not simply hold: the condition, what the misprint
        should be, what holds instead, or else what its words claim too much to the letter.
    margin : the margin that decides it, in words, where we chose it and not the source, such as
        "“much more” as a factor of 2". The verdict then never is that the statement fails.
    scale : how far the networks of the check are from the source's own, for trained ones.
    rests_on : ids of the claims that the statement needs to make sense or to be true.
    proof_rests_on : ids of the claims that its proof in the source uses.
    proof : the theorem of `theory/proofs` that a machine has checked, as "module:name", or empty.
    repeats : id of the claim of which this one is a part or another wording.
    explains : id of the claim on what the source sees, of which this one gives the reason.
    ours : whether the statement is ours and not the source's.
    """

    id: str
    where: str
    statement: str
    literal: str = ""
    check: Check | None = None
    reason: str = ""
    correction: Correction | None = None
    in_short: str = ""
    margin: str = ""
    scale: str = ""
    rests_on: tuple[str, ...] = ()
    proof_rests_on: tuple[str, ...] = ()
    proof: str = ""
    repeats: str = ""
    explains: str = ""
    ours: bool = False

    def __post_init__(self) -> None:
        if (self.check is None) == (self.reason == ""):
            raise ValueError(f"{self.id}: a claim has either a check or a reason for having none")


ExpectedOutcomes: TypeAlias = tuple[Outcome, Outcome | None]
"""Of the statement, and of its correction where it fails."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A set of statements to put to the test.

    Attributes
    ----------
    source : what the statements are from, in one word, such as "paper".
    title : authors, title and year of the source, in Markdown.
    claims : in the source's order, then ours.
    main : the numbers of its main statements, such as "Theorem 3" (`sqrtd.verdicts.concordance`).
    figures : by name of a figure that networks are trained for, the function that draws it from
        their sweep, as "module:function".
    expected : by claim, the outcomes that the sampled part of its check should have.
    """

    source: str
    title: str
    claims: Sequence[Claim]
    main: Sequence[str] = ()
    figures: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, ExpectedOutcomes] = field(default_factory=dict)

    @property
    def report(self) -> Path:
        """File of the report, relative to the output folder, such as paper_checks.md."""
        return Path(f"{self.source}_checks.md")
