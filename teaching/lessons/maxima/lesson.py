"""H2, poolings, and the growth that one maximum ends; the question, and the puzzle."""

from collections.abc import Sequence
from fractions import Fraction

from htpy import Node, p

from evidence.findings import combined
from teaching.lesson import Check, Question, Reader, Step, Verdict, View, nearest
from teaching.lessons.maxima.picture import handles, picture
from teaching.lessons.maxima.recorded import read
from teaching.lessons.maxima.settings import LAWS, NETWORK, Settings, group
from teaching.pictures.mathml import formula, fraction, root, row, sub, sup, words
from teaching.pictures.numbers import number
from teaching.words import Words
from theory.paths import layers_on_paths

TEXT = Words.beside(__name__)
ROOT_D, ENDED = 0.05, 0.1
"""Margins of an exponent around 1/2 and around 0: the ledger's, for figure-3-initialization."""

WANTED = Fraction(11, 8)
NORM = row("E", sub(row("‖", sub("∂", "x"), "L", "‖"), "1"))


def question() -> Question:
    """Ask how far the gradient's norm grows from 32 to 128 pixels along an edge."""
    (small, before), _, (large, after) = read()["all"].levels[-3:]
    ratio = after.estimate / before.estimate
    return TEXT.question(
        right=nearest((4.0, 2.0, 1.15, 0.25), ratio),
        small=f"{small:,}", large=f"{large:,}", before=number(before.estimate),
        after=number(after.estimate), percent=f"{100 * (ratio - 1):.0f}",
    )  # fmt: skip


def view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    """Show the network and the weights at hand."""
    return View(
        figure=picture(settings, reader),
        handles=handles(settings),
        counterexample=_counterexample(settings),
        steps=[*_layers(settings), *_pools(settings), *_growths()],
        puzzle=TEXT.puzzle(lambda: _judge(settings)),
        dropped=["H2"] * (_most(settings) > 1) + ["blind choice"] * (settings.pool == "max"),
        hidden=["steps"],
    )


def _most(settings: Settings) -> int:
    return layers_on_paths.most_on_a_path(settings.dag, settings.groups, NETWORK.o)


def _passed(settings: Settings) -> dict[str, Fraction]:
    return {
        name: law.passed_by_formula(settings.pool, settings.window) for name, law in LAWS.items()
    }


def _counterexample(settings: Settings) -> Node:
    passed = _passed(settings)
    return [
        settings.layers == "tied"
        and p[TEXT("counterexample.tied", fourth=settings.weight.moment(4))],
        settings.layers == "shortest"
        and _most(settings) > 1
        and p[TEXT("counterexample.shortest")],
        settings.pool == "max"
        and p[
            TEXT("counterexample.max", window=settings.window, **passed)
            if len(set(passed.values())) > 1
            else TEXT("counterexample.chance", window=settings.window)
        ],
    ]


def _layers(settings: Settings) -> list[Step]:
    law = settings.weight
    first, second = (sub("w", n) for n in (1, 2))
    if settings.layers == "tied":
        second = first
    most = _most(settings)
    swept = layers_on_paths.most_by_sweeps(settings.dag, settings.groups)
    square = law.moment(4) if settings.layers == "tied" else law.moment(2) ** 2
    return [
        TEXT.step(
            "layers", formula(words(TEXT("says.one"))), most == swept == 1, most=most, swept=swept
        ),
        TEXT.step(
            "product",
            formula("E", "[", sup(row("(", row(first, link="layer-1"), " ",
                    row(second, link=f"layer-{1 if settings.layers == 'tied' else 2}"), ")"), "2"),
                    "]", "=", "E", "[", sup("w", "2"), "]", "E", "[", sup("w", "2"), "]"),
            [square, law.moment(2) ** 2],
        ),
    ]  # fmt: skip


def _pools(settings: Settings) -> list[Step]:
    law, pool, window = settings.weight, settings.pool, settings.window
    drawn = law.passed(pool, window)
    passed = row("E", "[", sup(row("(", sub("∂", "x"), words(TEXT("says.pool")), ")"), "2"), "]",
                 link=f"pool-{pool}")  # fmt: skip
    share = row(fraction(1, "n"), "E", "[", sup("w", "2"), "]")
    single = row("E", "[", sup("w", "2"), "]")
    name, right, value = (
        ("mean", share, Fraction(1, window))
        if pool == "average"
        else ("choice", single, Fraction(1))
    )
    return [
        TEXT.step(name, formula(passed, "=", right), [drawn, value * law.moment(2)]),
        TEXT.step(
            "law", formula(passed, words(TEXT("says.same"))), list(_passed(settings).values())
        ),
    ]


def _growths() -> list[Step]:
    found = read()
    exponents = {
        name: [
            one.against(name, predicted=predicted, margin=margin)
            for one in found[name].growths[first:]
        ]
        for name, predicted, margin, first in (
            ("windows", 1 / 2, ROOT_D, 0), ("all", 0, ENDED, -2)
        )
    }  # fmt: skip
    checks = {
        name: Check(
            outcome=combined(held),
            says=TEXT(
                f"says.{name}_found",
                found=", ".join(number(one.estimate, digits=2) for one in found[name].growths),
                ends="; ".join(
                    f"{number(one.low, digits=2)} – {number(one.high, digits=2)}" for one in held
                ),
            ),
        )
        for name, held in exponents.items()
    }
    return [
        TEXT.step(
            "windows", formula(row(NORM, link="kind-windows"), "∝", root("d")), checks["windows"]
        ),
        TEXT.step("all", formula(row(NORM, link="kind-all"), "∝", sup("d", 0)), checks["all"]),
    ]


def _judge(settings: Settings) -> Verdict:
    if settings.pool != "max":
        return TEXT.unsolved("pool")
    value = settings.weight.passed(settings.pool, settings.window)
    return TEXT.solved() if value == WANTED else TEXT.unsolved("value", value=value)


LESSON = TEXT.lesson(settings=Settings, question=question, view=view, events={"layers": group})
