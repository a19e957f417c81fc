"""The sample of the lesson on 1/√d: recorded at the start, drawn after it, or another one."""

from dataclasses import replace

import numpy as np

from teaching.contents import load
from teaching.lessons.square_root import sample
from teaching.lessons.square_root.settings import Settings
from teaching.state import Event, apply, start

LESSON = load("square-root")


def draw(settings, rounds=Settings.networks):
    sampling = LESSON.sampling(replace(settings, networks=rounds))
    return [sampling.draw(number) for number in range(sampling.wanted)]


def test_the_recorded_networks_are_those_that_are_drawn():
    assert Settings.networks == sample.RECORDED
    for number in (0, 1, 2, 3, 5, 127):
        read, drawn = draw(Settings())[0][number], sample._draw(Settings(), number)
        assert read.sample.d == drawn.sample.d
        np.testing.assert_allclose(read.sample.norms, drawn.sample.norms, rtol=1e-3)
        np.testing.assert_allclose(read.sample.factors, drawn.sample.factors, rtol=1e-3)


def test_more_networks_than_are_recorded_are_drawn_after_them():
    some, more = draw(Settings(), 3), draw(Settings(), Settings.networks + 1)
    assert len(some) == 1
    assert len(some[0]) == 12
    assert [len(pieces) for pieces in more] == [128, 1, 1, 1, 1]
    np.testing.assert_array_equal(
        more[1][0].sample.norms, sample._draw(Settings(), 128).sample.norms
    )
    assert LESSON.sampling(Settings(networks=0)).wanted == 0


def test_another_sample_has_another_seed():
    state = apply(start(LESSON), Event("sample", "1"))
    assert state.settings.sample == 1
    assert LESSON.sampling(state.settings).key != LESSON.sampling(Settings()).key
    norms = [LESSON.sampling(Settings(sample=n)).draw(0)[0].sample.norms for n in (0, 1)]
    assert not np.array_equal(*norms)
