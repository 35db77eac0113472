# Everything a person or a machine does here is one of these words. Each sets up what it needs first (dev/setup.py).
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done || echo python3)
SETUP := $(or $(PYTHON),python3) -m dev.setup
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test soak check bench lock setup clean

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up, migrate, seed the shipped procedures and demo people, serve on 127.0.0.1:$MOTCUA_PORT (8000)
	@$(SETUP) run
	@MALLOC_ARENA_MAX=2 exec $(BIN)/python app.py --demo

test: ## Set up and run the tests on SQLite and PostgreSQL and in Chromium (ARGS="tests/clock -k pause" for some)
	@$(SETUP) test
	@$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=worksteal $(ARGS)

soak: ## The same tests with property, fuzz, kill and load tests at full counts
	@$(SETUP) test
	@MOTCUA_SOAK=1 $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=worksteal $(ARGS)

check: ## Lint, types, import contracts, dead code, translations, facts about the tree
	@$(SETUP) check
	@$(BIN)/python -m dev.check

bench: ## Measure: an engine step, a submit over HTTP, timers, lists with a million tasks, … against what was promised (ARGS="--quick")
	@$(SETUP) test
	@$(BIN)/python -m benchmarks $(ARGS)

lock: ## Redo requirements*.txt and package-lock.json from what is asked for (ARGS="--upgrade" takes newer versions)
	@$(SETUP) check
	@$(BIN)/python -m dev.lock $(ARGS)

setup: ## Only set up, all of it, trying again what could not be installed before
	@$(SETUP) test --again

clean: ## Remove what make made (the environment, browser packages, caches); never data/
	rm -rf .venv node_modules web/static/dist expressions/feelin.js web/translations/*/LC_MESSAGES
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis tests/browser/shots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
