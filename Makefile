# make verify   create .venv, install, check the paper's claims
# make test     the same, then the tests
# make teach    open the lessons in the browser
# make site     the course, the ledger, the guides and the API as one static site: site/index.html
# make lint     style and types
# make packages build wheel and source distribution, and use both outside the repository
# make bench    timings, as ratios measured side by side
# make robustness  malformed inputs and killed runs: results/campaign/, an hour; it goes on where
#               it was stopped
# make coverage how often the intervals miss: docs/coverage.md, a quarter of an hour
# make falsified  which rows turn red when an ingredient is wrong: docs/falsified.md, an hour; it
#               goes on where it was stopped
# make proofs   let Coq check theory/proofs, and write its record theorems.json; says how to
#               install Coq where it is missing
# make gpu      one of the paper's experiments on a CUDA GPU, nine minutes of it; needs torch alone.
#               FIGURE=figure-3 (or -2, -1), IMAGES=cifar10:FOLDER (or others, as of `sqrtd train`);
#               call it again while it exits with 1: networks are left

PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed

.PHONY: verify test teach lint packages bench robustness coverage falsified proofs site gpu

verify: $(INSTALLED)
	$(VENV)/bin/sqrtd verify

test: verify
	$(VENV)/bin/pytest

teach: $(INSTALLED)
	$(VENV)/bin/sqrtd teach

site: $(INSTALLED)
	$(VENV)/bin/python docs/site_builder site

lint: $(INSTALLED)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

packages: $(INSTALLED)
	.ci/packages

bench: $(INSTALLED)
	$(VENV)/bin/python benchmarks/path_sums.py
	$(VENV)/bin/python benchmarks/dense_networks.py
	$(VENV)/bin/python benchmarks/convolutions.py
	$(VENV)/bin/python benchmarks/training_methods.py

robustness: $(INSTALLED)
	$(VENV)/bin/python benchmarks/malformed_inputs.py
	$(VENV)/bin/python benchmarks/killed_runs.py

coverage: $(INSTALLED)
	$(VENV)/bin/python benchmarks/coverage.py

falsified: $(INSTALLED)
	$(VENV)/bin/python benchmarks/falsified_ingredients.py

proofs: $(INSTALLED)
	$(VENV)/bin/python -m theory.proofs.build

FIGURE ?= figure-3
IMAGES ?= cifar10:data
gpu:
	$(PYTHON) -m sqrtd train $(FIGURE) --preset paper --epochs 30 --data $(IMAGES) --device cuda --hours 0.15

# The constraint goes by the environment so that it also holds for the build of the package.
$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(VENV)/bin/python -m pip install --disable-pip-version-check --quiet --editable '.[dev]'
	touch $@
