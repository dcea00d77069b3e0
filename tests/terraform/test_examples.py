"""The examples can be planned, in place and as the source of a root that is somewhere else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.testing.server import LocalAws
from scripts.common import environments, terraform
from scripts.common.environments import ROOT

# All but the roles of deployers, which the end-to-end tests apply.
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/main.tf") if path.parent.name != "deployers")
KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_EC2_METADATA_DISABLED": "true"}
# What another repository gets of this one: the files that git tracks in these folders.
PACKAGE = ("functions", "modules", "scripts", "seed", "step_functions", "terraform")


# A root in another repository, whose own folder `scripts` must not be taken for ours.
ROOT_ELSEWHERE = """
module "animal_recommender" {
  source            = "%(copy)s//terraform"
  environment       = "elsewhere"
  region            = "us-east-1"
  package_directory = "%(packages)s"
  models            = { recommender = { recipe = "aws-user-personalization" } }
}
"""


@pytest.fixture
def variables(local_aws: LocalAws, tmp_path: Path) -> dict[str, str]:
    """The process environment for Terraform: the local AWS, and a data folder of the test's own."""
    made = environments.variables("dev") | KEYS
    made |= {"AWS_ENDPOINT_URL": local_aws.endpoint, "TF_DATA_DIR": str(tmp_path / "data")}
    terraform.use_mirror_if_offline(made)
    return made


def plan(root: Path, variables: dict[str, str], saved: Path) -> dict[str, Any]:
    """Plan a root module; return the plan as JSON. Fails the test with Terraform's own words."""
    for arguments in (
        ["init", "-input=false"],
        ["plan", "-input=false", f"-out={saved}"],
        ["show", "-json", str(saved)],
    ):
        command = [terraform.find_binary(), *arguments, *([] if arguments[0] == "show" else ["-no-color"])]
        done = subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments} in {root}:\n{done.stdout[-2000:]}\n{done.stderr}"
    return json.loads(done.stdout)


def resources(planned: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The planned values of all resources of a type, in whatever module they are."""

    def found(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from (one["values"] for one in module.get("resources", []) if one["type"] == kind)
        for child in module.get("child_modules", []):
            yield from found(child)

    return list(found(planned["planned_values"]["root_module"]))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_given_an_example_when_planned_then_it_makes_the_system(
    example: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    planned = plan(example, variables, tmp_path / "plan")
    functions = resources(planned, "aws_lambda_function")
    assert len(functions) >= 14
    assert {len(function["vpc_config"]) for function in functions} == {int(example.name == "existing-vpc")}
    assert len(resources(planned, "aws_sfn_state_machine")) == 1


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The folder of a root module that uses a copy of this repository by an absolute path."""
    copy, root = tmp_path / "copy of the repository", tmp_path / "elsewhere"
    for folder in PACKAGE:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    (root / "scripts").mkdir(parents=True)
    (root / "scripts" / "__init__.py").touch()
    (root / "main.tf").write_text(ROOT_ELSEWHERE % {"copy": copy, "packages": ROOT / "build"})
    return root


def test_given_a_root_elsewhere_when_planned_then_its_provisioners_find_the_scripts(
    elsewhere: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    # Given a root in another folder whose source is a copy of this repository
    # When it is planned
    planned = plan(elsewhere, variables, tmp_path / "plan")
    (teardown,) = (one for one in resources(planned, "terraform_data") if "CAMPAIGN_ARN" in str(one))
    # Then its provisioners, which run in the root's folder, import the copy: not the root's own folder `scripts`, nor
    # what is installed for the tests.
    program = "import scripts, animal_recommender as library; print(scripts.__file__, library.__file__, sep='\\n')"
    imported = subprocess.run(
        [sys.executable, "-c", program],
        cwd=elsewhere,
        env=os.environ | teardown["input"]["environment"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    copy = Path(variables["TF_DATA_DIR"]) / "modules" / "animal_recommender"
    assert [Path(file).resolve().parent for file in imported] == [
        copy.resolve() / "scripts",
        copy.resolve() / "functions" / "animal_recommender",
    ]
