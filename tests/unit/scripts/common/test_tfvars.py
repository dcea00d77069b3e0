import json

import pytest

from scripts.common import tfvars
from scripts.common.task import TaskError

VARIABLES = """
variable "environment" {
  description = "Name"
  type        = string

  validation {
    condition     = fileexists("no/such/file") && length(local.elsewhere) > 0
    error_message = "Needs what the console has not."
  }
}

variable "models" {
  type = map(object({
    recipe = string
    tps    = optional(number, 1)
    weight = optional(number)
  }))
}

variable "note" {
  type    = string
  default = null
}
"""

LOCALS = """
locals {
  prefix  = "${var.environment}-${local.noun}"
  noun    = "animals"
  account = data.aws_caller_identity.current.account_id
  merged  = merge({ a = 1 }, { for name, model in var.models : name => model.tps })
}
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "variables.tf").write_text(VARIABLES)
    (tmp_path / "locals.tf").write_text(LOCALS)
    (tmp_path / "dev.tfvars").write_text('environment = "dev" # a name\nmodels = { one = { recipe = "r" } }\n')
    return tmp_path


def test_defaults_count_as_in_a_plan(root):
    configuration = tfvars.read("dev", directory=root)
    assert configuration.variables == {
        "environment": "dev",
        "models": {"one": {"recipe": "r", "tps": 1, "weight": None}},
        "note": None,
    }
    assert configuration.locals == {}


def test_locals_are_evaluated_with_what_they_depend_on_and_no_more(root):
    configuration = tfvars.read("dev", "prefix", "merged", directory=root)
    assert configuration.locals == {"prefix": "dev-animals", "merged": {"a": 1, "one": 1}}


def test_a_wrong_type_is_refused_in_terraforms_words(root):
    (root / "dev.tfvars").write_text('environment = "dev"\nmodels = 7\n')
    with pytest.raises(TaskError, match=r"dev\.tfvars does not evaluate:[\s\S]*map of object required"):
        tfvars.read("dev", directory=root)


def test_an_unknown_environment_names_the_known_ones(root):
    with pytest.raises(TaskError, match=r"ENV=stage has no terraform/stage\.tfvars\. Known: dev\."):
        tfvars.read("stage", directory=root)


def test_a_file_that_is_no_hcl_is_named(root):
    (root / "variables.tf").write_text('variable "x" {')
    with pytest.raises(TaskError, match=r"variables\.tf is not readable"):
        tfvars.read("dev", directory=root)


@pytest.mark.parametrize("environment", ["dev", "prod", "local"])
def test_the_real_environments_evaluate(environment):
    configuration = tfvars.read(environment, "prefix", "functions")
    assert configuration.variables["environment"] == environment
    assert configuration.locals["prefix"] == f"{environment}-animal-recommender"
    assert configuration.locals["functions"]["put_events"]["memory_size"] >= 128
    assert json.dumps(configuration.variables["models"])
