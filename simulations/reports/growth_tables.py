"""All that was measured of networks at growing sizes, as rows for CSV and as a table in LaTeX."""

from collections.abc import Sequence

from evidence.findings import Table
from simulations.reports.growth_plots import Growth
from simulations.reports.written import latex_interval, latex_label, latex_text, number


def quantities_table(growths: Sequence[Growth]) -> Table:
    """List every quantity of networks at every size.

    Returns
    -------
    A row for each network, quantity and size. `law` is the prediction, up to a constant that all
    sizes share; of logit-mean-square it is the prediction itself.
    """
    rows: list[list[str | int | float]] = [
        [
            growth.label,
            key,
            measured.quantity.label,
            d,
            *(interval.estimate, interval.low, interval.high, interval.samples),
            "" if measured.law is None else measured.law[row],
            *(measured.exponent.estimate, measured.exponent.low, measured.exponent.high),
            "" if measured.predicted_exponent is None else measured.predicted_exponent,
        ]
        for growth in growths
        for key, measured in growth.measured.items()
        for row, (d, interval) in enumerate(zip(growth.dims, measured.intervals, strict=True))
    ]
    return Table(
        title="sizes of input gradients, with intervals",
        columns=[
            *("network", "quantity", "label", "d"),
            *("estimate", "low", "high", "networks", "law"),
            *("exponent", "exponent low", "exponent high", "predicted exponent"),
        ],
        rows=rows,
    )


def exponents_latex(growths: Sequence[Growth], intervals: str) -> str:
    """Write the exponents of d of networks, measured and predicted, as a table in LaTeX.

    It needs the package booktabs.

    Parameters
    ----------
    growths : two columns each. Quantities that one of them lacks are left out.
    intervals : what the intervals are, for a comment.
    """
    keys = [key for key in growths[0].measured if all(key in one.measured for one in growths)]
    lines = [
        f"% Exponents of d, with {latex_text(intervals)}. Needs \\usepackage{{booktabs}}.",
        f"\\begin{{tabular}}{{l{'lr' * len(growths)}}}",
        r"\toprule",
        "".join(f" & \\multicolumn{{2}}{{c}}{{{latex_text(g.label)}}}" for g in growths) + r" \\",
        r"grows like $d$ to the power of" + " & measured & predicted" * len(growths) + r" \\",
        r"\midrule",
    ]
    for key in keys:
        cells = [latex_label(growths[0].measured[key].quantity.label)]
        for growth in growths:
            predicted = growth.measured[key].predicted_exponent
            cells.append(latex_interval(growth.measured[key].exponent))
            cells.append("--" if predicted is None else f"${number(predicted)}$")
        lines.append(" & ".join(cells) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])
