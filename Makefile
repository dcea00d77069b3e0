# Every task of the project. `make help` lists them.
#
# ENV names the deployment (terraform/<ENV>.tfvars): dev and prod are AWS accounts, local is the AWS on this machine.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
ENV ?= dev
ARGS ?=
MODEL ?=
NAME ?=
FILE ?=

# Values reach commands through the environment, as they are. In a recipe a shell would take parts of them for commands
# of its own, and make itself would expand what follows a dollar sign.
USER_FROM := $(origin USER)
$(foreach name,ENV ARGS MODEL NAME FILE USER,$(eval override $(name) := $$(value $(name))))
export ENV ARGS MODEL NAME FILE USER

# Whatever the caller's shell says: install into .venv, and print what we print.
export PIP_USER := 0
export PYTHONUTF8 := 1
unexport PYTHONIOENCODING

VENV := .venv
RUN := $(VENV)/bin/python
TASK := $(RUN) -m scripts.common.make
PYTEST := $(TASK) pytest
CHECKOV_VENV := .venv-checkov
TERRAFORM_FILES := terraform modules

.PHONY: help
help: ## List the tasks
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  \033[36m%-18s\033[0m %s\n", $$1, $$2}'

# --- set-up -----------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(VENV)/.installed ## Make the Python environment (.venv); the other tasks call it

$(VENV)/.installed: requirements/dev.txt pyproject.toml local/pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not on the PATH: install Python >= 3.11, or make PYTHON=/path/to/python3 …" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: install Python >= 3.11, or make PYTHON=/path/to/python3 …" >&2; exit 1; }
	@echo "Installing the Python environment into $(VENV) (once, about a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . --editable local
	@touch $@

$(CHECKOV_VENV)/.installed: requirements/checkov.txt
	@echo "Installing checkov into $(CHECKOV_VENV) (an environment of its own: it pins an old boto3) …"
	@$(PYTHON) -m venv $(CHECKOV_VENV)
	@$(CHECKOV_VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/checkov.txt
	@touch $@

.PHONY: lock
lock: setup ## Renew the locked requirements from pyproject.toml
	@$(VENV)/bin/uv pip compile pyproject.toml local/pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade -o requirements/dev.txt
	@$(VENV)/bin/uv pip compile requirements/checkov.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade -o requirements/checkov.txt
	@$(VENV)/bin/uv pip compile functions/requirements.in --constraint requirements/dev.txt --no-emit-package jmespath --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" --quiet -o functions/requirements.txt

# --- on this machine --------------------------------------------------------------------------------------------

.PHONY: demo
demo: setup ## The main job from nothing, on a local AWS: provision, train, recommend, retrain
	@$(RUN) -m scripts.demo

.PHONY: up
up: setup ## Hold the whole system open on a local AWS, for app work
	@$(RUN) -m scripts.demo.local_system up

.PHONY: status
status: setup ## Say what runs where, with commands to try
	@$(RUN) -m scripts.demo.local_system status

.PHONY: down
down: setup ## Stop the local AWS; leave no process, port or state behind
	@$(RUN) -m scripts.demo.local_system down

.PHONY: access-report
access-report: setup ## What each role of the open local system was granted, used, and never used
	@$(RUN) -m scripts.check.access

.PHONY: env
env: setup ## Print shell exports that point aws and terraform at the local AWS: eval "$(make -s env)"
	@$(RUN) -m scripts.demo.local_system env

# --- deploying --------------------------------------------------------------------------------------------------

.PHONY: package
package: setup ## Build one zip for each function under build/
	@$(RUN) -m scripts.generate.package

.PHONY: plan
plan: package ## Show what Terraform would change (ENV=dev, ARGS=-detailed-exitcode …)
	@$(TASK) scripts.deploy.terraform "$$ENV" plan

.PHONY: plan-report
plan-report: setup ## Write what a pull request shows of a saved plan (make plan ARGS=-out=dev.tfplan) to build/plan
	@$(TASK) scripts.deploy.plan_report --environment "$$ENV"

.PHONY: apply
apply: package ## Provision or update an environment (ENV=dev)
	@$(TASK) scripts.deploy.terraform "$$ENV" apply

.PHONY: preflight
preflight: setup ## Say before the first apply what would make it fail (ENV=dev)
	@$(TASK) scripts.deploy.preflight --environment "$$ENV"

.PHONY: cost
cost: setup ## Estimate a month's cost by component and event rate, and what moves it most (ENV=dev)
	@$(TASK) scripts.deploy.cost --environment "$$ENV"

.PHONY: destroy
destroy: package ## Remove an environment and everything billed in it (ENV=dev)
	@$(TASK) scripts.deploy.terraform "$$ENV" destroy

# --- operating --------------------------------------------------------------------------------------------------

.PHONY: seed
seed: setup ## Write the example data anew (the same bytes each time)
	@$(RUN) -m seed.generate

.PHONY: check-seed
check-seed: setup ## Say what Personalize would refuse in your own data: make check-seed FILE=interactions.csv
	@$(TASK) scripts.check.seed @FILE

.PHONY: retrain
retrain: setup ## Start a retraining run now and follow it (ENV=dev)
	@$(TASK) scripts.operate.retrain --environment "$$ENV"

.PHONY: models
models: setup ## Show what is deployed, its metrics over time, training hours (ENV=dev)
	@$(TASK) scripts.operate.models --environment "$$ENV"

.PHONY: rollback
rollback: setup ## Put a model's previous version back: make rollback MODEL=recommender ENV=dev
	@[ -n "$$MODEL" ] || { echo "Which model? make rollback MODEL=recommender ENV=$$ENV" >&2; exit 2; }
	@$(TASK) scripts.operate.rollback --environment "$$ENV" --model "$$MODEL"

.PHONY: dead-letters
dead-letters: setup ## Show events that could not be taken, by reason (ENV=dev)
	@$(TASK) scripts.operate.dead_letters --environment "$$ENV"

.PHONY: redrive
redrive: setup ## Send repaired dead letters through again, safely twice (ENV=dev)
	@$(TASK) scripts.operate.redrive --environment "$$ENV"

.PHONY: query
query: setup ## Ask the raw events: make query NAME=user_history ARGS=12345 ENV=dev; without NAME, list the queries
	@$(TASK) scripts.operate.query --environment "$$ENV" $${NAME:+"$$NAME"}

.PHONY: forget-user
forget-user: setup ## Remove a visitor everywhere: make forget-user USER=12345 ENV=dev
	@[ "$(USER_FROM)" = "command line" ] || { echo "Whom? make forget-user USER=12345 ENV=$$ENV" >&2; exit 2; }
	@$(TASK) scripts.operate.forget_user --environment "$$ENV" --user "$$USER"

# --- checking ---------------------------------------------------------------------------------------------------

.PHONY: lint
lint: setup $(CHECKOV_VENV)/.installed ## Style, types, imports, Terraform format and validation, checkov
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo
	@$(RUN) -m scripts.check.terraform_files
	@$(CHECKOV_VENV)/bin/checkov --config-file .checkov.yaml

.PHONY: test-unit
test-unit: setup ## The fast tests alone, in under a minute
	@$(PYTEST) -q -n 2 tests/unit local/tests/unit

.PHONY: test-integration
test-integration: setup package ## Parts against the local AWS
	@$(PYTEST) -q -n 2 --dist loadgroup -m "not matrix" tests/integration local/tests/integration

.PHONY: test-terraform
test-terraform: setup package ## Module tests with a mocked provider
	@$(PYTEST) -q tests/terraform

.PHONY: test-e2e
test-e2e: setup package ## The whole system on the local AWS
	@$(PYTEST) -q tests/e2e

.PHONY: test-lifecycle
test-lifecycle: setup package ## Applies stopped in every step by Ctrl-C and power cut, then run again or destroyed (five minutes)
	@$(PYTEST) -q -n 2 tests/integration/modules/personalize

.PHONY: test
test: lint test-unit test-integration test-terraform test-e2e ## Everything that must pass

.PHONY: bench
bench: setup package ## Measure: data path and serving against baselines, the recommender, the local Personalize
	@for bench in bench.data_path bench.serving bench.recommender local_aws.personalize.bench; do $(RUN) -m $$bench; done

.PHONY: soak
soak: setup package ## 100,000 events through the local system under faults; every store compared with what was sent
	@$(TASK) tests.load.soak

.PHONY: load
load: setup package ## 50 concurrent callers for a minute on the local system
	@$(TASK) tests.load.serving

.PHONY: docs
docs: setup ## Renew the tables in READMEs that are generated from the code
	@$(RUN) -m scripts.generate.module_docs
	@$(RUN) -m local_aws.personalize.operations_table

.PHONY: clean
clean: ## Remove what was built and installed here
	@rm -rf build .venv .venv-checkov .local .pytest_cache .ruff_cache .hypothesis
