"""What rests on what: each support is a claim, no claim rests on itself, and what falls is all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrtd.ledgers.paper import LEDGER
from sqrtd.verdicts.claims import Claim
from sqrtd.verdicts.dependencies import dependencies, fall


def claim(name, rests_on=(), proof_rests_on=()):
    return Claim(
        id=name,
        where="Section 0",
        statement="…",
        reason="none",
        rests_on=tuple(rests_on),
        proof_rests_on=tuple(proof_rests_on),
    )


CLAIMS = [
    claim("theorem", ["hypothesis"], ["lemma"]),
    claim("hypothesis"),
    claim("lemma", ["hypothesis"]),
    claim("corollary", ["theorem"], ["theorem"]),
]


def test_the_papers_claims_rest_on_claims_without_a_circle():
    assert list(dependencies(LEDGER.claims)) == [claim.id for claim in LEDGER.claims]


def test_what_falls_directly_by_its_proof_and_further_on():
    falling = fall(dependencies(CLAIMS), "lemma")
    assert (falling.statements, falling.proofs, falling.further) == ([], ["theorem"], ["corollary"])
    falling = fall(dependencies(CLAIMS), "hypothesis")
    assert falling.all == ["theorem", "lemma", "corollary"]
    assert fall(dependencies(CLAIMS), "corollary").all == []


def test_a_support_that_is_no_claim_is_named():
    with pytest.raises(ValueError, match="lemma rests on 'lemma-0', which is no claim"):
        dependencies([claim("lemma", proof_rests_on=["lemma-0"])])


def test_a_circle_is_named_also_where_it_runs_through_a_proof():
    with pytest.raises(ValueError, match="these claims rest on each other: a, b"):
        dependencies([claim("a", ["b"]), claim("b", (), ["a"])])


@given(st.data())
def test_what_falls_is_what_a_search_finds(data):
    """Beside a slow reference: claims fall one after the other until none rests on a fallen one."""
    names = [f"c{number}" for number in range(data.draw(st.integers(1, 7)))]
    claims = []
    for place, name in enumerate(names):
        some = st.lists(st.sampled_from(names[:place]), unique=True) if place else st.just([])
        claims.append(claim(name, data.draw(some), data.draw(some)))
    fallen = {names[0]}
    for _ in claims:
        fallen |= {one.id for one in claims if fallen & {*one.rests_on, *one.proof_rests_on}}
    assert set(fall(dependencies(claims), names[0]).all) == fallen - {names[0]}
