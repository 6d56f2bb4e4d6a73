# Every command a person needs. `make run` is enough to try the bot.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: setup run test lint talk bench lock

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 setup"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --version >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m nlu train
	@touch $(STAMP)

run: setup
	@$(BIN)/python -m bot serve

talk: setup
	@$(BIN)/python -m bot talk

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m bot catalog check

test: setup
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/prepare.py
	$(BIN)/python -m pytest

bench: setup
	$(BIN)/python -m tests.bench

# After a change of the dependencies in pyproject.toml; needs uv. Names no registry host.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --all-extras pyproject.toml -o requirements.lock
