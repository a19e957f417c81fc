"""What a network with trained weights does on images."""

from collections.abc import Sequence

from htpy import Node, div, p, table, tbody, td, th, thead, tr

from evidence.levels import FIGURE_ERROR
from sqrtd.audit.numbers import percent, short
from sqrtd.audit.trained_weights import TrainedWeights


def trained_weights(trained: Sequence[TrainedWeights]) -> Node:
    """Write the section."""
    rows: list[tuple[str, list[str]]] = [
        ("images", [f"{one.images:,}" for one in trained]),
        (
            "attack size ε",
            [
                f"{short(one.epsilon)} standard deviations = {short(one.epsilon_255)}/255"
                for one in trained
            ],
        ),
        ("accuracy", [percent(one.accuracy) for one in trained]),
        (
            "mean ‖∂_x L‖₁, nats per standard deviation",
            [
                f"{short(one.norm_1.estimate)} [{short(one.norm_1.low)}, {short(one.norm_1.high)}]"
                for one in trained
            ],
        ),
        (
            "mean ‖∂_x L‖₂, nats per standard deviation",
            [
                f"{short(one.norm_2.estimate)} [{short(one.norm_2.low)}, {short(one.norm_2.high)}]"
                for one in trained
            ],
        ),
        (
            "gradients that are exactly 0",
            [f"{one.zero:,} of {one.images:,} ({one.zero / one.images:.1%})" for one in trained],
        ),
        ("predictions changed by FGSM", [percent(one.fgsm) for one in trained]),
        ("predictions changed by PGD, 10 steps", [percent(one.pgd) for one in trained]),
        ("first-order damage ε‖∂_x L‖₁, nats", [short(one.first_order) for one in trained]),
        ("real damage, nats", [short(one.damage) for one in trained]),
        (
            "real / first-order",
            [short(one.damage / one.first_order) if one.first_order else "–" for one in trained],
        ),
    ]
    return [
        p[f"Measured on held-out images: {trained[0].data}."],
        div(".scroll", tabindex="0")[
            table[
                thead[tr[th, (th(scope="col")[f"size {one.size}"] for one in trained)]],
                tbody[
                    (
                        tr[th(scope="row")[name], (td[cell] for cell in cells)]
                        for name, cells in rows
                    )
                ],
            ]
        ],
        p(".note")[
            f"Each interval holds with {1 - FIGURE_ERROR:.0%}. Images are resized to the network, "
            "and normalized by one mean and one standard deviation over all their pixels. Where "
            "the loss rounds to 0, so does its gradient, and one gradient step finds nothing: such "
            "images are counted above. An end at ∞ means too few images for values so unequal."
        ],
    ]
