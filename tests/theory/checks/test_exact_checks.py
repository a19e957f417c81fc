"""Every exact check has the one form that `ExactCheck` documents."""

import inspect
from importlib import import_module
from pkgutil import walk_packages

import pytest

import theory.checks
from evidence.findings import Outcome
from theory.checks.exact_checks import ExactCheck, refuted_by


def exact_checks():
    for found in walk_packages(theory.checks.__path__, "theory.checks."):
        module = import_module(found.name)
        for name, value in vars(module).items():
            if name.startswith("check_") and value.__module__ == found.name:
                yield value


def has_the_form(check):
    _, *parameters = inspect.signature(ExactCheck.__call__).parameters.values()
    return list(inspect.signature(check).parameters.values()) == parameters


@pytest.mark.parametrize("check", list(exact_checks()), ids=lambda check: check.__name__)
def test_a_check_has_the_documented_form_and_says_what_it_tests(check):
    assert has_the_form(check)
    assert check.__doc__


def test_another_form_is_seen():
    assert not has_the_form(lambda *, seed: seed)
    assert not has_the_form(lambda seed, progress: seed)


def test_a_worked_counterexample_refutes_its_statement():
    finding = refuted_by("1 + 1 = 3", "1 + 1 = 2")
    assert finding.outcome is Outcome.FAILS
    assert finding.summary == "counterexample: 1 + 1 = 2"
