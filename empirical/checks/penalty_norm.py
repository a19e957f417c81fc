"""The penalty norm does not matter: q = 1 and q = 2 (Section 4.2, Figures 2d and 2f)."""

from empirical.checks.norm_and_vulnerability import OFFSET, PARABOLA
from empirical.measures.common_curve import curve_offset
from empirical.measures.curves import PENALTIES, curves, plain
from empirical.measures.quantities import (
    accuracies,
    gradient_norms,
    log_vulnerabilities,
    vulnerabilities,
)
from empirical.measures.superposition import POINTS
from empirical.measures.trained import Cell, Sweep
from evidence.findings import Evidence, Table

BENT = (0, 1, 2, 3)
"""Powers of a cubic: accuracy over log vulnerability, a plateau that bends down at one end. Of
synthetic plateaus with six strengths, whose methods reach equal vulnerabilities at strengths up to
1.4 apart, it missed the mean over a half by 0.6 points, and by 1 where the plateau has a corner; a
parabola by up to 1.9."""


def check_penalty_norm(sweep: Sweep, *, error: float) -> Evidence:
    """Test that the curves of q = 1 and q = 2 are almost identical in Figures 2d and 2f.

    In 2d, networks with the l1-penalty are as vulnerable as those with the l2-penalty at equal
    E‖∂_x L‖_1; in 2f they are as accurate at equal vulnerability. Neither depends on ε or on Eq. 5.
    """
    of = curves(sweep, PENALTIES)
    first, reference = of["l1-penalty"], [plain(sweep), *of["l2-penalty"]]
    vulnerable = curve_offset(
        sweep,
        first,
        reference,
        error,
        x=gradient_norms,
        y=vulnerabilities,
        powers=PARABOLA,
        relative=True,
    )
    accurate = curve_offset(
        sweep, first, reference, error, x=log_vulnerabilities, y=accuracies, powers=BENT
    )
    in_2d = (
        "2d: vulnerability with q = 1, at equal E‖∂_x L‖_1, relative to that with q = 2, minus 1"
    )
    in_2f = "2f: accuracy with q = 1 minus accuracy with q = 2, at equal vulnerability (of 1)"
    return Evidence(
        method="The cells of the l1-penalty against a curve through those of the l2-penalty and "
        "plain training: of vulnerability over norm (a parabola through the origin), and of "
        "accuracy over the logarithm of vulnerability (a cubic). Intervals are two-level, with the "
        "errors of both axes and of the curve by the delta method. False neighbours are half as "
        "much again and half the vulnerability, and accuracies 6 points apart.",
        stated=[
            vulnerable.against(in_2d, predicted=0, margin=OFFSET),
            accurate.against(in_2f, predicted=0, margin=POINTS),
        ],
        controls=[
            found.against(f"{statement}, is {wrong:g}", predicted=wrong, margin=margin)
            for found, statement, margin in (
                (vulnerable, in_2d, OFFSET),
                (accurate, in_2f, POINTS),
            )
            for wrong in (2 * margin, -2 * margin)
        ],
        tables=[
            Table(
                title="The curves of the two penalties, means over networks and images",
                columns=["method", "ε_∞", "E‖∂_x L‖_1", "vulnerability (%)", "accuracy (%)"],
                rows=[_row(sweep, cell) for cell in (*first, *reference)],
            )
        ],
        data=sweep.data,
    )


def _row(sweep: Sweep, cell: Cell) -> list[str | float]:
    return [
        cell.method,
        cell.epsilon,
        float(sweep.array(cell, "gradient_norm").mean()),
        100 * float(sweep.array(cell, "changed").mean()),
        100 * float(sweep.array(cell, "correct").mean()),
    ]
