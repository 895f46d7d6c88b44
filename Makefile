# Everything there is to do with this project. `make help` lists it.
SHELL := /bin/bash
PORT ?= 8000
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
SCALE ?= full
BIN := .venv/bin

# A stamp named after the lock file's content: the environment is rebuilt when the lock changes, and only then.
BASE_STAMP := .venv/.base-$(shell cksum < requirements.lock | tr -d ' \n')
DEV_STAMP := .venv/.dev-$(shell cksum < requirements-dev.lock | tr -d ' \n')

.PHONY: help demo demo-reset test lint format messages acceptance bench lock

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

demo: $(BASE_STAMP) ## start the portal with an invented world on http://127.0.0.1:8000 (PORT=… for another)
	@exec $(BIN)/python manage.py demo --port $(PORT)

demo-reset: $(BASE_STAMP) ## throw the invented world away
	@exec $(BIN)/python manage.py demo --reset

test: $(DEV_STAMP) ## the whole test suite on SQLite, in the browser too where there is a Chromium
	@exec $(BIN)/python -m pytest -q -n 2 --dist loadgroup

lint: $(DEV_STAMP) ## style, templates, migrations, deployment settings, house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates portal --lint --quiet
	$(BIN)/python manage.py makemigrations --check --dry-run
	set -a; . deploy/env.example; set +a; PORTAL_VAR=build/var $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m pytest -q tests/test_house.py

format: $(DEV_STAMP) ## put the code in its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(DEV_STAMP) ## collect the words of the interface and compile them; fails where English is missing
	$(BIN)/python -m tests.house.messages

acceptance: $(DEV_STAMP) ## which acceptance lines the tests prove: build/acceptance.json
	@exec $(BIN)/python -m pytest -q -n 2 --dist loadgroup --acceptance build/acceptance.json

bench: $(DEV_STAMP) ## how fast it is against the goals: build/bench.json (SCALE=small for a quick look)
	@exec $(BIN)/python -m tests.load.bench --scale $(SCALE)

lock: ## write requirements.lock and requirements-dev.lock again from pyproject.toml
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install -q uv
	build/lock/bin/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	build/lock/bin/uv pip compile -q pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-dev.lock

# The development environment holds the base one, so it serves both.
$(BASE_STAMP):
	@test -e $(DEV_STAMP) || $(MAKE) --no-print-directory .venv/install LOCK=requirements.lock
	@touch $@

$(DEV_STAMP):
	@$(MAKE) --no-print-directory .venv/install LOCK=requirements-dev.lock
	@touch $@

.PHONY: .venv/install
.venv/install:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@test -x $(BIN)/python || { echo "Creating .venv with $(PYTHON)…"; $(PYTHON) -m venv .venv; }
	@rm -f .venv/.base-* .venv/.dev-*
	@echo "Installing $(LOCK)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $(LOCK)
