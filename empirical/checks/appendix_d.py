"""Back-propagating through the attack (Appendix D)."""

import torch
from torch import nn

from empirical.measures.curves import Pairs, pairs
from empirical.measures.superposition import displaced, side_by_side, superposed_throughout
from empirical.measures.trained import Sweep
from empirical.training.methods import METHODS
from evidence.findings import Evidence, Exact, Table

VARIANTS = {"l2-augmentation": "l2-through-attack", "linf-augmentation": "linf-through-attack"}


def check_appendix_d(sweep: Sweep, *, error: float) -> Evidence:
    """Test that gradients through the attack make no significant difference (Appendix D).

    "No significant difference" is read as: the curves coincide within the margins of the dual
    pairs, over all strengths and over the stronger half. For p = ∞, the paper's own variant, there
    is nothing to test: δ = ε sign(∂_x L) has the derivative 0 by the weights wherever it has one,
    so that both objectives have the same gradient. Its networks are compared where a sweep has
    them, and for p = 2 always. The paper tried FGSM alone: where p = 2 makes a difference, the
    corrected statement is that p = ∞ makes none, of equal gradients on a small network. The
    increased computation time is tabulated, without a verdict.
    """
    methods = {cell.method for cell in sweep.cells()}
    compared = {
        f"{usual} and {variant}": pairs(sweep, usual, variant)
        for usual, variant in VARIANTS.items()
        if variant == "l2-through-attack" or variant in methods
    }
    stated, controls = [], []
    for name, cells in compared.items():
        stated += superposed_throughout(sweep, cells, name, error)
        controls += displaced(sweep, cells, name, error)
    return Evidence(
        method="Networks trained with and without gradients through the attack, at equal ε, with "
        "the margins of the dual pairs. Signs have the derivative 0, so that for p = ∞ the two "
        "objectives have one gradient, and the finding is about p = 2. The false neighbour is the "
        "variant at several times the strength, and that l2-attacks have the derivative 0, too. "
        "Seconds are of training and measuring together.",
        stated=stated,
        corrected=[_equal_gradients("linf-augmentation")],
        controls=[*controls, _equal_gradients("l2-augmentation")],
        tables=[side_by_side(sweep, compared), _seconds(sweep, compared)],
        data=sweep.data,
    )


def _equal_gradients(usual: str) -> Exact:
    """Compare the gradients by the weights, with and without those through the attack."""
    generator = torch.Generator().manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(12, 8), nn.Softplus(), nn.Linear(8, 3)).double()
    weights = list(network.parameters())
    with torch.no_grad():
        for weight in weights:
            weight.normal_(generator=generator)
    images = torch.randn(4, 3, 2, 2, generator=generator, dtype=torch.float64)
    labels = torch.tensor([0, 1, 2, 0])
    first, second = (
        torch.autograd.grad(METHODS[method](0.05)(network, images, labels), weights)
        for method in (usual, VARIANTS[usual])
    )
    apart = max(float((a - b).abs().max()) for a, b in zip(first, second, strict=True))
    return Exact(
        statement=f"{usual} has the same gradient by the weights as {VARIANTS[usual]}, to 1e-12, "
        "on a network with one hidden layer",
        cases=len(weights),
        counterexample=f"they differ by up to {apart:.2g}" if apart > 1e-12 else None,
    )


def _seconds(sweep: Sweep, compared: dict[str, Pairs]) -> Table:
    rows: list[list[str | float]] = []
    for name, cells in compared.items():
        usual, variant = (
            sorted(one.seconds for pair in cells for one in sweep.of(pair[i])) for i in (0, 1)
        )
        middle = [times[len(times) // 2] for times in (usual, variant)]
        rows.append([name, *middle, middle[1] / middle[0]])
    return Table(
        title="Wall time of a network in seconds, medians; nothing is concluded from it",
        columns=["methods", "usual", "through the attack", "ratio"],
        rows=rows,
    )
