"""Tasks side by side: order, progress, errors, and Torch's threads put back."""

import threading

import pytest
import torch

from running.parallel import Task, side_by_side


def task(value, *, steps=3):
    def work(report):
        for step in range(steps):
            report((step + 1) / steps, "working")
        return value

    return Task(name=f"task {value}", cost=value + 1, work=work)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_keep_the_order_of_the_tasks(workers):
    assert side_by_side([task(i) for i in range(7)], workers=workers) == list(range(7))


def test_progress_grows_to_one_in_the_callers_thread():
    calls = []
    side_by_side(
        [task(i) for i in range(5)],
        workers=2,
        progress=lambda fraction, _: calls.append((fraction, threading.current_thread())),
    )
    fractions = [fraction for fraction, _ in calls]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert {thread for _, thread in calls} == {threading.main_thread()}


def test_torch_has_one_thread_meanwhile_and_its_own_number_after():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        seen = side_by_side(
            [Task(name="count", cost=1, work=lambda _: torch.get_num_threads())] * 4, workers=2
        )
        assert seen == [1] * 4
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def endless(report):
    while True:
        report(0.5, "working")


def test_an_error_stops_the_other_tasks():
    def fail(_):
        raise ValueError("broken")

    tasks = [Task(name=str(work), cost=1, work=work) for work in (endless, fail, endless)]
    before = torch.get_num_threads()
    with pytest.raises(ValueError, match="broken"):
        side_by_side(tasks, workers=2)
    assert torch.get_num_threads() == before


def test_an_interrupt_stops_all_tasks():
    def interrupt(fraction, activity):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(
            [Task(name="endless", cost=1, work=endless)] * 3, workers=2, progress=interrupt
        )
    assert threading.active_count() == 1
