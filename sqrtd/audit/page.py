"""The page of an audit: one HTML file that asks for no other."""

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from htpy import (
    Node,
    a,
    body,
    dd,
    dl,
    dt,
    footer,
    h1,
    h2,
    head,
    header,
    html,
    li,
    main,
    meta,
    nav,
    p,
    section,
    style,
    title,
    ul,
)
from markupsafe import Markup

from evidence.levels import AUDIT_ERROR
from simulations.audit.growth_verdicts import Growth
from simulations.audit.network_audit import Audit
from sqrtd.audit.law_section import law
from sqrtd.audit.layer_section import layers
from sqrtd.audit.remedy_section import remedies
from sqrtd.audit.symmetry_section import symmetry
from sqrtd.audit.trained_section import trained_weights
from sqrtd.audit.trained_weights import TrainedWeights

_ALONE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(
    audit: Audit,
    trained: Sequence[TrainedWeights],
    *,
    network: str,
    provenance: Mapping[str, Any],
) -> str:
    """Write the page.

    Parameters
    ----------
    audit, trained : what was measured.
    network : as the user wrote it.
    provenance : of the run, by name.
    """
    sections: list[tuple[str, str, Node]] = [
        ("law", "The law", law(audit)),
        ("symmetry", "Which pixels count", symmetry(audit)),
        ("layers", "Layer by layer", layers(audit)),
        ("remedies", "Remedies", remedies(audit)),
    ]
    if trained:
        sections.append(("weights", "Trained weights", trained_weights(trained)))
    styles = resources.files("sqrtd.audit").joinpath("page.css").read_text(encoding="utf-8")
    document = html(lang="en")[
        head[
            meta(charset="utf-8"),
            meta(name="viewport", content="width=device-width, initial-scale=1"),
            meta(name="color-scheme", content="light dark"),
            meta(http_equiv="Content-Security-Policy", content=_ALONE),
            title[f"Audit of {network}"],
            style[Markup(styles)],  # noqa: S704  (our own file)
        ],
        body[
            header[
                p(".kind")["sqrtd audit"],
                h1[network],
                p[
                    f"Random networks: {sampled(audit)}. All "
                    f"intervals on this page hold at once with probability {1 - AUDIT_ERROR:.0%}"
                    f"{', but for those of the trained weights' if trained else ''}."
                ],
                ul(".answers")[(li[answer] for answer in answers(audit))],
                nav[(a(href=f"#{key}")[name] for key, name, _ in sections)],
            ],
            main[(section(id=key)[h2[name], node] for key, name, node in sections)],
            footer[
                h2["Where this comes from"],
                dl[((dt[name], dd[str(value)]) for name, value in provenance.items())],
            ],
        ],
    ]
    return f"{document}\n"


def sampled(audit: Audit) -> str:
    """Say how many networks were measured at each size."""
    first, other = audit.networks[:2]
    others = ", ".join(map(str, audit.sizes[1:]))
    return f"{first:,} of size {audit.sizes[0]}, {other:,} of each of size {others}"


def answers(audit: Audit) -> list[str]:
    """Say in a few sentences what was found."""
    found = [
        _growing("the l1-norm of the loss gradient", audit.norm.growth),
        _growing("the damage of an attack", audit.damage.growth),
    ]
    verdict, at = audit.symmetry.verdict, f"at size {audit.sizes[0]}"
    if verdict == "fails":
        found.append(f"The pixels do not all count the same: (S) fails {at}.")
    elif verdict == "holds":
        found.append(f"The pixels count nearly the same: (S) holds {at}.")
    else:
        found.append(f"Whether all pixels count the same {at} cannot be told.")
    first = audit.first_departure
    if first is None:
        found.append("No layer surely departs from the law.")
    else:
        found.append(
            f"From the output back, the first gradient that departs from the law is the one at the "
            f"output of {first.place}."
            if first.name != "input"
            else "Only the gradient with respect to the input departs from the law."
        )
    return found


def _growing(what: str, verdict: Growth) -> str:
    if verdict is Growth.UNKNOWN:
        return f"How {what} grows {verdict.value}."
    return f"{what[0].upper()}{what[1:]} {verdict.value}."
