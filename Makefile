# `make demo` shows the program at work; `make test` runs all that CI runs on the code.
PYTHON ?= python3
BIN := .venv/bin
# Tests wait for disks and servers a good part of their time.
WORKERS := $(shell $(PYTHON) -c 'import os; print(1 + (os.cpu_count() or 1))')

.PHONY: demo test lint types schemas benchmark clean

demo: .venv/installed
	PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

test: .venv/developed lint types schemas
	$(BIN)/python -m pytest -q -n $(WORKERS)

lint: .venv/developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/developed
	$(BIN)/mypy

schemas: .venv/developed
	$(BIN)/reconciler schema --check schemas

benchmark: .venv/developed
	$(BIN)/python -m tests.benchmarks

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/developed: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf .venv
