"""Dense layers drawn without their weights have the law of layers drawn with them."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from scipy import stats

from running.draws import Draws
from simulations.checks.oracles.moments import fourth_moment_factor
from simulations.engine import dense_head, gaussian_layers
from simulations.engine.dense_head import sample_dense_gradients
from simulations.engine.ensemble import Ensemble
from simulations.engine.gaussian_layers import chi_squares, root
from simulations.engine.module_interception import sample_gradients
from simulations.engine.naive import naive_gradients
from simulations.engine.network_plan import plan_network
from simulations.networks import initialization
from simulations.networks.input_laws import draw_inputs
from simulations.networks.simple_networks import dense

pytestmark = pytest.mark.usefixtures("one_thread")

LEVEL = 1e-3
"""Error level of all tests of one shape together (Bonferroni). The seeds are fixed."""

NETWORKS = 4000


@dataclass(frozen=True)
class Shape:
    d: int
    widths: tuple[int, ...]
    logits: int
    relu_on_logits: bool = False
    inputs: str = "noise"
    relu: str = "real"

    def module(self):
        with torch.device("meta"):
            return dense(
                self.d,
                widths=self.widths,
                logits=self.logits,
                relu_on_logits=self.relu_on_logits,
            )[0]

    def ensemble(self):
        options = (
            ("logits", self.logits),
            ("relu_on_logits", self.relu_on_logits),
            ("widths", self.widths),
        )
        return Ensemble(
            network="dense", size=self.d, options=options, inputs=self.inputs, relu=self.relu
        )


SHAPES = [
    Shape(1, (1,), 2),
    Shape(1, (), 1),
    Shape(2, (2, 3), 1, inputs="smooth"),
    Shape(2, (1,), 5),
    Shape(3, (), 5, inputs="constant"),
    Shape(3, (5, 4), 2, relu_on_logits=True),
    Shape(7, (5, 4), 5, relu_on_logits=True, relu="masks"),
    Shape(7, (6,) * 8, 2),
    Shape(50, (30,), 2),
    Shape(50, (2, 3), 5, inputs="smooth", relu="masks"),
]
ISOTROPIC = [
    Shape(12, (), 2),
    Shape(16, (1,), 2),
    Shape(16, (1,), 5),
    Shape(20, (30,), 5),
    Shape(50, (5, 4), 1),
]


def explicit_gradients(shape, generator):
    """All weights drawn, one matrix product a layer."""
    draws = Draws(11, "explicit inputs", range(NETWORKS))
    x = h = draw_inputs(shape.inputs, (shape.d,), draws)
    jacobian = torch.eye(shape.d).expand(NETWORKS, shape.d, shape.d)
    for layer, n in enumerate([*shape.widths, shape.logits]):
        m = h.shape[1]
        weights = torch.randn(NETWORKS, n, m, generator=generator) * (2 / m) ** 0.5
        h = (weights @ h[:, :, None]).squeeze(2)
        jacobian = weights @ jacobian
        if layer < len(shape.widths) or shape.relu_on_logits:
            gates = h > 0
            if shape.relu == "masks":
                gates = torch.rand(h.shape, generator=generator) < 0.5
            h, jacobian = h * gates, jacobian * gates[:, :, None]
    return x, h, jacobian


def fast_gradients(shape):
    draws = Draws(3, "fast", range(NETWORKS))
    x = draw_inputs(shape.inputs, (shape.d,), draws)
    module = shape.module()
    found = sample_gradients(
        plan_network(module, (shape.d,)), x, draws, relu=shape.relu, rows="logits"
    )
    return x, found.logits, found.rows


def isotropic_gradients(shape):
    plan = plan_network(shape.module(), (shape.d,))
    draws = Draws(3, "fast", range(NETWORKS))
    (found,) = sample_dense_gradients(plan, draws, batch=NETWORKS, rows="logits")
    return None, found.logits, found.rows


def with_loss(logits, rows):
    """∂_x f_0 and ∂_x L(x, 0) from all the logits' gradients."""
    of_loss = (logits.softmax(1)[:, :, None] * rows).sum(1) - rows[:, 0]
    return torch.stack([rows[:, 0], of_loss], 1)


def statistics(x, logits, rows):
    """Figures of one network each, by name; of rows as `with_loss` gives them if x is None."""
    found = {"logit": logits[:, 0]}
    pair = with_loss(logits, rows) if rows.shape[1] > 1 else rows
    for name, row in zip(("logit", "loss"), pair.unbind(1), strict=False):
        for q in (1, 2, float("inf")):
            found[f"l{q} of {name}"] = row.norm(q, dim=1)
        found[f"first coordinate of {name}"] = row[:, 0]
        found[f"last minus first of {name}"] = row[:, -1] - row[:, 0]
        if x is not None:
            found[f"{name} along x"] = (row * x).sum(1) / x.norm(dim=1)
    if rows.shape[1] > 1:
        a, b = rows[:, 0], rows[:, -1]
        found["inner product"] = (a * b).sum(1)
        found["product of coordinates"] = a[:, 0] * b[:, -1]
        found["of logit and loss"] = (pair[:, 0] * pair[:, 1]).sum(1)
        found["with the logits"] = a[:, 0] * b[:, 0] * logits[:, 0] * logits[:, -1]
    return {name: values.double().numpy() for name, values in found.items()}


def p_value(ours, theirs):
    """Least p-value of all tests of a shape, times their number."""
    p_values = []
    for name, a in ours.items():
        b = theirs[name]
        assert np.isfinite(a).all()
        p_values.append(stats.ks_2samp(a, b, method="asymp").pvalue)
        # Moments of what has light tails; rounding decides of what is 0 but for it.
        scale = np.median(np.abs(np.concatenate([a, b])))
        if scale > 1e-5:
            for power in (1, 2):
                moments = [np.arcsinh(values / scale) ** power for values in (a, b)]
                p_values.append(stats.ttest_ind(*moments, equal_var=False).pvalue)
    return min(p_values) * len(p_values)


@pytest.fixture(scope="module")
def references():
    generator = torch.Generator().manual_seed(5)
    return {
        shape: explicit_gradients(shape, generator) for shape in dict.fromkeys(SHAPES + ISOTROPIC)
    }


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_gradients_have_the_law_of_drawn_weights(shape, references):
    assert p_value(statistics(*fast_gradients(shape)), statistics(*references[shape])) > LEVEL


@pytest.mark.parametrize("shape", ISOTROPIC, ids=str)
def test_undrawn_noise_changes_no_law(shape, references):
    _, *reference = references[shape]
    assert p_value(statistics(*isotropic_gradients(shape)), statistics(None, *reference)) > LEVEL


def without_term(v, z, h, square, draws):
    return gaussian_layers.backward_product(v, 0 * z, h, square, draws)


def without_projection(v, z, h, square, draws):
    factor = root(v) * (2 / h.shape[1]) ** 0.5
    noise = draws.normal(factor.shape[2], h.shape[1])
    term = ((v * z[:, None]).sum(2) / square.clamp_min(1e-30))[:, :, None] * h[:, None]
    return term + factor @ noise


def diagonal(matrix):
    return torch.diag_embed(matrix.norm(dim=2))


def without_isotropic_term(v, z, square, in_degree, draws):
    return gaussian_layers.isotropic_coordinates(v, 0 * z, square, in_degree, draws)


FALSIFIED = {
    "variance 1/n": (initialization, "he_variance", lambda n: 1 / n),
    "variance 2.5/n": (initialization, "he_variance", lambda n: 2.5 / n),
    "no term along h": (dense_head, "backward_product", without_term),
    "no projection": (dense_head, "backward_product", without_projection),
    "rows without their correlations": (gaussian_layers, "root", diagonal),
}


@pytest.mark.parametrize("name", FALSIFIED)
@pytest.mark.parametrize("shape", [Shape(3, (5, 4), 2, relu_on_logits=True), Shape(50, (30,), 2)])
def test_a_falsified_sampler_is_rejected(shape, name, monkeypatch, references):
    monkeypatch.setattr(*FALSIFIED[name])
    assert p_value(statistics(*fast_gradients(shape)), statistics(*references[shape])) < LEVEL


@pytest.mark.parametrize(
    "falsified",
    [
        (initialization, "he_variance", lambda n: 2.2 / n),
        (dense_head, "isotropic_coordinates", without_isotropic_term),
        (gaussian_layers, "root", diagonal),
        (gaussian_layers, "_gram", lambda rows: torch.eye(rows.shape[1]).expand(len(rows), -1, -1)),
    ],
    ids=["variance", "no term along h", "rows without their correlations", "no orthonormal frame"],
)
def test_falsified_undrawn_noise_is_rejected(falsified, monkeypatch, references):
    monkeypatch.setattr(*falsified)
    shape = Shape(20, (30,), 5)
    _, *reference = references[shape]
    assert p_value(statistics(*isotropic_gradients(shape)), statistics(None, *reference)) < LEVEL


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape.relu == "real"], ids=str)
def test_gradients_are_those_of_homogeneous_functions(shape):
    """Without biases f(c x) = c f(x), so x · ∂_x f = f (Euler): what conditioning on W h gives."""
    x, logits, rows = fast_gradients(shape)
    size = (rows * x[:, None]).norm(dim=2)
    rounding = 1e-5 * (size + size.square().mean().sqrt())
    assert ((rows * x[:, None]).sum(2) - logits).abs().le(rounding).all()


def test_the_loop_over_networks_has_the_law_of_drawn_weights(references):
    for shape in (Shape(3, (5, 4), 2, relu_on_logits=True), SHAPES[6]):
        loop = naive_gradients(shape.ensemble(), 0, range(600), rows="logits")
        _, *reference = references[shape]
        ours = statistics(None, loop.logits, loop.rows)
        assert p_value(ours, statistics(None, *reference)) > LEVEL


@pytest.mark.slow
@pytest.mark.parametrize(
    "shape", [SHAPES[3], SHAPES[6], Shape(11, (4, 9), 3, inputs="smooth")], ids=str
)
def test_gradients_have_the_law_of_the_loop_at_20_000_networks(shape, monkeypatch):
    monkeypatch.setitem(globals(), "NETWORKS", 20_000)
    loop = naive_gradients(shape.ensemble(), 1, range(20_000), rows="logits")
    _, logits, rows = fast_gradients(shape)
    theirs = statistics(None, loop.logits, loop.rows)
    assert p_value(statistics(None, logits, rows), theirs) > LEVEL


@pytest.mark.parametrize(
    ("d", "widths"),
    [(64, (16,)), (32, (64,)), (128, (32, 16)), (48, (24, 24, 24)), (20, (16,) * 4)],
)
def test_second_and_fourth_moments_are_the_closed_forms(d, widths):
    """Inside 99.9 % intervals: the mean over a network's coordinates, all alike in law."""
    networks = 20_000
    module = Shape(d, widths, 1).module()
    draws = Draws(8, "moments", range(networks))
    found = sample_gradients(plan_network(module, (d,)), draw_inputs("noise", (d,), draws), draws)
    g = found.rows[:, 0].double()
    fourth = 3 * (2 / d) ** 2 * fourth_moment_factor(widths)
    one_less = 3 * (2 / d) ** 2 * fourth_moment_factor(widths[1:])
    for power, expected, false in ((2, 2 / d, 1 / d), (4, fourth, one_less)):
        values = (g**power).mean(1).numpy()
        half = stats.norm.isf(0.0005) * stats.sem(values)
        assert abs(values.mean() - expected) < half
        assert abs(values.mean() - false) > half


def test_a_root_has_the_gram_matrix_of_its_matrix():
    generator = torch.Generator().manual_seed(0)
    matrix = torch.randn(6, 4, 9, generator=generator)
    matrix[1, 2] = 0
    matrix[2, 3] = matrix[2, 0]
    matrix[3, 1:] = 0
    matrix[4] = 0
    matrix[5, 1] *= 1e-25
    factor = root(matrix)
    assert factor.shape == (6, 4, 4)
    assert torch.equal(factor, factor.tril())
    torch.testing.assert_close(
        factor @ factor.transpose(1, 2), matrix @ matrix.transpose(1, 2), rtol=1e-5, atol=1e-5
    )
    torch.testing.assert_close(factor[5, 1].norm(), matrix[5, 1].double().norm().float())
    assert torch.equal(root(matrix[:, :, :3]), matrix[:, :, :3])


@pytest.mark.parametrize("degrees", [1, 5, 49_152])
def test_chi_squares_have_their_law(degrees):
    values = chi_squares([degrees], Draws(1, "chi", range(5000)))[:, 0].double().numpy()
    assert stats.kstest(values, stats.chi2(degrees).cdf).pvalue > LEVEL
    assert stats.kstest(values, stats.chi2(degrees * 1.1 + 1).cdf).pvalue < LEVEL


@pytest.mark.parametrize("relu", ["real", "masks"])
@pytest.mark.parametrize("rows", ["logits", "logit and loss"])
@pytest.mark.parametrize("isotropic", [True, False])
def test_what_is_reserved_is_what_is_drawn(relu, rows, isotropic, monkeypatch):
    """Too little would be slow, and too much would be numbers that nobody uses."""
    shape = Shape(40, (30, 3), 5, relu_on_logits=True)
    plan = plan_network(shape.module(), (shape.d,))
    draws = Draws(0, "reserved", range(4))
    made = []
    make = Draws._make
    monkeypatch.setattr(Draws, "_make", lambda *arguments: made.append(1) or make(*arguments))
    if isotropic:
        list(sample_dense_gradients(plan, draws, batch=2, relu=relu, rows=rows))
        assert len(made) == 1 + 2  # and the frame of each batch
    else:
        sample_gradients(plan, torch.ones(4, shape.d), draws, relu=relu, rows=rows)
        assert len(made) == 1
    assert draws._stock.shape[1] == 0
