"""Which claim is about which number of the source, and what tests and proves it.

An id begins with the number that its claim is about: `theorem-3` and `theorem-3-step-2` are about
Theorem 3, `figure-2e-explanation` is about Figure 2e. The other claims are known by their place.
"""

import re
from collections.abc import Sequence

from evidence.findings import Table
from sqrtd.verdicts.checks import CombinedCheck
from sqrtd.verdicts.claims import Check, Claim

KINDS = {
    "definition": "Definition {}",
    "lemma": "Lemma {}",
    "proposition": "Proposition {}",
    "theorem": "Theorem {}",
    "corollary": "Corollary {}",
    "remark": "Remark {}",
    "eq": "Eq. {}",
    "figure": "Figure {}",
    "h": "H{}",
}
NUMBER = re.compile(rf"({'|'.join(KINDS)})-?(\d+[a-z]?)(?![^-])")
PLACE = re.compile(r"(?:Sections?|Appendix) (\d|[A-Z])")


def number(claim: Claim) -> str:
    """Return the number of the source that a claim is about; empty where it is about none."""
    found = NUMBER.match(claim.id)
    return KINDS[found[1]].format(found[2]) if found else ""


def section(claim: Claim) -> str:
    """Return the section of a claim: such as "Section 3", "Appendix A", "Abstract", "Elsewhere"."""
    if claim.ours:
        return "Ours"
    if found := PLACE.search(claim.where):
        return f"{'Section' if found[1].isdigit() else 'Appendix'} {found[1]}"
    return "Abstract" if claim.where.startswith("Abstract") else "Elsewhere"


def by_section(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    """Return the claims of each section, sections and claims in the source's order."""
    sections: dict[str, list[Claim]] = {}
    for claim in claims:
        sections.setdefault(section(claim), []).append(claim)
    return dict(sorted(sections.items(), key=lambda item: _order(item[0])))


def _order(name: str) -> tuple[int, str]:
    kinds = ("Abstract", "Section", "Appendix", "Elsewhere", "Ours")
    return kinds.index(name.partition(" ")[0]), name


def about(claims: Sequence[Claim], wanted: str) -> list[Claim]:
    """Return the claims about a number, or about a part of it: Figure 2e is a part of Figure 2.

    The claim that the number itself names comes first.
    """
    found = [
        claim for claim in claims if re.fullmatch(rf"{re.escape(wanted)}[a-z]?", number(claim))
    ]
    return sorted(found, key=lambda claim: claim.id.lower() != wanted.lower().replace(" ", "-"))


def functions(check: Check | None) -> list[str]:
    """Return the functions of a check, as "module:function"."""
    if isinstance(check, CombinedCheck):
        return [name for part in check.checks for name in functions(part)]
    name = getattr(check, "function", "")  # what all kinds of check call it
    return [name] if name else []


def concordance(claims: Sequence[Claim]) -> Table:
    """Return number, place, claim, checks and proof of every claim."""
    return Table(
        title="what tests each number of the source",
        columns=("number", "where", "claim", "checks", "proof"),
        rows=[
            (number(claim), claim.where, claim.id, " ".join(functions(claim.check)), claim.proof)
            for claim in claims
        ],
    )
