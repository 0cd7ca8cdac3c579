# Thin names for the commands that README.md also spells out for Windows. Needs python3 (3.11 or newer) and make.
PYTHON ?= python3
BIN := .venv/bin
METADATA := setup.cfg pyproject.toml
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: report test lint types types-windows bench mutants clean

report: .venv/installed
	$(BIN)/forecaster run --output reports/edip.xlsx --force

test: .venv/installed-test
	$(MAKE) --jobs=3 lint types types-windows
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed-test
	$(BIN)/mypy

types-windows: .venv/installed-test
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32

# About forty minutes; BENCH=--quick for less.
bench: .venv/installed-bench
	$(BIN)/python tests/benchmarks $(BENCH)

# About a quarter of an hour; PLACES=strain or PLACES=strain:85 for less.
mutants: .venv/installed-test
	$(BIN)/python tests/mutation $(PLACES)

clean:
	rm -rf .venv build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache reports/*.xlsx

# Editable: what runs and what is tested is this checkout. The stamps spare a second installation.
.venv/installed: .venv/bin/python $(METADATA)
	$(PIP) --editable .
	touch $@

.venv/installed-test: .venv/bin/python $(METADATA)
	$(PIP) --editable '.[test]'
	touch $@ .venv/installed

.venv/installed-bench: .venv/bin/python $(METADATA)
	$(PIP) --editable '.[test,bench]'
	touch $@ .venv/installed .venv/installed-test

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "forecaster needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
