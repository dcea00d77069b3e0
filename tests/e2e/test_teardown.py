"""`terraform destroy`, after all that the other tests did to the system (files run in the order of their names)."""

from __future__ import annotations

import subprocess

from scripts import environments, terraform
from scripts.environments import TERRAFORM_DIRECTORY


def test_destroy_leaves_no_personalize_resource(system):
    done = subprocess.run(
        [terraform.binary(), "destroy", "-auto-approve", "-no-color", "-input=false"],
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
