import pytest
from sweep_runs import run
from tiny_experiments import tiny_cell, tiny_experiment


@pytest.fixture(scope="package")
def experiment():
    return tiny_experiment(
        tiny_cell(), tiny_cell(method="l1-penalty", epsilon=0.1), repeats=2, pgd=True
    )


@pytest.fixture(scope="package")
def uninterrupted(experiment, tmp_path_factory):
    return run(experiment, tmp_path_factory.mktemp("sweep"))
