# Every command a person needs. `make run` is enough to try the bot.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
INSTALL := sh deploy/install.sh

RASA_VENV := .venv-rasa
RASA_STAMP := $(RASA_VENV)/.ready
RASA_PROJECT := nlu/rasa_project
RASA_HOST ?= 127.0.0.1
RASA_PORT ?= 5005
# Much of what is tested waits for something, so one more than most machines have cores.
TEST_WORKERS ?= 3

# Where a machine forbids it, every process would compile every module again, and so would the tests.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test lint talk bench audit fuzz lock rasa rasa-setup rasa-train rasa-lock

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 setup"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --version >/dev/null
	@$(INSTALL) $(VENV)
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
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder

bench: setup
	$(BIN)/python -m tests.bench

# Known vulnerabilities of what is installed, where an advisory service is reached.
audit: setup
	$(BIN)/python -m tests.audit

# Throws what nobody would send, for longer than the tests do.
fuzz: setup
	$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),10)

# After a change of the dependencies in pyproject.toml; needs uv. Names no registry host.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --all-extras pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url -c requirements.lock pyproject.toml -o deploy/containers/serve.lock

# Rasa beside the bot: installed, trained from nlu/data and served here; then: RASA_URL=http://127.0.0.1:5005 make run
rasa: rasa-train
	@sh $(RASA_PROJECT)/serve.sh $(RASA_VENV) --interface $(RASA_HOST) --port $(RASA_PORT)

rasa-setup: $(RASA_STAMP)

$(RASA_STAMP): $(RASA_PROJECT)/requirements.lock $(RASA_PROJECT)/install.sh
	@echo "installing Rasa in $(RASA_VENV), some minutes and 2.7 GB"
	@sh $(RASA_PROJECT)/install.sh $(RASA_VENV)
	@touch $(RASA_STAMP)

rasa-train: rasa-setup
	@sh $(RASA_PROJECT)/train.sh $(RASA_VENV)

rasa-lock:
	uv pip compile --python-version 3.10 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  $(RASA_PROJECT)/requirements.in -o $(RASA_PROJECT)/requirements.lock
