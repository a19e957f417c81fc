"""Which networks a look was at, and what a further one adds."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from known_sweeps import over_poolings

from empirical.measures.looks import at_looks, looked_again, sizes_at_looks


def sweep(counts):
    return over_poolings(
        [{"share": 0.1, "networks": count} for count in counts], images=2, seed=sum(counts)
    )


def first(whole, counts):
    """Return the first networks of each cell."""
    wanted = dict(zip(whole.cells(), counts, strict=True))
    return replace(whole, networks=[one for one in whole.networks if one.index < wanted[one.cell]])


@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), max_size=4))
def test_each_cell_has_a_look_whenever_it_grows(steps):
    sizes = [[1, 1, 1]]
    for step in steps:
        sizes.append(
            [size * 2 if grows else size for size, grows in zip(sizes[-1], step, strict=True)]
        )
    whole = sweep(sizes[-1])
    seen = first(whole, sizes[0])
    for counts in sizes[1:]:
        seen = looked_again(seen, first(whole, counts))
    expected = [sorted(set(column)) for column in zip(*sizes, strict=True)]
    assert list(sizes_at_looks(seen).values()) == expected
    for number, part in enumerate(at_looks(seen)):
        counts = [len(part.of(cell)) for cell in whole.cells()]
        assert counts == [each[number] if number < len(each) else 0 for each in expected]


def test_other_networks_are_one_more_look_at_nobody_knows_which():
    before, other = sweep([2, 2, 2]), replace(sweep([2, 2, 2]), networks=[])
    changed = [replace(one, training_loss=0.5) for one in before.networks]
    now = looked_again(before, replace(other, networks=changed))
    assert set(map(tuple, sizes_at_looks(now).values())) == {(0, 2)}
    assert [len(part.networks) for part in at_looks(now)] == [0, 6]


def test_new_kinds_have_forgotten_looks_with_the_others():
    """Else the first look would be at the new kinds alone, and the second at the old ones alone."""
    before = first(sweep([2, 2, 2]), [2, 2, 0])
    changed = [replace(one, training_loss=0.5) for one in sweep([2, 2, 2]).networks]
    now = looked_again(before, replace(before, networks=changed))
    assert set(map(tuple, sizes_at_looks(now).values())) == {(0, 2)}
