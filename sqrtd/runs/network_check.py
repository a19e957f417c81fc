"""What `sqrtd simulate --check` prints."""

from typing import Any

from rich.console import Console

from sqrtd.terminal.tables import print_table


def print_check(checked: dict[str, Any]) -> None:
    """Print the table of layers, and what follows from it."""
    console = Console(markup=False, highlight=False, emoji=False)
    sizes = ", ".join(f"{one['size']} (d = {one['d']:,})" for one in checked["sizes"])
    console.print(f"{checked['network']}: {checked['logits']} logits at {sizes}.", soft_wrap=True)
    rows = [
        [str(number), one["submodule"] or "(itself)", one["layer"], one["gradient"]]
        for number, one in enumerate(checked["layers"], 1)
    ]
    if rows:
        print_table(console, ["", "submodule", "layer", "gradient under (H)"], rows, names=2)
    for number, one in enumerate(checked["layers"], 1):
        if one["reason"]:
            console.print(f"{number}: {one['reason']}.", soft_wrap=True)
    for remark in checked["remarks"]:
        console.print(f"Note: {remark}.", soft_wrap=True)
    reason = checked["no_prediction"]
    if reason is None:
        words = "It is sampled, and its second moments are predicted exactly under (H)."
    elif any(one["reason"] == reason for one in checked["layers"]):
        words = "It is sampled, without a prediction."
    else:
        words = f"It is sampled, without a prediction: {reason}."
    console.print(words, soft_wrap=True)
