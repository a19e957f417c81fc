"""Training against attacks of one norm protects against those of another (Sections 2 and 4.2)."""

from empirical.measures.contrasts import contrast, mean_of, total
from empirical.measures.curves import EQUATION_5, curves, plain
from empirical.measures.quantities import Quantity, l2_vulnerabilities, vulnerabilities
from empirical.measures.trained import Sweep
from evidence.findings import Evidence, Table

OTHER: dict[str, tuple[str, Quantity]] = {
    method: (
        ("l_∞-attacks (FGSM)", vulnerabilities)
        if method.startswith("l2")
        else ("l_2-attacks of the same length", l2_vulnerabilities)
    )
    for method in EQUATION_5
}
"""The attacks of the norm that a method is *not* trained against; an l_1-penalty is against l_∞."""

PROTECTED = 0.9
"""Of plain training's vulnerability, what protection leaves at most."""


def check_other_norms(sweep: Sweep, *, error: float) -> Evidence:
    """Test that training with one norm also protects against attacks of another (Sections 2, 4.2).

    Of networks that are trained with l_2-attacks or an l_2-penalty, FGSM changes fewer predictions
    than of plainly trained ones; of those with FGSM or an l_1-penalty, one l_2-step of the same
    length does. Means are over the strengths of a method. "Protects" is read as: by a tenth of
    plain training's vulnerability or more.

    Raises
    ------
    LackingRecordsError : as in `curves`, or a record without the vulnerability to l_2-attacks.
    """
    of = curves(sweep, EQUATION_5)
    start = plain(sweep)

    left = {
        f"{method}: vulnerability to {attack}, mean over {len(of[method])} strengths, minus "
        f"{PROTECTED:g} times plain training's": contrast(
            sweep, total([(1, mean_of(of[method])), (-PROTECTED, {start: 1.0})]), quantity, error
        )
        for method, (attack, quantity) in OTHER.items()
    }
    return Evidence(
        method="Shares of held-out images whose prediction one step of FGSM changes, and one step "
        "along the gradient of the same l_2-length. Each method is held against plain training "
        "under the attack of the norm that it is not trained against, in the mean over its "
        "strengths; intervals are over networks and images. The false neighbour is that more "
        "than nine tenths of the vulnerability are left.",
        stated=[found.at_most(f"{name} is below 0", 0.0) for name, found in left.items()],
        controls=[found.at_least(f"{name} is above 0", 0.0) for name, found in left.items()],
        tables=[
            Table(
                title="Vulnerability (%), means over networks and images",
                columns=["method", "ε", "to FGSM", "to an l_2-step of that length"],
                rows=[
                    [
                        cell.method,
                        cell.epsilon,
                        100 * float(vulnerabilities(sweep, cell).mean()),
                        100 * float(l2_vulnerabilities(sweep, cell).mean()),
                    ]
                    for cell in (start, *(cell for method in OTHER for cell in of[method]))
                ],
            )
        ],
        data=sweep.data,
    )
