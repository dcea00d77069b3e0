"""`terraform destroy`, after everything that the other tests did to the system."""

from __future__ import annotations

import subprocess

import pytest

from scripts.common import environments, terraform
from scripts.common.environments import TERRAFORM_DIRECTORY
from tests.support.terraform_runs import TerraformRuns


@pytest.mark.after_all_others(2)
def test_given_deletion_protection_when_destroyed_then_it_is_refused_before_anything_is_gone(system, tmp_path):
    # Given a system that is protected
    runs = TerraformRuns(TERRAFORM_DIRECTORY, environments.variables("local"), tmp_path / "protected.tfvars.json")
    runs.given(deletion_protection=True)
    runs.apply()
    before = runs.run("state", "list", f"-state={system.local.state}").stdout
    # When it is destroyed
    done = runs.run("destroy", "-auto-approve", "-no-color", "-input=false")
    # Then it says what to do, and all is there
    assert done.returncode == 1
    assert "Set it to false, apply, then destroy." in done.stdout + done.stderr
    assert runs.run("state", "list", f"-state={system.local.state}").stdout == before
    runs.given(deletion_protection=False)
    runs.apply()


@pytest.mark.after_all_others(3)
def test_destroy_leaves_no_personalize_resource(system):
    done = subprocess.run(
        [terraform.find_binary(), "destroy", "-auto-approve", "-no-color", "-input=false"],
        cwd=TERRAFORM_DIRECTORY,
        env=environments.variables("local"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    personalize = system.client("personalize")
    for noun in ("campaigns", "solutions", "event_trackers", "filters", "dataset_groups", "schemas", "datasets"):
        (left,) = [value for key, value in getattr(personalize, f"list_{noun}")().items() if key != "ResponseMetadata"]
        assert left == [], noun
