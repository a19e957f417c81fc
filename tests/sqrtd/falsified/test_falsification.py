"""A falsification reaches every module, and leaves nothing behind."""

import importlib

import pytest

from simulations.engine.ensemble import plan
from simulations.networks import families, initialization, simple_networks
from sqrtd.falsified.catalogue import FALSIFICATIONS, find_falsification
from sqrtd.falsified.falsification import Falsification
from sqrtd.ledgers import read_ledger
from theory.attacks import norms
from theory.checks.section_2 import first_order
from theory.checks.subjects.exact_points import Point


def ingredient(where):
    module, _, path = where.partition(":")
    owner = importlib.import_module(module)
    *classes, name = path.split(".")
    for part in classes:
        owner = getattr(owner, part)
    return vars(owner)[name]


@pytest.mark.parametrize("name", FALSIFICATIONS)
def test_it_applies_and_is_undone(name):
    falsification = FALSIFICATIONS[name]
    true = {where: ingredient(where) for where in falsification.changes}
    with falsification.applied():
        assert all(ingredient(where) is not true[where] for where in true)
    assert all(ingredient(where) is true[where] for where in true)


def test_it_reaches_names_that_other_modules_imported():
    true = norms.norm
    with FALSIFICATIONS["exact-l1-norm-is-l2"].applied():
        assert first_order.norm is norms.norm is not true
    assert first_order.norm is norms.norm is true


def test_it_reaches_the_values_of_dictionaries():
    true = simple_networks.max_pool
    with FALSIFICATIONS["max-pooling-averages"].applied():
        assert families.FAMILIES["max-pool"] is simple_networks.max_pool is not true
    assert families.FAMILIES["max-pool"] is simple_networks.max_pool is true


def test_it_reaches_properties():
    point = Point(weights=(1, 4), slopes=[[0], [1]], target=0)
    with FALSIFICATIONS["softmax-at-temperature-2"].applied():
        assert point.q == pytest.approx([1 / 3, 2 / 3])
    assert point.q == pytest.approx([1 / 5, 4 / 5])


def test_functions_that_remember_forget():
    with FALSIFICATIONS["variance-plus-3-percent"].applied():
        assert plan.cache_info().currsize == 0
        assert initialization.he_variance(2) == 1.03


def test_it_is_undone_after_an_exception():
    with (
        pytest.raises(KeyError),
        FALSIFICATIONS["variance-1-over-n"].applied(),
    ):
        raise KeyError
    assert initialization.he_variance(2) == 1


def test_an_ingredient_that_is_not_there_is_refused():
    lost = Falsification(name="lost", says="", changes={"theory.dag:no_such": id}, rows=())
    with pytest.raises(AttributeError, match=r"theory\.dag:no_such is not there"), lost.applied():
        pass


def test_a_false_ingredient_that_is_true_elsewhere_is_refused():
    both = Falsification(
        name="both",
        says="",
        changes={"theory.attacks.norms:dual_norm": lambda _: norms.norm},
        rows=(),
    )
    with pytest.raises(ValueError, match="one that is in use"), both.applied():
        pass


def test_every_row_that_may_notice_is_checked_and_no_oracle():
    claims = read_ledger().claims
    checked = {claim.id for claim in claims if claim.check and "oracle" not in claim.id}
    for falsification in FALSIFICATIONS.values():
        assert set(falsification.rows) <= checked, falsification.name


def test_a_name_is_found_or_a_near_one_is_told():
    assert find_falsification("networks-twice").name == "networks-twice"
    with pytest.raises(ValueError, match="did you mean 'networks-twice'"):
        find_falsification("networks-twise")
