"""A ledger of a few claims, one for each kind of verdict, and what a run found of them."""

from dataclasses import replace

from evidence.findings import Evidence, Exact, Table
from evidence.intervals import Interval
from sqrtd.verdicts.checks import RecordedCheck
from sqrtd.verdicts.claims import KINDS_OF_CORRECTION, Claim, Correction, Ledger, Verdict
from sqrtd.verdicts.judge import Result, judge
from sqrtd.verdicts.verification import Verification

HOLDS = Exact(statement="a true sentence", cases=3)
FAILS = Exact(statement="a false sentence", cases=3, counterexample="the empty network")
SAMPLED = Interval(estimate=0.5, low=0.4, high=0.6, error=0.01, samples=7).against(
    "an exponent is 1/2", predicted=0.5, margin=0.2
)
WIDE = replace(SAMPLED, statement="an exponent is 0", predicted=0.0, margin=0.5)


def claim(name, kind=None, **others):
    correction = kind and Correction(
        kind=kind,
        statement=f"Another than {name}.",
        used_in="the proof" if kind is Verdict.MISPRINT else "",
    )
    described = {"where": "Section 2", "check": lambda *_: None, "statement": f"The {name}."}
    return Claim(id=name, correction=correction, **described | others)


def found(stated, corrected=(), **others):
    table = Table(title="sizes", columns=("d", "size"), rows=[(4, 0.5), (8, 0.25)])
    return Evidence(
        method="By looking. Twice.",
        stated=stated,
        corrected=corrected,
        controls=[FAILS],
        tables=[table],
        **others,
    )


def broken(one):
    return Result(claim=one, verdict=Verdict.ERROR, reason="Traceback\n``` # no heading\nOops: |x|")


def small_verification():
    """Return a run in which every verdict occurs."""
    on_networks = RecordedCheck("figure-3", "module:function")
    misprint, condition, constant, fails, not_reproduced = KINDS_OF_CORRECTION
    wrong = found([FAILS, SAMPLED], [HOLDS])
    results = [
        judge(claim("definition-1", proof="proofs:one"), found([HOLDS])),
        judge(claim("eq-1", misprint, rests_on=("definition-1",)), wrong),
        judge(
            claim(
                "lemma-1",
                literal="The lemma to the letter.",
                in_short="with a word more",
                rests_on=("eq-1",),
            ),
            found([SAMPLED], literal=[FAILS]),
        ),
        judge(
            claim(
                "lemma-1-more",
                condition,
                in_short="no padding",
                rests_on=("lemma-1",),
                where="Section 3 | Lemma 1",
            ),
            found([FAILS], [SAMPLED, SAMPLED]),
        ),
        judge(
            claim("theorem-3", constant, margin="“much” as 2", proof_rests_on=("lemma-1", "eq-1")),
            wrong,
        ),
        judge(claim("eq-7", fails, where="Appendix A.1", rests_on=("theorem-3",)), wrong),
        judge(
            claim("figure-3", not_reproduced, check=on_networks, scale="small ones"),
            found([FAILS], [WIDE], data="Images of [mine](http://here) | there."),
        ),
        judge(claim("figure-3-much"), found([WIDE])),
        Result(
            claim=claim("section-6", check=None, reason="nothing decides it"),
            verdict=Verdict.NOT_CHECKED,
            reason="nothing decides it",
        ),
        broken(claim("remark-1")),
        judge(claim("oracle-1", ours=True, where="closed form"), found([SAMPLED])),
    ]
    ledger = Ledger(
        source="paper",
        title="Nobody: *Nothing*, 1999",
        claims=[result.claim for result in results],
        main=("Definition 1", "Lemma 1", "Theorem 3", "Figure 3", "Theorem 4"),
    )
    return Verification(
        ledger=ledger, results=results, provenance={"commit": "[a](b) | c", "seed": 0}, seconds=1.0
    )
