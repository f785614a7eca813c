# Two commands: `make run` and `make test`. Both begin with the same bootstrap of .venv.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test bench faults fuzz flood sbom audit wheel bootstrap bootstrap-dev bootstrap-bench lint types arrows browser tests lock clean force

VENV := .venv
BIN := $(VENV)/bin
# An exported PYTHON= is tried first; the first one that is new enough makes the virtual environment.
CANDIDATES := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11
UV ?= uv

help:
	@echo 'make run            start everything, submit the samples if nothing is there (DEMO=1: always), keep serving (PORT=, ONCE=1)'
	@echo 'make test           linters, types, import rules and every test'
	@echo 'make bench          Wenqi beside a textbook build, alternatives and the limits (BENCH=--quick)'
	@echo 'make faults         break everything again and again under load, then compare sets'
	@echo 'make fuzz           20,000 hostile requests'
	@echo 'make flood          more clients than can be served while PostgreSQL stalls (MINUTES=10)'
	@echo 'make sbom           what the build is made of, in CycloneDX (SBOM=var/sbom.json)'
	@echo 'make audit          known vulnerabilities of what is pinned, where a database can be reached'
	@echo 'make wheel          a wheel in dist/ that knows its commit, and what it is made of'
	@echo 'make bootstrap-dev  only create .venv with everything that development needs'
	@echo 'make lock           pin requirements/*.in anew (needs uv)'
	@echo 'make clean          remove .venv and caches; var/ (your data) stays'

# A virtual environment does not survive being moved, nor its interpreter being removed: then make it anew.
ifneq ($(shell cat $(VENV)/.made-in 2>/dev/null && $(BIN)/python -c 'print("ok")' 2>/dev/null),$(CURDIR) ok)
$(VENV)/.made-in: force
endif

$(VENV)/.made-in:
	@rm -f $(VENV)/.stamp-*; \
	for candidate in $(CANDIDATES); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found=$$candidate; break; fi; done; \
	if [ -z "$$found" ]; then \
	  echo "Wenqi needs Python 3.11 or newer; none of these is: $(CANDIDATES). Install one, or name it: make PYTHON=/path/to/python3" >&2; \
	  exit 1; fi; \
	if ! said=$$("$$found" -m venv --clear $(VENV) 2>&1); then \
	  echo "$$said" | tail -n 3 >&2; \
	  echo "$$found could not create $(VENV): it lacks venv or ensurepip (Debian and Ubuntu: apt-get install python3-venv), or this folder cannot be written." >&2; \
	  exit 1; fi; \
	echo '$(CURDIR)' > $@

# $(1): the pinned requirements. Says in a sentence why an installation failed; pip's own words are in pip.log.
define install
	@echo 'Installing $(1) into $(VENV) (the first time takes a minute) ...'
	@if ! $(BIN)/python -m pip install --disable-pip-version-check --require-hashes --only-binary :all: \
	      -r $(1) > $(VENV)/pip.log 2>&1; then \
	  tail -n 3 $(VENV)/pip.log >&2; \
	  if grep -q 'DO NOT MATCH THE HASHES' $(VENV)/pip.log; then \
	    echo 'A downloaded package is not the one pinned in $(1), so nothing of it was used. Ask who runs your package index.' >&2; \
	  elif grep -qE 'Failed to establish|NewConnectionError|ConnectionError|Name or service|timed out|Network is unreachable|ProxyError|Could not fetch URL' $(VENV)/pip.log; then \
	    echo 'No package index could be reached. Connect this machine to one (or configure pip for your mirror) and run make again.' >&2; \
	  else \
	    echo 'The packages of $(1) could not be installed: the lines above and $(VENV)/pip.log say why.' >&2; fi; \
	  exit 1; fi
	@$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --no-index -q -e . \
	  || { echo 'The project itself could not be installed into $(VENV).' >&2; exit 1; }
endef

$(VENV)/.stamp-runtime: requirements/runtime.txt pyproject.toml | $(VENV)/.made-in
	$(call install,requirements/runtime.txt)
	@touch $@

$(VENV)/.stamp-dev: requirements/dev.txt pyproject.toml | $(VENV)/.made-in
	$(call install,requirements/dev.txt)
	@touch $@ $(VENV)/.stamp-runtime

$(VENV)/.stamp-bench: requirements/bench.txt pyproject.toml | $(VENV)/.made-in
	$(call install,requirements/bench.txt)
	@touch $@ $(VENV)/.stamp-runtime

bootstrap: $(VENV)/.stamp-runtime
bootstrap-dev: $(VENV)/.stamp-dev
bootstrap-bench: $(VENV)/.stamp-bench

run: bootstrap
	@exec $(BIN)/wenqi up --demo-if-empty

bench: bootstrap-bench
	@exec $(BIN)/python -m bench $(BENCH)

lint: bootstrap-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: bootstrap-dev
	$(BIN)/mypy

arrows: bootstrap-dev
	$(BIN)/lint-imports

browser: bootstrap-dev
	@$(BIN)/python -m tests.support.browser

# Bytecode is kept even where the machine says not to: the tests start some hundred processes, each of
# which would compile the whole application.
tests: bootstrap-dev browser
	PYTHONDONTWRITEBYTECODE= MAKEFLAGS= $(BIN)/python -m pytest -n 4 --dist worksteal

# At least 300 faults over at least 50,000 applications: about 25 minutes on two cores, 45 at most.
# FAULTS="--seed 7 --minutes 5 --faults 0 --accepted 0" is another, shorter one.
faults: bootstrap-dev
	@exec $(BIN)/python -m faults $(FAULTS)

# 20,000 hostile requests; the tests run a few hundred of them.
fuzz: bootstrap-dev
	$(BIN)/python -m faults.fuzz

# Clients without pause against a PostgreSQL that stalls again and again; some seconds are among the tests.
MINUTES ?= 10
flood: bootstrap-dev
	$(BIN)/python -m faults.flood --minutes $(MINUTES)

# What the build is made of, in CycloneDX. `make test` makes it of what was tested, `make wheel` puts it
# beside the wheel, the image holds its own (Dockerfile).
SBOM ?= var/sbom.json
sbom: bootstrap-dev
	$(BIN)/python -m deploy.supply.sbom $(SBOM)

# Known vulnerabilities. Without a database that answers it says NOT CHECKED, which ends nothing.
audit: bootstrap-dev
	$(BIN)/python -m deploy.supply.audit || [ $$? -eq 3 ]

# The checks that need one core run beside the tests, which wait for servers and browsers now and then.
# The commit goes in with it: a wheel has no checkout to ask.
wheel: bootstrap-dev
	@$(BIN)/python -m deploy.supply.sbom dist/sbom.json
	@git rev-parse HEAD > config/REVISION
	@$(BIN)/python -m pip wheel --disable-pip-version-check --no-deps --no-build-isolation --no-index -q -w dist . ; \
	  built=$$?; rm -rf config/REVISION build; exit $$built

test: lint
	@$(MAKE) --no-print-directory --jobs=2 tests types arrows audit sbom

lock:
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q requirements/runtime.in -o requirements/runtime.txt
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q requirements/dev.in -o requirements/dev.txt
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q requirements/bench.in -o requirements/bench.txt

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
