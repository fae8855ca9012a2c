# Every target makes what it needs in .venv; nothing has to be installed first but Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check format bench quality crash picture lock clean

run: .venv/run
	@$(BIN)/python -m bot console

test: .venv/dev
	$(BIN)/pytest --numprocesses auto --dist loadfile

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot check

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

picture: .venv/dev
	PYTHONPATH=. $(BIN)/python docs/picture.py

bench: .venv/dev
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.slack
	$(BIN)/python -m benchmarks.discord
	$(BIN)/python -m benchmarks.claims
	$(BIN)/python -m benchmarks.sending
	$(BIN)/python -m benchmarks.scale 1_000

quality: .venv/dev
	$(BIN)/python -m benchmarks.quality

crash: .venv/dev
	$(BIN)/python -m benchmarks.crash

lock: .venv/dev
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock
LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Commonplace needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/run: requirements.lock | .venv/python
	@echo 'Installing what the bot needs into .venv ...'
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock | .venv/python
	@echo 'Installing what the tests need into .venv ...'
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ .venv/run
