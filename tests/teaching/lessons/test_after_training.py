"""The lesson on trained networks: picture, sentences, question, puzzle; and without networks."""

import json
import math
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from empirical.measures import cell_intervals, superposition
from empirical.measures.figure_cells import POOLINGS
from empirical.sweeps import recorded
from empirical.sweeps.record import read_sweep
from empirical.sweeps.recorded import read_recorded
from empirical.training.methods import METHODS
from evidence.findings import Outcome
from evidence.intervals import Interval
from teaching.contents import load
from teaching.lessons.after_training import verdicts
from teaching.lessons.after_training.claims import SENTENCES
from teaching.lessons.after_training.proof import steps
from teaching.lessons.after_training.settings import NAMES, NONE, Settings, choose_cell
from teaching.lessons.after_training.shown import Shown, find
from teaching.serving.page import fragments
from teaching.state import Event, apply, from_address, start

ROOT = Path(__file__).parents[3]
LEDGER = ROOT / "results/verify/checks.json"
LESSON = load("after-training")
HOLDS, FAILS, UNDECIDED = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED


@pytest.fixture(scope="module", autouse=True)
def cpu_results():
    """The results on two cores, which these tests know, also where better ones are recorded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recorded, "PLACES", ("results/train/{}-cpu",))
        patch.chdir(ROOT)
        yield


@pytest.fixture
def nothing_recorded(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(recorded, "INSTALLED", tmp_path)
    return tmp_path


def outcomes(figure, **changed):
    settings = Settings(figure=figure, **changed)
    return [step.check.outcome for step in steps(Shown(settings, find(figure)))]


@pytest.fixture
def ledger(monkeypatch):
    """The ledger's claims by id, to be falsified."""
    claims = {c["id"]: c for c in json.loads(LEDGER.read_text(encoding="utf-8"))["claims"]}
    monkeypatch.setattr(verdicts, "_claims", lambda path, written: claims)
    return claims


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def after(*events, state=None):
    state = state or start(LESSON)
    for name, value in events:
        state = apply(state, Event(name, value))
    return state


def place_of(method, epsilon):
    cells = find("2").sweep.cells()
    return str(next(n for n, c in enumerate(cells) if (c.method, c.epsilon) == (method, epsilon)))


def test_every_method_and_pooling_has_a_name():
    assert NAMES.keys() == {*METHODS, *POOLINGS}


def test_the_right_answer_is_the_side_on_which_the_intervals_are():
    # The slope by hand: mean logarithms of the networks' norms at three sizes.
    sweep, _ = read_sweep(ROOT / "results/train/figure-1-cpu")
    logs = {}
    for one in sweep.networks:
        logs.setdefault(one.d, []).append(math.log(one.measures.gradient_norm.mean()))
    slope = np.polyfit(np.log(list(logs)), [np.mean(values) for values in logs.values()], 1)[0]
    question = LESSON.question()
    assert question.options[question.right] == "growth, but slower than √d"
    assert f"d to the power {slope:.2f}" in question.because


@pytest.mark.parametrize(
    ("low", "high", "right"), [(-0.1, 0.2, 0), (0.1, 0.4, 1), (0.4, 0.6, 2), (0.8, 1.1, 3)]
)
def test_other_intervals_give_another_answer(ledger, low, high, right):
    for one in ledger["figure-1-natural-images"]["stated"]:
        one.update(low=low, high=high)
    assert LESSON.question().right == right


def test_outcomes_are_the_ledgers(ledger):
    for figure, sentences in SENTENCES.items():
        for sentence, outcome in zip(sentences, outcomes(figure)[1:], strict=True):
            verdict = ledger[sentence.claim]["verdict"]
            wanted = {"holds": HOLDS, "undecided": UNDECIDED, "not checked": UNDECIDED}
            assert outcome is wanted.get(verdict, FAILS), sentence.claim


def test_every_sentence_is_a_claim_of_the_same_figure(ledger):
    for figure, sentences in SENTENCES.items():
        for sentence in sentences:
            claim = ledger[sentence.claim]
            assert f"figure-{figure}" in claim["id"] + claim.get("data", "")


def test_the_verdict_is_said_in_the_ledgers_words():
    shown = text(fragments(after(("figure", "1"), ("step", "9")))["steps"])
    assert "the ledger (not reproduced at this scale)" in shown
    shown = text(fragments(after(("step", "9")))["steps"])
    assert "the ledger: not checked. 4 networks a cell; 8 are needed" in shown


def test_networks_that_the_ledger_has_not_seen_have_no_verdict(ledger):
    ledger["figure-3"]["data"] = "networks of another training"
    del ledger["figure-3-much"]
    assert outcomes("3")[2:4] == [UNDECIDED, UNDECIDED]
    assert "has not seen" in text(fragments(after(("figure", "3"), ("step", "9")))["steps"])


def test_the_wrong_dual_norm_fails():
    assert outcomes("3", wrong_dual=True)[1] is FAILS
    assert "l2-norm" in text(
        fragments(after(("figure", "3"), ("wrong_dual", "1")))["counterexample"]
    )


def test_a_false_neighbour_that_holds_leaves_a_sentence_undecided(ledger):
    assert outcomes("1")[1] is HOLDS
    ledger["figure-1-growth-natural-images"]["controls"][0]["outcome"] = "holds"
    assert outcomes("1")[1] is UNDECIDED


def test_corrected_sentences_have_the_findings_of_the_correction(ledger):
    assert outcomes("3", corrected=True)[3] is UNDECIDED
    for one in ledger["figure-3-much"]["corrected_findings"]:
        one["outcome"] = "holds"
    assert outcomes("3", corrected=True)[3] is not FAILS


def test_falsified_means_fail_beside_the_table(monkeypatch):
    true = cell_intervals.cell_interval
    monkeypatch.setattr(cell_intervals, "cell_interval", lambda *given: true(*given).scaled(1.02))
    assert outcomes("3")[0] is FAILS


def test_the_puzzle_is_solved_by_a_dual_pair():
    pair = place_of("l1-penalty", 0.02), place_of("linf-augmentation", 0.02)
    state = after(("cell", pair[0]), ("cell", pair[1]), ("judged", "1"))
    shown = text(fragments(state)["puzzle"])
    assert "Solved." in shown
    assert "which these few networks do not decide" in shown
    assert "would not decide on 4 networks of a kind" in shown
    assert "outside the range" not in shown


def test_strong_methods_are_outside_the_range_of_proposition_2():
    pair = place_of("l1-penalty", 0.3), place_of("linf-augmentation", 0.3)
    state = after(("cell", pair[0]), ("cell", pair[1]), ("judged", "1"))
    shown = text(fragments(state)["puzzle"])
    assert "differ by more than a quarter" in shown
    assert "outside the range of Proposition 2" in shown


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        ([], "0 of two kinds are chosen"),
        ([("l1-penalty", 0.08)], "1 of two kinds are chosen"),
        ([("plain", 0.0), ("cross-lipschitz", 0.01)], "one is plain training"),
        ([("l1-penalty", 0.08), ("l1-penalty", 0.3)], "trained by the same method"),
        ([("l1-penalty", 0.08), ("l2-penalty", 0.005)], "differ by more than a quarter"),
        ([("l1-penalty", 0.08), ("linf-augmentation", 0.3)], "decides nothing"),
    ],
)
def test_a_wrong_answer_is_told_why(kinds, why):
    state = after(*(("cell", place_of(*kind)) for kind in kinds), ("judged", "1"))
    shown = text(fragments(state)["puzzle"])
    assert "Not yet." in shown
    assert why in shown


def test_a_falsified_ratio_changes_the_verdict(monkeypatch):
    wrong = Interval(estimate=1.0, low=0.9, high=1.1, error=0.05, samples=9)
    monkeypatch.setattr(superposition, "norm_ratio", lambda *given: wrong)
    pair = place_of("l1-penalty", 0.08), place_of("linf-augmentation", 0.08)
    state = after(("cell", pair[0]), ("cell", pair[1]), ("judged", "1"))
    assert "2.72 (2.46 to 3.00): they differ" in text(fragments(state)["puzzle"])


def test_another_figure_starts_without_choices():
    state = after(("cell", "3"), ("cell", "5"), ("only", "plain"), ("figure", "3"))
    assert state.settings == Settings(figure="3", x="own")
    assert after(("figure", "2"), state=state).settings == Settings()
    shown = text(fragments(after(("judged", "1"), state=state))["puzzle"])
    assert "the puzzle is about the networks of Figure 2" in shown


def test_a_name_in_the_legend_shows_its_line_alone_and_all_again():
    alone = fragments(after(("only", "l1-penalty")))["figure"]
    assert alone.count('data-send="cell"') == 4
    again = fragments(after(("only", "l1-penalty"), ("only", "l1-penalty")))["figure"]
    assert again.count('data-send="cell"') == len(find("2").sweep.cells())


@pytest.mark.parametrize(("x", "wrong_dual"), [("norm", ""), ("norm2", "1")])
def test_the_damage_stands_beside_what_lemma_1_lets_expect(x, wrong_dual):
    events = [("figure", "3"), ("y", "damage"), ("x", x), ("step", "2"), ("wrong_dual", wrong_dual)]
    parts = fragments(after(*events))
    assert 'data-link="damage"' in parts["figure"]
    assert 'data-link="damage"' in parts["steps"]
    without = fragments(after(("figure", "3"), ("y", "damage"), ("x", "own"), ("step", "2")))
    assert 'data-link="damage"' not in without["figure"] + without["steps"]


@pytest.mark.parametrize("figure", ["1", "2", "3"])
def test_every_linked_term_lights_something(figure):
    parts = fragments(after(("figure", figure), ("step", "9")))
    said, drawn = (
        {link for links in re.findall('data-link="([^"]*)"', parts[part]) for link in links.split()}
        for part in ("steps", "figure")
    )
    assert said
    assert said <= drawn


def test_the_networks_of_a_chosen_kind_are_linked_with_their_rows():
    parts = fragments(after(("figure", "3"), ("cell", "1")))
    for index in range(8):
        assert f'data-link="net-1-{index}"' in parts["figure"]
        assert f'data-link="net-1-{index}"' in parts["handles"]
    first = find("3").sweep.of(find("3").sweep.cells()[1])[0].measures.summary()
    assert f"{first.gradient_norm:.3g}" in parts["handles"]


@given(st.lists(st.integers(0, 30), max_size=6))
def test_at_most_the_last_two_kinds_pressed_are_chosen(pressed):
    settings, kept = Settings(), []
    for cell in pressed:
        settings = choose_cell(settings, str(cell))
        kept = [k for k in kept if k != cell] if cell in kept else [cell, *kept][:2]
        assert [k for k in (settings.cell, settings.other) if k != NONE] == kept


def test_strengths_without_equation_5_are_larger_for_p_2_alone():
    cells = find("2").sweep.cells()
    with_it, without = (Shown(Settings(unscaled=u), find("2")) for u in (False, True))
    for cell in cells:
        factor = math.sqrt(768) if cell.method.startswith("l2") else 1
        assert without.own(cell) == pytest.approx(factor * with_it.own(cell))


@pytest.mark.parametrize("figure", ["1", "2", "3"])
def test_without_networks_the_lesson_says_how_to_train_some(nothing_recorded, figure):
    state = after(("figure", figure), ("step", "9"), ("judged", "1"), ("answer", "0"))
    parts = fragments(state)
    assert not state.wants_more
    assert f"sqrtd train figure-{figure} --preset cpu" in parts["figure"]
    assert "Not yet." in text(parts["puzzle"])
    assert "No trained networks are recorded here" in parts["question"]


def test_damaged_results_are_named(nothing_recorded):
    folder = nothing_recorded / "results/train/figure-2-cpu"
    shutil.copytree(ROOT / "results/train/figure-2-cpu", folder)
    (folder / "networks.npz").write_bytes(b"no")
    assert "cannot be read" in fragments(start(LESSON))["figure"]


def test_results_of_another_table_are_refused(nothing_recorded):
    folder = nothing_recorded / "results/train/figure-3-cpu"
    shutil.copytree(ROOT / "results/train/figure-3-cpu", folder)
    lines = (folder / "networks.csv").read_text().splitlines()
    (folder / "networks.csv").write_text("\n".join(lines[:-8]))
    assert "lists other networks" in fragments(after(("figure", "3")))["figure"]


def test_results_are_read_once():
    assert read_recorded("figure-3", (ROOT,)) is read_recorded("figure-3", (ROOT,))


@pytest.mark.parametrize(
    "query",
    [
        "figure=3&x=own&y=accuracy&cell=200&other=0&unscaled=1&corrected=1&wrong_dual=1&step=9",
        "figure=1&x=own&y=norm2&only=max&cell=2&other=2&judged=1",
        "x=own&y=accuracy&only=cross-lipschitz&cell=0&other=23&judged=1",
        "x=vulnerability",
        "x=damage&y=damage&cell=3&wrong_dual=1&step=9",
    ],
)
def test_any_address_renders(query):
    state = from_address(LESSON, query)
    assert not state.message
    fragments(state)
