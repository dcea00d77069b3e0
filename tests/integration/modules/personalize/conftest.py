"""The real module personalize, alone, on a local AWS: applied, interrupted, changed and destroyed within seconds."""

from __future__ import annotations

import json
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from scripts.common import environments, terraform
from scripts.common.environments import ROOT
from tests.integration.step_functions.provisioning import serve
from tests.integration.step_functions.stack import KEYS
from tests.support.terraform_runs import TerraformRuns

STEP_SECONDS = "0.6"  # how long a resource stays in each passing status: long enough to be stopped there
ACCOUNT = "123456789012"
MODELS = {"recommender": {"recipe": "aws-user-personalization"}, "reranker": {"recipe": "aws-personalized-ranking"}}

CONFIGURATION = """
provider "aws" {
  region      = "us-east-1"
  max_retries = 3
}
variable "models" {
  type = map(object({
    recipe = string, hyperparameters = optional(map(string), {}), minimum_provisioned_tps = optional(number, 1)
    events = optional(map(object({ weight = optional(number), value_threshold = optional(number) })), {})
  }))
}
variable "popularity_baseline" {
  type    = bool
  default = false
}
module "personalize" {
  source      = "%(modules)s/personalize"
  prefix      = "%(prefix)s"
  account     = { id = "%(account)s", region = "us-east-1", partition = "aws" }
  kms_key_arn = "%(key)s"
  ledger_path = "/%(prefix)s"
  models      = var.models
  popularity_baseline = var.popularity_baseline
  filters     = { species = "INCLUDE ItemID WHERE Items.ANIMAL_SPECIES_ID IN ($SPECIES)" }
  python      = "%(python)s"
  python_path = ["%(repository)s", "%(repository)s/functions"]
  seed = {
    bucket = "%(prefix)s-seed", bucket_arn = "arn:aws:s3:::%(prefix)s-seed", directory = "%(seed)s", rebase = true
    popular_key = "popular.json"
  }
}
"""


@dataclass(frozen=True)
class Deployment:
    """One deployment of the module: Terraform, and the resources that exist."""

    prefix: str
    runs: TerraformRuns
    client: Callable[[str], Any]

    def left(self) -> dict[str, list[str]]:
        """Return the names of its resources in Personalize, by kind."""
        personalize = self.client("personalize")
        found = {}
        for kind in ("campaigns", "solutions", "event_trackers", "filters", "datasets", "dataset_groups", "schemas"):
            pages = personalize.get_paginator(f"list_{kind}").paginate()
            entries = [one for page in pages for value in page.values() if isinstance(value, list) for one in value]
            names = [one["name"] for one in entries if one["name"].startswith(self.prefix)]
            found |= {kind: sorted(names)} if names else {}
        return found

    def versions(self, model: str) -> list[str]:
        """Return the statuses of all solution versions of the model, of all its solutions."""
        personalize = self.client("personalize")
        solutions = [
            one["solutionArn"]
            for one in personalize.list_solutions()["solutions"]
            if one["name"].startswith(f"{self.prefix}-{model}-")
        ]
        return [
            version["status"]
            for solution in solutions
            for version in personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]
        ]

    def imports(self) -> dict[str, list[str]]:
        """Return the statuses of all imports into each dataset."""
        group = f"arn:aws:personalize:us-east-1:{ACCOUNT}:dataset/{self.prefix}"
        listed = self.client("personalize").list_dataset_import_jobs
        return {
            name: [job["status"] for job in listed(datasetArn=f"{group}/{name.upper()}")["datasetImportJobs"]]
            for name in ("interactions", "items")
        }

    def campaign(self, model: str) -> dict[str, Any]:
        arn = f"arn:aws:personalize:us-east-1:{ACCOUNT}:campaign/{self.prefix}-{model}"
        return self.client("personalize").describe_campaign(campaignArn=arn)["campaign"]


def policy(actions: list[str], resources: list[str]) -> str:
    """Return a policy like those of the modules storage and encryption, for Personalize and the account."""
    who = {"Service": "personalize.amazonaws.com", "AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    statement = {"Effect": "Allow", "Principal": who, "Action": actions, "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a local AWS for the tests of this folder."""
    directory = tmp_path_factory.mktemp("aws")
    process, ready = serve(directory, STEP_SECONDS)
    try:
        yield ready
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def small_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed with few visitors: what is trained here need not be good."""
    directory = tmp_path_factory.mktemp("seed") / "St. Mary's pets"
    directory.mkdir()
    shutil.copytree(ROOT / "seed" / "schemas", directory / "schemas")
    shutil.copy(ROOT / "seed" / "items.csv", directory)
    header, *rows = (ROOT / "seed" / "interactions.csv").read_text(encoding="utf-8").splitlines()
    few = [row for row in rows if row.startswith("124")]
    (directory / "interactions.csv").write_text("\n".join([header, *few, ""]), encoding="utf-8")
    return directory


@pytest.fixture
def deployment(endpoint: str, small_seed: Path, tmp_path: Path) -> Deployment:
    """A deployment with a name and a state of its own, before its first apply."""
    prefix = f"t{uuid.uuid4().hex[:7]}"
    client = lambda service: boto3.client(  # noqa: E731
        service, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    bucket = f"{prefix}-seed"
    client("s3").create_bucket(Bucket=bucket)
    may_read = policy(["s3:GetObject", "s3:ListBucket"], [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"])
    client("s3").put_bucket_policy(Bucket=bucket, Policy=may_read)
    values = {
        "modules": os.path.relpath(ROOT / "modules", tmp_path),  # Terraform would copy a module with an absolute path
        "repository": ROOT,
        "prefix": prefix,
        "account": ACCOUNT,
        "key": client("kms").create_key(Policy=policy(["kms:*"], ["*"]))["KeyMetadata"]["Arn"],
        "python": sys.executable,
        "seed": small_seed,
    }
    (tmp_path / "main.tf").write_text(CONFIGURATION % values)
    environment = environments.variables("test") | KEYS | {"AWS_ENDPOINT_URL": endpoint}
    terraform.use_mirror_if_offline(environment)
    runs = TerraformRuns(tmp_path, environment, tmp_path / "given.tfvars.json")
    runs.given(models=MODELS)
    assert runs.run("init", "-no-color").returncode == 0
    return Deployment(prefix, runs, client)
