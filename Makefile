# make verify   create .venv, install, check the paper's claims
# make test     the same, then the tests
# make lint     style and types
# make bench    timings, as ratios measured side by side

PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed

.PHONY: verify test lint bench

verify: $(INSTALLED)
	$(VENV)/bin/sqrtd verify

test: verify
	$(VENV)/bin/pytest

lint: $(INSTALLED)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

bench: $(INSTALLED)
	$(VENV)/bin/python benchmarks/path_sums.py
	$(VENV)/bin/python benchmarks/dense_networks.py
	$(VENV)/bin/python benchmarks/convolutions.py

# The constraint goes by the environment so that it also holds for the build of the package.
$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(VENV)/bin/python -m pip install --disable-pip-version-check --quiet --editable '.[dev]'
	touch $@
