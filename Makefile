# Everything works from a fresh clone with only Python >= 3.11 and make. `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo up soak check test test-unit bench rules rules-mutate lock \
	check-style check-sizes check-hygiene check-rules check-imports check-types check-proofs

PYTHON ?=
export PYTHON
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest $(PYTEST_ARGS)
TWO := -n 2 --dist  # two cores; files that start servers stay together (loadfile)
UNIT := $(wildcard tests/domain tests/policies)
# pyright runs on the Node that its wheel brings, whatever the system has.
export PYRIGHT_PYTHON_GLOBAL_NODE := 0
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
export PYTHONUTF8 := 1

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 16

setup:  ## .venv with what arrears needs to run
	@py=$$(sh operate/find-python.sh) && "$$py" operate/environment.py runtime

setup-dev:  ## the same and what checks and tests need
	@py=$$(sh operate/find-python.sh) && "$$py" operate/environment.py dev

demo: setup  ## Temporal, worker, API and stand-ins with an example portfolio; Ctrl-C ends all
	@exec $(BIN)/arrears demo

up: setup  ## the same, empty
	@exec $(BIN)/arrears up

soak: setup-dev  ## sixty days in ten minutes on the real server, compared with the simulator
	@exec $(BIN)/python -m tests.soak

check: check-style check-sizes check-hygiene check-rules check-imports check-types check-proofs  ## all checks (-k: go on after a failure)

check-style: setup-dev
	@echo "check: style" && $(BIN)/ruff check . && $(BIN)/ruff format --check .

check-sizes: setup-dev
	@echo "check: sizes" && $(BIN)/python -m checks.size

check-hygiene: setup-dev
	@echo "check: hygiene" && $(BIN)/python -m checks.hygiene

check-rules: setup-dev
	@echo "check: rules" && $(BIN)/python -m checks.rules_page && $(BIN)/python -m checks.signals

check-proofs: setup-dev
	@echo "check: a few rules of each regulation are broken, a test must fail (one to two minutes)"
	@$(BIN)/python -m checks.rules_mutate --each 2

check-imports: setup-dev
	@echo "check: dependencies point down" && $(BIN)/lint-imports --no-cache

check-types: setup-dev
	@echo "check: types (about half a minute)" && $(BIN)/pyright

test: test-unit  ## all tests, the fast ones first
	@echo "test: everything else"
	@$(PYTEST) $(TWO) loadfile tests $(addprefix --ignore=,$(UNIT))

test-unit: setup-dev  ## the fast part: no network, under ten seconds
	@echo "test: unit part"
	@$(PYTEST) $(TWO) worksteal $(UNIT)

bench: setup-dev  ## benchmarks, printed as ratios
	@exec $(BIN)/python -m bench

rules: setup  ## each rule of each regulation with what implements it and its tests
	@exec $(BIN)/arrears rules

rules-mutate: setup-dev  ## breaks each rule in turn: one of its tests must fail (POLICY=bank; EACH=5 SEED=2: some)
	@exec $(BIN)/python -m checks.rules_mutate $(if $(POLICY),--policy $(POLICY)) $(if $(EACH),--each $(EACH)) \
		$(if $(SEED),--seed $(SEED))

# Pins stay unless UPGRADE=1. Neither file names a registry or a folder of this machine.
COMPILE = CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --all-build-deps --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	--no-emit-options $(if $(UPGRADE),--upgrade)

lock: setup-dev  ## both locks anew from pyproject.toml (UPGRADE=1: newest versions)
	@echo "lock: requirements-dev.lock (about a minute)"
	@$(COMPILE) --extra dev --output-file requirements-dev.lock pyproject.toml
	@echo "lock: requirements.lock"
	@$(COMPILE) --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml
	@$(BIN)/python -m checks.hygiene requirements.lock requirements-dev.lock
