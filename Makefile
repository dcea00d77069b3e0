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

# Whatever the caller's shell says: one task after another, install into .venv, import from there, print what we print.
.NOTPARALLEL:
export PIP_USER := 0
unexport PIP_CONSTRAINT PIP_DRY_RUN PIP_PREFIX PIP_PYTHON PIP_REQUIRE_HASHES PIP_ROOT PIP_TARGET
export PYTHONUTF8 := 1
unexport PYTHONHOME PYTHONINSPECT PYTHONIOENCODING PYTHONOPTIMIZE PYTHONPATH PYTHONSAFEPATH PYTHONSTARTUP PYTHONWARNINGS

VENV := .venv
RUN := $(VENV)/bin/python
TASK := $(RUN) -m scripts.common.make
PYTEST := $(TASK) pytest
CHECKOV_VENV := .venv-checkov

.PHONY: help
help: ## List the tasks
	@on="" off=""; if [ -t 1 ]; then on='\033[36m' off='\033[0m'; fi; awk -v on="$$on" -v off="$$off" -F ':.*## ' '/^# --- /{gsub(/# --- | -+$$/, ""); printf "\n%s\n", $$0} \
	  /^[a-z0-9-]+:.*## /{printf "  %s%-18s%s  %s\n", on, $$1, off, $$2}' $(MAKEFILE_LIST)
	@echo; echo "ENV=dev|prod|local chooses the environment, ARGS adds arguments to the command."

# --- Set-up -----------------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(VENV)/.installed ## Make the Python environment .venv; other tasks call it

$(VENV)/.installed: requirements/dev.txt pyproject.toml local/pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not on the PATH: install Python >= 3.11, or make PYTHON=/path/to/python3 …" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: install Python >= 3.11, or make PYTHON=/path/to/python3 …" >&2; exit 1; }
	@echo "Installing the Python environment into $(VENV) (once, about a minute) …" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . --editable local
	@$(VENV)/bin/python -m compileall -q local/local_aws
	@touch $@

$(CHECKOV_VENV)/.installed: requirements/checkov.txt
	@echo "Installing checkov into $(CHECKOV_VENV) (an environment of its own: it pins an old boto3) …"
	@$(PYTHON) -m venv $(CHECKOV_VENV)
	@$(CHECKOV_VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/checkov.txt
	@touch $@

.PHONY: lock
lock: setup ## Update the locked requirements from pyproject.toml
	@$(VENV)/bin/uv pip compile pyproject.toml local/pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade -o requirements/dev.txt
	@$(VENV)/bin/uv pip compile requirements/checkov.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade -o requirements/checkov.txt
	@$(VENV)/bin/uv pip compile functions/requirements.in --constraint requirements/dev.txt --no-emit-package jmespath --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" --quiet -o functions/requirements.txt

# --- On this machine --------------------------------------------------------------------------------------------------

.PHONY: demo
demo: setup ## Show the whole system once, from nothing, on a local AWS
	@$(RUN) -m scripts.demo

.PHONY: up
up: setup ## Start the whole system on a local AWS and leave it up
	@$(RUN) -m scripts.demo.local_system up

.PHONY: status
status: setup ## Show what runs, with commands to try
	@$(RUN) -m scripts.demo.local_system status

.PHONY: down
down: setup ## Stop the local AWS; no process, port or state is left
	@$(RUN) -m scripts.demo.local_system down

.PHONY: access-report
access-report: setup ## Show which rights each role of the local system used
	@$(RUN) -m scripts.check.access

.PHONY: env
env: setup ## Print exports for the local AWS: eval "$(make -s env)"
	@$(RUN) -m scripts.demo.local_system env

# --- Deploying --------------------------------------------------------------------------------------------------------

.PHONY: package
package: setup ## Build one zip for each function in build/
	@$(RUN) -m scripts.generate.package

.PHONY: plan
plan: package ## Show what Terraform would change (ARGS=-out=dev.tfplan)
	@$(TASK) scripts.deploy.terraform "$$ENV" plan

.PHONY: plan-report
plan-report: setup ## Write reports on a saved plan to build/plan
	@$(TASK) scripts.deploy.plan_report --environment "$$ENV"

.PHONY: apply
apply: package ## Create or update an environment
	@$(TASK) scripts.deploy.terraform "$$ENV" apply

.PHONY: preflight
preflight: setup ## Check what would make the first apply fail
	@$(TASK) scripts.deploy.preflight --environment "$$ENV"

.PHONY: cost
cost: setup ## Estimate a month's cost, and what would change it most
	@$(TASK) scripts.deploy.cost --environment "$$ENV"

.PHONY: destroy
destroy: package ## Remove an environment and everything billed in it
	@$(TASK) scripts.deploy.terraform "$$ENV" destroy

# --- Data -------------------------------------------------------------------------------------------------------------

.PHONY: seed
seed: setup ## Write the example data again, the same bytes each time
	@$(RUN) -m seed.generate

.PHONY: check-seed
check-seed: setup ## Check your own data for Personalize (FILE=folder)
	@$(TASK) scripts.check.seed --environment "$$ENV" @FILE

.PHONY: import-items
import-items: setup ## Import items.csv into Personalize again
	@$(TASK) scripts.operate.import_items --environment "$$ENV"

.PHONY: import-pets
import-pets: setup ## Import a file of pets into the catalogue (FILE=pets.csv)
	@$(TASK) scripts.operate.import_pets --environment "$$ENV" @FILE

# --- Operating --------------------------------------------------------------------------------------------------------

.PHONY: health
health: setup ## Show alarms, lag, dead letters, models, cost on one screen
	@$(TASK) scripts.operate.health --environment "$$ENV"

.PHONY: smoke
smoke: setup ## Test a deployment from end to end, in a minute or two
	@$(TASK) scripts.operate.smoke --environment "$$ENV"

.PHONY: retrain
retrain: setup ## Start a retraining run and follow it
	@$(TASK) scripts.operate.retrain --environment "$$ENV"

.PHONY: models
models: setup ## Show deployed models, their metrics and training hours
	@$(TASK) scripts.operate.models --environment "$$ENV"

.PHONY: experiment
experiment: setup ## Show what experiments say (NAME=shelf for one)
	@$(TASK) scripts.operate.experiment --environment "$$ENV" $${NAME:+--name="$$NAME"}

.PHONY: rollback
rollback: setup ## Serve a model's previous version (MODEL=recommender)
	@[ -n "$$MODEL" ] || { echo "MODEL is missing: make rollback MODEL=recommender ENV=$$ENV" >&2; exit 2; }
	@$(TASK) scripts.operate.rollback --environment "$$ENV" --model "$$MODEL"

.PHONY: batch
batch: setup ## Write recommendations to S3, for all users (or FILE=users.txt)
	@$(TASK) scripts.operate.batch --environment "$$ENV" @FILE

.PHONY: dead-letters
dead-letters: setup ## Show events that the functions refused, by reason
	@$(TASK) scripts.operate.dead_letters --environment "$$ENV"

.PHONY: redrive
redrive: setup ## Send repaired dead letters again
	@$(TASK) scripts.operate.redrive --environment "$$ENV"

.PHONY: restore-raw-events
restore-raw-events: setup ## Put events that Firehose could not transform into S3
	@$(TASK) scripts.operate.restore_raw_events --environment "$$ENV"

.PHONY: pets
pets: setup ## Look up a pet (NAME=id), or list pets (ARGS=--shelter …)
	@$(TASK) scripts.operate.pets --environment "$$ENV" $${NAME:+--id="$$NAME"}

.PHONY: query
query: setup ## Query the raw events (NAME=user_history USER=12345)
	@[ "$(USER_FROM)" = "command line" ] && set -- --user="$$USER"; $(TASK) scripts.operate.query --environment "$$ENV" "$$@" $${NAME:+"$$NAME"}

.PHONY: forget-user
forget-user: setup ## Remove a visitor everywhere (USER=12345)
	@[ "$(USER_FROM)" = "command line" ] || { echo "USER is missing: make forget-user USER=12345 ENV=$$ENV" >&2; exit 2; }
	@$(TASK) scripts.operate.forget_user --environment "$$ENV" --user="$$USER"

# --- Checking ---------------------------------------------------------------------------------------------------------

.PHONY: lint
lint: setup $(CHECKOV_VENV)/.installed ## Check style, types, imports, Terraform; fast ones first
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(VENV)/bin/lint-imports --no-logo
	@$(VENV)/bin/mypy
	@$(RUN) -m scripts.check.terraform_files
	@$(CHECKOV_VENV)/bin/checkov --config-file .checkov.yaml

.PHONY: test-unit
test-unit: setup ## Run the unit tests, in under a minute
	@$(PYTEST) -q -n 2 tests/unit local/tests/unit

.PHONY: test-client
test-client: setup ## Test the TypeScript client (needs Node.js)
	@$(PYTEST) -q -rs tests/clients

.PHONY: test-integration
test-integration: setup package ## Run the integration tests on the local AWS
	@$(PYTEST) -q -rs -n 3 --dist loadgroup -m "not matrix" tests/integration local/tests/integration

.PHONY: test-terraform
test-terraform: setup package ## Test modules with a mocked provider, and plan the examples
	@$(PYTEST) -q tests/terraform

.PHONY: test-e2e
test-e2e: setup package ## Test the whole system on the local AWS
	@$(PYTEST) -q -rs tests/e2e

.PHONY: test-lifecycle
test-lifecycle: setup package ## Interrupt applies in every step (five minutes)
	@$(PYTEST) -q -n 2 tests/integration/modules/personalize

.PHONY: test
test: lint test-unit test-client test-e2e test-integration test-terraform ## Run everything that must pass

# --- Measuring --------------------------------------------------------------------------------------------------------

.PHONY: bench
bench: setup package ## Measure verdicts, data path, serving, browsers, recommender
	@for bench in bench.experiments bench.assignment bench.data_path bench.serving bench.exposures bench.pets bench.browser_api bench.journey bench.recommender local_aws.personalize.bench; do $(RUN) -m $$bench; done

.PHONY: soak
soak: setup package ## Send 100,000 events under faults and compare all stores
	@$(TASK) tests.load.soak

.PHONY: load
load: setup package ## Serve 50 concurrent callers for a minute
	@$(TASK) tests.load.serving

# --- Housekeeping -----------------------------------------------------------------------------------------------------

.PHONY: docs
docs: setup ## Renew the tables in READMEs that come from the code
	@$(RUN) -m scripts.generate.module_docs
	@$(RUN) -m local_aws.personalize.operations_table --update local/README.md

.PHONY: client
client: ## Build clients/javascript/dist (needs Node.js)
	@command -v npm >/dev/null || { echo "npm is not on the PATH: install Node.js 20 or newer" >&2; exit 1; }
	@cd clients/javascript && npm ci --no-audit --no-fund && npm run build

.PHONY: clean
clean: ## Stop the local AWS; remove what was built, installed here
	@if $(RUN) -c 'import scripts.demo.local_system' 2>/dev/null; then \
	  $(RUN) -m scripts.demo.local_system down; \
	  [ -z "$${LOCAL_AWS_DIR:-}" ] || LOCAL_AWS_DIR= $(RUN) -m scripts.demo.local_system down; \
	elif [ -e .local ]; then echo ".local stays: make down stops and removes the local AWS" >&2; fi
	@rm -rf build clients/javascript/build clients/javascript/node_modules tests/clients/generated/node_modules .venv .venv-checkov .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
